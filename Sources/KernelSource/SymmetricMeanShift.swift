public import CInstructionSets

// Blurring mean shift uses the symmetry of the kernel: of two blocks of points, every cosine and exponential is evaluated once
// and serves both. The points of the columns lie across the lanes, those of the rows one after the other.
//
// What the rows add to the columns is the same for every dimension (WeightedSumTile.swift). What the columns add to the rows
// has two forms, by the dimension: lanes over coordinates (RowSumTile.swift), which wastes lanes where the dimension
// does not fill them, and lanes over points, folded at the end of the run (LaneSumTile.swift). (Everything in registers at
// once, without a tile, is no faster for 3 coordinates: long chains of dependent operations fill the scheduler.)

/// Dimensions above this sum over columns with lanes over coordinates, others with lanes over points.
///
/// Up to 12 of 16 lanes, 6 of 8 or 3 of 4, sums with lanes over points need fewer multiply-adds and no more loads.
@inline(__always) var laneSumDimension: Int { lanes * 3 / 4 }

/// Distance of the coordinates of points in the row-major operands of a symmetric operation.
public func symmetricStride(_ dimension: Int) -> Int {
    dimension <= laneSumDimension ? dimension : (dimension + lanes - 1) / lanes * lanes
}

/// Elements of scratch memory that ``symmetricMeanShift(_:)`` needs.
public var symmetricScratch: Int {
    // Two tiles (the second one for weights) of 24 x 192, and sums per lane of 48 rows, or of 24 rows and every coordinate.
    4 * blockRows * blockRows + max(blockRows, laneSumRows * (laneSumDimension + 1)) * lanes
}

/// Adds what a block of points (the rows) and a run of blocks (the columns) are to each other.
///
///     panel_sums[c]   += sum over r of w_r K[r, c] x_r      panel_totals[c] += sum over r of w_r K[r, c]
///     row_sums[r]     += sum over c of v_c K[r, c] y_c      row_totals[r]   += sum over c of v_c K[r, c]
///
/// with K[r, c] = exp(kappa (x_r . y_c - 1)) up to the factor of ``kernelValue(_:_:)``. No column may be a row: see
/// ``diagonalMeanShift(_:_:)``.
public func symmetricMeanShift(_ operands: UnsafePointer<sphereshift_symmetric_run>) {
    let run = operands.pointee
    if run.dimension <= laneSumDimension {
        laneSumMeanShift(operands)
    } else {
        coordinateSumMeanShift(operands)
    }
}

/// Adds what the points of one block are to one another, themselves included: the columns' side of ``symmetricMeanShift(_:)``
/// alone, as both sides are the same.
///
/// - Parameter rows: points of the block, a multiple of `sourceGroup`.
public func diagonalMeanShift(_ operands: UnsafePointer<sphereshift_symmetric_run>, _ rows: Int) {
    let run = operands.pointee
    let dimension = run.dimension
    let exponent = kernelExponent(run.scale)
    for p in 0..<panelsPerBlock {
        dotRows(operands, panel: p, rows, run.scratch)
        kernelTile(run.scratch, rows, exponent, run.row_weights, run.panel_totals + p * panelColumns)
        weightedSumTile(
            run.scratch, rows, run.row_points, run.stride, dimension, run.panel_sums + p * panelColumns * dimension)
    }
}

/// The dot products of `rows` points with a panel of the run.
@inline(__always) private func dotRows(
    _ operands: UnsafePointer<sphereshift_symmetric_run>, panel: Int, _ rows: Int, _ tile: UnsafeMutablePointer<Float>
) {
    let run = operands.pointee
    let points = run.panels + panel * panelColumns * run.dimension
    var r = 0
    while r < rows {
        dotTile(
            points, run.groups + r * run.dimension, run.dimension, tile + r * panelColumns, panelColumns,
            isCosine: false)
        r += tileRows
    }
}

