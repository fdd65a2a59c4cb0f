/// Turns the sums of ``meanShiftPanel`` into shifted points.
///
///     y_c = (1 - stepSize) p_c + stepSize * sums_c / totals_c,    out_c = y_c / |y_c|
///
/// A point stays where it is when it has no kernel weight around it (`totals[c]` is 0) or `y_c` is the zero vector.
///
/// - Parameters:
///   - points: the `count` points of the panel, row-major, `rowStride` elements apart.
///   - panel: the same points packed by `packPanel` (dimension x panelColumns).
///   - sums: dimension x panelColumns; used as scratch.
///   - totals: panelColumns.
///   - lengths: panelColumns; receives |y_c|, 0 for a point that stays.
///   - inverses: scratch of panelColumns.
///   - out: `count` x dimension, rows `outStride` elements apart.
public func finishMeanShiftPanel(
    _ points: UnsafePointer<Float>, _ rowStride: Int, _ count: Int, _ dimension: Int, _ stepSize: Float,
    _ panel: UnsafePointer<Float>, _ sums: UnsafeMutablePointer<Float>, _ totals: UnsafePointer<Float>,
    _ lengths: UnsafeMutablePointer<Float>, _ inverses: UnsafeMutablePointer<Float>,
    _ out: UnsafeMutablePointer<Float>, _ outStride: Int
) {
    var column = 0
    while column < panelColumns {
        let step = Vector(repeating: stepSize) / load(totals + column)
        let keep = Vector(repeating: 1 - stepSize)
        var squares = Vector(repeating: 0)
        var i = column
        for _ in 0..<dimension {
            let y = multiplyAdd(keep, load(panel + i), step * load(sums + i))
            squares = multiplyAdd(y, y, squares)
            store(y, sums + i)
            i += panelColumns
        }
        store(squares, lengths + column)
        column += lanes
    }
    // False for NaN too, which is what 0 / 0 and a total of 0 leave.
    var isMoved = true
    for c in 0..<count {
        if lengths[c] > 0 && lengths[c] < .infinity {
            lengths[c] = lengths[c].squareRoot()
            inverses[c] = 1 / lengths[c]
        } else {
            lengths[c] = 0
            inverses[c] = 0
            isMoved = false
        }
    }
    scaledColumnsToRows(sums, inverses, count, dimension, out, outStride)
    if isMoved { return }
    for c in 0..<count where lengths[c] == 0 {
        (out + c * outStride).update(from: points + c * rowStride, count: dimension)
    }
}
