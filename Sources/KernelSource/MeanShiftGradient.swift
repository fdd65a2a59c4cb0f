public import CInstructionSets

// The gradient of a blurring step, in the manner of SymmetricMeanShift.swift: of two blocks of points, three dot products and
// one exponential per pair serve both.

/// Elements of scratch memory that ``symmetricGradient(_:)`` needs.
public var gradientScratch: Int {
    // Three tiles of 24 x 192, and sums per lane of 48 rows, or of 24 rows and every coordinate.
    3 * gradientTileSize + max(blockRows, laneSumRows * (laneSumDimension + 1)) * lanes
}

/// A tile of 24 x 192, or 48 x 48.
@inline(__always) private var gradientTileSize: Int { 2 * blockRows * blockRows }

/// Adds what a block of points (the rows x_r with h_r and b_r) and a run of blocks (the columns y_c) are to each other.
///
///     panel_sums[c]   += sum over r of E[r, c] x_r + v_c K[r, c] h_r
///     row_sums[r]     += sum over c of E[r, c] y_c + w_r K[r, c] h_c
///     panel_totals[c] += sum over r of K (h_r . y_c - b_r)
///     row_totals[r]   += sum over c of K (h_c . x_r - b_c)
///
/// with E and K of ``gradientTile``. No column may be a row: see ``diagonalGradient(_:_:)``.
public func symmetricGradient(_ operands: UnsafePointer<sphereshift_gradient_run>) {
    let run = operands.pointee
    if run.dimension <= laneSumDimension {
        laneSumGradient(operands)
    } else {
        coordinateSumGradient(operands)
    }
}

/// Adds what the points of one block are to one another, themselves included: the columns' side alone.
///
/// Both sides are the same. `exponent_sums` get every pair twice.
///
/// - Parameter rows: points of the block, a multiple of `sourceGroup`.
public func diagonalGradient(_ operands: UnsafePointer<sphereshift_gradient_run>, _ rows: Int) {
    let run = operands.pointee
    let tile = run.scratch
    let unused = run.scratch + 3 * gradientTileSize
    for p in 0..<panelsPerBlock {
        clear(unused, rows)
        gradientRows(operands, panel: p, from: 0, rows, tile, unused)
        gradientColumnSums(operands, panel: p, from: 0, rows, tile)
    }
}

/// ``symmetricGradient(_:)`` with lanes over coordinates for the rows' side.
func coordinateSumGradient(_ operands: UnsafePointer<sphereshift_gradient_run>) {
    let run = operands.pointee
    let tile = run.scratch
    let rowTotals = run.scratch + 3 * gradientTileSize
    clear(rowTotals, blockRows)
    let vectors = run.stride / lanes
    let rowTile = tile + (run.row_weights == nil ? 1 : 2) * gradientTileSize
    for block in 0..<run.blocks {
        for p in 0..<panelsPerBlock {
            let panel = block &* panelsPerBlock &+ p
            let offset = p &* blockRows &* panelColumns
            gradientRows(operands, panel: panel, from: 0, blockRows, tile + offset, rowTotals)
            gradientColumnSums(operands, panel: panel, from: 0, blockRows, tile + offset)
        }
        let column = block &* blockRows &* run.stride
        rowSumTile(tile, run.column_points + column, vectors, run.stride, run.row_sums)
        rowSumTile(rowTile, run.column_h + column, vectors, run.stride, run.row_sums)
    }
    addLaneSums(rowTotals, blockRows, to: run.row_totals)
}

/// ``symmetricGradient(_:)`` with lanes over points for the rows' side.
func laneSumGradient(_ operands: UnsafePointer<sphereshift_gradient_run>) {
    let run = operands.pointee
    let dimension = run.dimension
    let tile = run.scratch
    let rowTotals = run.scratch + 3 * gradientTileSize
    let partials = rowTotals + laneSumRows * lanes
    let rowTile = tile + (run.row_weights == nil ? 1 : 2) * gradientTileSize
    let panels = run.blocks * panelsPerBlock
    var r = 0
    while r < blockRows {
        clear(rowTotals, laneSumRows * (dimension + 1))
        var panel = 0
        while panel < panels {
            let together = min(laneSumBlocks * panelsPerBlock, panels - panel)
            for p in 0..<together {
                let offset = p &* laneSumRows &* panelColumns
                gradientRows(operands, panel: panel &+ p, from: r, laneSumRows, tile + offset, rowTotals)
                gradientColumnSums(operands, panel: panel &+ p, from: r, laneSumRows, tile + offset)
            }
            let column = panel &* panelColumns &* dimension
            laneSumTile(tile, laneSumRows, run.panels + column, together, dimension, partials)
            laneSumTile(rowTile, laneSumRows, run.h_panels + column, together, dimension, partials)
            panel += together
        }
        addLaneSums(rowTotals, laneSumRows, to: run.row_totals + r)
        addLaneSums(partials, laneSumRows * dimension, to: run.row_sums + r * dimension)
        r += laneSumRows
    }
}

/// The tiles of `rows` rows from `first` on at one panel: E in the first, the kernel values for the columns in the second, those
/// for the rows in the third, `gradientTileSize` apart.
@inline(always) private func gradientRows(
    _ operands: UnsafePointer<sphereshift_gradient_run>, panel: Int, from first: Int, _ rows: Int,
    _ tile: UnsafeMutablePointer<Float>,
    _ rowTotals: UnsafeMutablePointer<Float>
) {
    let run = operands.pointee
    let dimension = run.dimension
    let start = panel &* panelColumns
    let (points, h) = (run.panels + start &* dimension, run.h_panels + start &* dimension)
    let (second, third) = (tile + gradientTileSize, tile + 2 &* gradientTileSize)
    var r = 0
    while r < rows {
        let group = (first &+ r) &* dimension
        let target = r &* panelColumns
        dotTile(points, run.groups + group, dimension, tile + target, panelColumns, isCosine: false)
        dotTile(h, run.groups + group, dimension, second + target, panelColumns, isCosine: false)
        dotTile(points, run.h_groups + group, dimension, third + target, panelColumns, isCosine: false)
        r &+= tileRows
    }
    let exponent = kernelExponent(run.scale)
    if let weights = run.row_weights, let columnWeights = run.column_weights {
        gradientTile(
            tile, second, third, rows, exponent, run.concentration, weights + first, columnWeights + start,
            run.row_offsets + first, run.column_offsets + start, run.panel_totals + start, rowTotals,
            run.exponent_sums)
    } else {
        gradientTile(
            tile, second, third, rows, exponent, run.concentration, nil, nil, run.row_offsets + first,
            run.column_offsets + start, run.panel_totals + start, rowTotals, run.exponent_sums)
    }
}

/// What those rows add to the panel.
func gradientColumnSums(
    _ operands: UnsafePointer<sphereshift_gradient_run>, panel: Int, from first: Int, _ rows: Int,
    _ tile: UnsafePointer<Float>
) {
    let run = operands.pointee
    let target = run.panel_sums + panel &* panelColumns &* run.dimension
    let row = first &* run.stride
    weightedSumTile(tile, rows, run.row_points + row, run.stride, run.dimension, target)
    weightedSumTile(tile + gradientTileSize, rows, run.row_h + row, run.stride, run.dimension, target)
}
