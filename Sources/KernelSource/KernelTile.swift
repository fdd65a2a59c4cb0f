/// Turns dot products into kernel values and adds them up: for `rows` sources,
/// `tile[r, c] = 2^(scale * (tile[r, c] - 1))` and `totals[c] += sum over r of weights[r] * tile[r, c]`.
///
/// `scale` is kappa / ln 2. The exponent is formed as `dot * scale - scale` with one rounding where the instruction set
/// has a fused multiply-add, from unscaled vectors: scaling one side before the product would double the row error.
/// The sum over one tile is added to `totals` at its end, which keeps the error of long sums at (rows + N / rows) ulps.
@inline(__always) func kernelTile(
    _ tile: UnsafeMutablePointer<Float>, _ rows: Int, _ scale: Float, _ weights: UnsafePointer<Float>,
    _ totals: UnsafeMutablePointer<Float>
) {
    let factor = Vector(repeating: scale)
    let offset = Vector(repeating: -scale)
    let zero = Vector(repeating: 0)
    // One per vector of the panel, 3 at most.
    var sums: InlineArray<3, Vector> = [zero, zero, zero]
    var t = tile
    for r in 0..<rows {
        let weight = Vector(repeating: weights[r])
        for v in 0..<tileVectors {
            let k = exponentialOfTwo(multiplyAdd(load(t + v * lanes), factor, offset))
            store(k, t + v * lanes)
            sums[unchecked: v] = multiplyAdd(weight, k, sums[unchecked: v])
        }
        t += panelColumns
    }
    for v in 0..<tileVectors { store(load(totals + v * lanes) + sums[unchecked: v], totals + v * lanes) }
}
