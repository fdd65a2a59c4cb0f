/// Adds the kernel-weighted sums of a block of sources at the points of one panel.
///
/// The N x N matrix of kernel values is never stored, only the tile of one block:
///
///     totals[c]  += sum over j of w_j exp(kappa (x_j . p_c - 1))
///     sums[k, c] += sum over j of w_j exp(kappa (x_j . p_c - 1)) x_j[k]
///
/// - Parameters:
///   - panel: the points p_c, packed by `packPanel` (dimension x panelColumns).
///   - sources: the points x_j of the block in groups packed by `packSourceGroup`.
///   - points: x_j row-major, `stride` elements apart.
///   - weights: w_j, 0 for padding; `nil`: all 1.
///   - count: sources of the block, a multiple of `sourceGroup`, at most `sourceBlock`.
///   - scale: kappa / ln 2.
///   - tile: scratch of sourceBlock x panelColumns.
///   - sums: dimension x panelColumns.
///   - totals: panelColumns.
public func meanShiftPanel(
    _ panel: UnsafePointer<Float>, _ sources: UnsafePointer<Float>, _ points: UnsafePointer<Float>, _ stride: Int,
    _ weights: UnsafePointer<Float>?, _ count: Int, _ dimension: Int, _ scale: Float,
    _ tile: UnsafeMutablePointer<Float>, _ sums: UnsafeMutablePointer<Float>, _ totals: UnsafeMutablePointer<Float>
) {
    kernelSumPanel(panel, sources, weights, count, dimension, scale, tile, totals)
    weightedSumTile(tile, count, points, stride, dimension, sums)
}

/// ``meanShiftPanel`` without the weighted sums: `totals[c] += sum over j of w_j exp(kappa (x_j . p_c - 1))`.
///
/// Leaves the weighted kernel values in `tile`.
@inline(__always) public func kernelSumPanel(
    _ panel: UnsafePointer<Float>, _ sources: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?, _ count: Int,
    _ dimension: Int, _ scale: Float, _ tile: UnsafeMutablePointer<Float>, _ totals: UnsafeMutablePointer<Float>
) {
    var r = 0
    while r < count {
        dotTile(
            panel, sources + r * dimension, dimension, tile + r * panelColumns, panelColumns, isCosine: false)
        r += tileRows
    }
    kernelTile(tile, count, kernelExponent(scale), weights, totals)
}
