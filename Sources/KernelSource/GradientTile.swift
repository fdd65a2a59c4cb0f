/// Tiles of three dot products become the two tiles of kernel values that a gradient's sums are made with.
///
/// For the rows r and the columns c of one panel, with K = exp(kappa (x_r . y_c - 1)) as ``kernelValue(_:_:)`` gives it:
///
///     P = h_c . x_r - b_c,    Q = h_r . y_c - b_r
///     E = kappa K (w_r P + v_c Q)
///     totals[c] += sum over r of K Q,    rowTotals[r, lane] += sum over c of that lane of K P
///     exponentSums[lane] += sum of E (x_r . y_c - 1) / kappa
///
/// - Parameters:
///   - tile: x_r . y_c, rows x panelColumns; receives E.
///   - kernelTile: h_c . x_r; receives v_c K, for the columns.
///   - rowTile: h_r . y_c; receives w_r K, for the rows (without weights the same as `kernelTile`, and left as it is).
///   - weights: w; `columnWeights`: v; both `nil`: all 1.
///   - offsets: b of the rows; `columnOffsets`: of the columns.
///   - rowTotals: rows x lanes.
///   - exponentSums: lanes.
@inline(always) func gradientTile(
    _ tile: UnsafeMutablePointer<Float>, _ kernelTile: UnsafeMutablePointer<Float>,
    _ rowTile: UnsafeMutablePointer<Float>, _ rows: Int, _ exponent: KernelExponent, _ concentration: Float,
    _ weights: UnsafePointer<Float>?, _ columnWeights: UnsafePointer<Float>?, _ offsets: UnsafePointer<Float>,
    _ columnOffsets: UnsafePointer<Float>, _ totals: UnsafeMutablePointer<Float>,
    _ rowTotals: UnsafeMutablePointer<Float>, _ exponentSums: UnsafeMutablePointer<Float>
) {
    let zero = Vector(repeating: 0)
    let kappa = Vector(repeating: concentration)
    // One per vector of the panel, 3 at most.
    var sums: InlineArray<3, Vector> = [zero, zero, zero]
    var exponentSum = load(exponentSums)
    var offset = 0
    for r in 0..<rows {
        var rowSum = load(rowTotals + r &* lanes)
        let rowOffset = Vector(repeating: offsets[r])
        for v in 0..<tileVectors {
            let i = offset &+ v &* lanes
            let cosine = load(tile + i)
            let kernel = kernelValue(cosine, exponent)
            let forRow = kernel * (load(kernelTile + i) - load(columnOffsets + v &* lanes))
            let forColumn = kernel * (load(rowTile + i) - rowOffset)
            sums[unchecked: v] += forColumn
            rowSum += forRow
            var both = forRow + forColumn
            if let weights, let columnWeights {
                let (w, c) = (Vector(repeating: weights[r]), load(columnWeights + v &* lanes))
                both = multiplyAdd(w, forRow, c * forColumn)
                store(c * kernel, kernelTile + i)
                store(w * kernel, rowTile + i)
            } else {
                store(kernel, kernelTile + i)
            }
            exponentSum = multiplyAdd(both, cosine - 1, exponentSum)
            store(kappa * both, tile + i)
        }
        store(rowSum, rowTotals + r &* lanes)
        offset &+= panelColumns
    }
    store(exponentSum, exponentSums)
    for v in 0..<tileVectors { store(load(totals + v &* lanes) + sums[unchecked: v], totals + v &* lanes) }
}
