/// Kernel-weighted sums of all sources at the points of one panel.
///
/// The N x N matrix of kernel values is never stored:
///
///     totals[c]  = sum over j of w_j exp(kappa (x_j . p_c - 1))
///     sums[k, c] = sum over j of w_j exp(kappa (x_j . p_c - 1)) x_j[k]
///
/// - Parameters:
///   - panel: the points p_c, packed by `packPanel` (dimension x panelColumns).
///   - sources: the points x_j in groups packed by `packSourceGroup`.
///   - weightedSources: w_j x_j row-major, `sourceCount` x dimension.
///   - weights: w_j, 0 for padding.
///   - sourceCount: N rounded up to a multiple of `sourceGroup`.
///   - scale: kappa / ln 2.
///   - tile: scratch of sourceBlock x panelColumns.
///   - sums: dimension x panelColumns, overwritten.
///   - totals: panelColumns, overwritten.
public func meanShiftPanel(
    _ panel: UnsafePointer<Float>, _ sources: UnsafePointer<Float>, _ weightedSources: UnsafePointer<Float>,
    _ weights: UnsafePointer<Float>, _ sourceCount: Int, _ dimension: Int, _ scale: Float,
    _ tile: UnsafeMutablePointer<Float>, _ sums: UnsafeMutablePointer<Float>, _ totals: UnsafeMutablePointer<Float>
) {
    sums.update(repeating: 0, count: dimension * panelColumns)
    totals.update(repeating: 0, count: panelColumns)
    var start = 0
    while start < sourceCount {
        let rows = min(sourceBlock, sourceCount - start)
        kernelValues(panel, sources + start * dimension, weights + start, rows, dimension, scale, tile, totals)
        weightedSumTile(tile, rows, weightedSources + start * dimension, dimension, sums)
        start += rows
    }
}

/// ``meanShiftPanel`` without the weighted sums: `totals[c] = sum over j of w_j exp(kappa (x_j . p_c - 1))`.
public func kernelSumPanel(
    _ panel: UnsafePointer<Float>, _ sources: UnsafePointer<Float>, _ weights: UnsafePointer<Float>,
    _ sourceCount: Int, _ dimension: Int, _ scale: Float, _ tile: UnsafeMutablePointer<Float>,
    _ totals: UnsafeMutablePointer<Float>
) {
    totals.update(repeating: 0, count: panelColumns)
    var start = 0
    while start < sourceCount {
        let rows = min(sourceBlock, sourceCount - start)
        kernelValues(panel, sources + start * dimension, weights + start, rows, dimension, scale, tile, totals)
        start += rows
    }
}

/// Kernel values of one block of sources into `tile`, their sums onto `totals`.
@inline(__always) private func kernelValues(
    _ panel: UnsafePointer<Float>, _ sources: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ rows: Int,
    _ dimension: Int, _ scale: Float, _ tile: UnsafeMutablePointer<Float>, _ totals: UnsafeMutablePointer<Float>
) {
    var r = 0
    while r < rows {
        dotTile(panel, sources + r * dimension, dimension, tile + r * panelColumns)
        r += tileRows
    }
    // A second pass and not on the live accumulators: those leave no registers for the polynomial.
    kernelTile(tile, rows, scale, weights, totals)
}
