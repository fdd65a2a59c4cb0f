// Tiles of dot products become tiles of kernel values. A second pass over the tile, and not on the live accumulators of the
// dot products: those leave no registers for the polynomial.

/// Kernel values of `rows` sources at the columns of one panel, added up per column.
///
///     tile[r, c] = w_r K[r, c],    totals[c] += sum over r of w_r K[r, c]
///
/// - Parameters:
///   - tile: dot products, rows x panelColumns; receives kernel values.
///   - weights: w, `rows` elements; `nil`: all 1.
///   - totals: panelColumns. The sum over one tile is added to it at the end, which keeps the error of long sums at
///     (rows + N / rows) ulps.
@inline(always) func kernelTile(
    _ tile: UnsafeMutablePointer<Float>, _ rows: Int, _ exponent: KernelExponent, _ weights: UnsafePointer<Float>?,
    _ totals: UnsafeMutablePointer<Float>
) {
    if let weights {
        kernelRows(tile, nil, rows, exponent, weights, nil, totals, nil)
    } else {
        kernelRows(tile, nil, rows, exponent, nil, nil, totals, nil)
    }
}

/// Kernel values of `rows` points at the columns of one panel, added up per column and per row.
///
///     tile[r, c]    = w_r K[r, c],    totals[c] += sum over r of w_r K[r, c]
///     rowTile[r, c] = v_c K[r, c],    rowTotals[r, lane] += sum over c of that lane of v_c K[r, c]
///
/// - Parameters:
///   - tile: dot products, rows x panelColumns; receives the kernel values for the columns.
///   - rowTile: receives the kernel values for the rows where there are weights; else they are those of `tile`.
///   - weights: w, `rows` elements, and `columnWeights` v, panelColumns elements; both `nil`: all 1.
///   - rowTotals: rows x lanes.
@inline(always) func symmetricKernelTile(
    _ tile: UnsafeMutablePointer<Float>, _ rowTile: UnsafeMutablePointer<Float>, _ rows: Int,
    _ exponent: KernelExponent, _ weights: UnsafePointer<Float>?, _ columnWeights: UnsafePointer<Float>?,
    _ totals: UnsafeMutablePointer<Float>, _ rowTotals: UnsafeMutablePointer<Float>
) {
    if let weights, let columnWeights {
        kernelRows(tile, rowTile, rows, exponent, weights, columnWeights, totals, rowTotals)
    } else {
        kernelRows(tile, nil, rows, exponent, nil, nil, totals, rowTotals)
    }
}

/// The loop of both, two rows at a time (`sourceGroup`, of which they are a multiple, is even); every optional is a constant
/// `nil` or is not, so that each call becomes a loop of its own.
@inline(always) private func kernelRows(
    _ tile: UnsafeMutablePointer<Float>, _ rowTile: UnsafeMutablePointer<Float>?, _ rows: Int,
    _ exponent: KernelExponent, _ weights: UnsafePointer<Float>?, _ columnWeights: UnsafePointer<Float>?,
    _ totals: UnsafeMutablePointer<Float>, _ rowTotals: UnsafeMutablePointer<Float>?
) {
    let zero = Vector(repeating: 0)
    // One per vector of the panel, 3 at most.
    var sums: InlineArray<3, Vector> = [zero, zero, zero]
    var offset = 0
    var r = 0
    while r < rows {
        var values: KernelVectors = [zero, zero, zero, zero, zero, zero]
        for i in 0..<2 &* tileVectors { values[unchecked: i] = load(tile + (offset &+ i &* lanes)) }
        kernelValues(&values, exponent)
        for row in 0..<2 {
            var rowSum = zero
            if let rowTotals { rowSum = load(rowTotals + (r &+ row) &* lanes) }
            for v in 0..<tileVectors {
                let i = offset &+ (row &* tileVectors &+ v) &* lanes
                let value = values[unchecked: row &* tileVectors &+ v]
                if let weights {
                    let weighted = value * Vector(repeating: weights[r &+ row])
                    store(weighted, tile + i)
                    sums[unchecked: v] += weighted
                } else {
                    store(value, tile + i)
                    sums[unchecked: v] += value
                }
                if let rowTile, let columnWeights {
                    let weighted = value * load(columnWeights + v &* lanes)
                    store(weighted, rowTile + i)
                    rowSum += weighted
                } else {
                    rowSum += value
                }
            }
            if let rowTotals { store(rowSum, rowTotals + (r &+ row) &* lanes) }
        }
        offset &+= 2 &* panelColumns
        r &+= 2
    }
    for v in 0..<tileVectors { store(load(totals + v * lanes) + sums[unchecked: v], totals + v * lanes) }
}