/// ``symmetricMeanShift(_:)`` with lanes over coordinates for the rows' side.
func coordinateSumMeanShift(_ operands: UnsafePointer<sphereshift_symmetric_run>) {
    let run = operands.pointee
    let dimension = run.dimension
    let exponent = kernelExponent(run.scale)
    let tile = run.scratch
    let rowTile = run.row_weights == nil ? tile : tile + blockRows * blockRows
    let rowTotals = run.scratch + 4 * blockRows * blockRows
    clear(rowTotals, blockRows)
    let vectors = run.stride / lanes
    for block in 0..<run.blocks {
        for p in 0..<panelsPerBlock {
            let panel = block * panelsPerBlock + p
            let offset = p * blockRows * panelColumns
            dotRows(operands, panel: panel, blockRows, tile + offset)
            symmetricKernelTile(
                tile + offset, rowTile + offset, blockRows, exponent, run.row_weights,
                columnWeights(operands, panel), run.panel_totals + panel * panelColumns, rowTotals)
            weightedSumTile(
                tile + offset, blockRows, run.row_points, run.stride, dimension,
                run.panel_sums + panel * panelColumns * dimension)
        }
        rowSumTile(rowTile, run.column_points + block * blockRows * run.stride, vectors, run.stride, run.row_sums)
    }
    addLaneSums(rowTotals, blockRows, to: run.row_totals)
}

/// Rows that the form with lanes over points takes at a time, and blocks of columns that wait with them: tiles of 24 x 192
/// take 18 KiB, and the sums per lane, loaded and stored once per 192 columns, up to 18 KiB.
@inline(__always) var laneSumRows: Int { 24 }
@inline(__always) var laneSumBlocks: Int { 4 }

/// ``symmetricMeanShift(_:)`` with lanes over points for the rows' side.
func laneSumMeanShift(_ operands: UnsafePointer<sphereshift_symmetric_run>) {
    let run = operands.pointee
    let dimension = run.dimension
    let exponent = kernelExponent(run.scale)
    let tile = run.scratch
    let rowTile = run.row_weights == nil ? tile : tile + blockRows * blockRows * 2
    let rowTotals = run.scratch + 4 * blockRows * blockRows
    let partials = rowTotals + laneSumRows * lanes
    var r = 0
    while r < blockRows {
        clear(rowTotals, laneSumRows * (dimension + 1))
        let rowWeights = run.row_weights.map { $0 + r }
        var panel = 0
        let panels = run.blocks * panelsPerBlock
        while panel < panels {
            let together = min(laneSumBlocks * panelsPerBlock, panels - panel)
            for p in 0..<together {
                let points = run.panels + (panel + p) * panelColumns * dimension
                let offset = p * laneSumRows * panelColumns
                var i = 0
                while i < laneSumRows {
                    dotTile(
                        points, run.groups + (r + i) * dimension, dimension, tile + offset + i * panelColumns,
                        panelColumns, isCosine: false)
                    i += tileRows
                }
                symmetricKernelTile(
                    tile + offset, rowTile + offset, laneSumRows, exponent, rowWeights,
                    columnWeights(operands, panel + p), run.panel_totals + (panel + p) * panelColumns, rowTotals)
                weightedSumTile(
                    tile + offset, laneSumRows, run.row_points + r * run.stride, run.stride, dimension,
                    run.panel_sums + (panel + p) * panelColumns * dimension)
            }
            laneSumTile(
                rowTile, laneSumRows, run.panels + panel * panelColumns * dimension, together, dimension, partials)
            panel += together
        }
        addLaneSums(rowTotals, laneSumRows, to: run.row_totals + r)
        addLaneSums(partials, laneSumRows * dimension, to: run.row_sums + r * dimension)
        r += laneSumRows
    }
}

@inline(__always) private func columnWeights(
    _ operands: UnsafePointer<sphereshift_symmetric_run>, _ panel: Int
) -> UnsafePointer<Float>? {
    let run = operands.pointee
    if let weights = run.column_weights { return weights + panel * panelColumns }
    return nil
}

/// Sets `count` vectors to zero.
@inline(__always) func clear(_ sums: UnsafeMutablePointer<Float>, _ count: Int) {
    let zero = Vector(repeating: 0)
    for i in 0..<count { store(zero, sums + i * lanes) }
}

/// Adds the sum of the lanes of each of `count` vectors, a multiple of 4, to an element of `sums`.
@inline(__always) func addLaneSums(
    _ vectors: UnsafePointer<Float>, _ count: Int, to sums: UnsafeMutablePointer<Float>
) {
    var i = 0
    while i < count {
        let v = vectors + i * lanes
        let four = laneSums(
            foldedToFour(load(v)), foldedToFour(load(v + lanes)), foldedToFour(load(v + 2 * lanes)),
            foldedToFour(load(v + 3 * lanes)))
        let target = UnsafeMutableRawPointer(sums + i)
        target.storeBytes(of: target.loadUnaligned(as: SIMD4<Float>.self) + four, as: SIMD4<Float>.self)
        i += 4
    }
}
