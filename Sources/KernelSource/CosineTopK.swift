/// Cosines of one group of sources with a few panels, and which sources have one above their threshold.
///
/// `out[r * columns + c] = s_r . p_c`, not limited to [-1, 1]. A source's largest cosine is found lane by lane over all
/// panels and folded once at the end: asking after every vector whether any lane exceeds the threshold takes longer than
/// the vector's products at D = 8. NaN exceeds nothing.
///
/// - Parameters:
///   - panels: packed unit rows (or zero rows), panel after panel.
///   - columns: columns of the panels, a multiple of panelColumns, 1 panel or more.
///   - sources: a packed group of unit rows (or zero rows).
///   - dimension: D >= 1.
///   - thresholds: one for each of the sourceGroup sources; infinity for one that does not exist.
///   - out: sourceGroup x columns.
/// - Returns: bit r is set where a cosine of source r is above its threshold.
public func cosinesAbove(
    _ panels: UnsafePointer<Float>, _ columns: Int, _ sources: UnsafePointer<Float>, _ dimension: Int,
    _ thresholds: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>
) -> Int {
    var column = 0
    while column < columns {
        dotTile(panels + column * dimension, sources, dimension, out + column, columns, isCosine: false)
        column += panelColumns
    }
    let lowest = SIMD4<Float>(repeating: -.infinity)
    // At most 8 rows.
    var maxima: InlineArray<8, SIMD4<Float>> = [lowest, lowest, lowest, lowest, lowest, lowest, lowest, lowest]
    var values = UnsafePointer(out)
    for r in 0..<tileRows {
        // One per vector of the panel, 3 at most. Written out here: as a function this stays a call, and a weak one.
        let least = Vector(repeating: -.infinity)
        var largest: InlineArray<3, Vector> = [least, least, least]
        var c = 0
        while c < columns {
            for v in 0..<tileVectors { largest[unchecked: v] = larger(load(values + v * lanes), largest[unchecked: v]) }
            values += panelColumns
            c += panelColumns
        }
        for v in 1..<tileVectors { largest[unchecked: 0] = larger(largest[unchecked: v], largest[unchecked: 0]) }
        maxima[unchecked: r] = foldedMaximum(largest[unchecked: 0])
    }
    var above = 0
    for first in 0..<2 {
        // Four rows are folded together, in one transposition of 4 x 4.
        let r = 4 * first
        let (a, b) = (maxima[unchecked: r], maxima[unchecked: r + 1])
        let (c, d) = (maxima[unchecked: r + 2], maxima[unchecked: r + 3])
        let largest = larger(
            larger(SIMD4(a[0], b[0], c[0], d[0]), SIMD4(a[1], b[1], c[1], d[1])),
            larger(SIMD4(a[2], b[2], c[2], d[2]), SIMD4(a[3], b[3], c[3], d[3])))
        for i in 0..<min(4, tileRows - r) where largest[i] > thresholds[r + i] { above |= 1 << (r + i) }
    }
    return above
}

/// Whether one of the cosines of ``cosinesAbove`` is above the threshold of its column: 1, else 0.
///
/// - Parameters:
///   - tile: sourceGroup x columns.
///   - columns: a multiple of panelColumns.
///   - thresholds: one for each column; infinity for one that does not exist.
public func columnsAbove(
    _ tile: UnsafePointer<Float>, _ columns: Int, _ thresholds: UnsafePointer<Float>
) -> Int {
    let lowest = Vector(repeating: -.infinity)
    // By how much a column's largest cosine is above: differences of float32 are 0 for equal numbers only. One per vector of
    // the panel, 3 at most.
    var excess: InlineArray<3, Vector> = [lowest, lowest, lowest]
    var c = 0
    while c < columns {
        for v in 0..<tileVectors {
            var values = tile + c + v * lanes
            var largest = larger(load(values), lowest)
            for _ in 1..<tileRows {
                values += columns
                largest = larger(load(values), largest)
            }
            let difference = largest - load(thresholds + c + v * lanes)
            excess[unchecked: v] = larger(difference, excess[unchecked: v])
        }
        c += panelColumns
    }
    for v in 1..<tileVectors { excess[unchecked: 0] = larger(excess[unchecked: v], excess[unchecked: 0]) }
    let four = foldedMaximum(excess[unchecked: 0])
    return four[0] > 0 || four[1] > 0 || four[2] > 0 || four[3] > 0 ? 1 : 0
}

// `a` where it is larger, else `b`: one instruction, and b where a is NaN.
@inline(__always) private func larger(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> SIMD4<Float> {
    b.replacing(with: a, where: a .> b)
}
@inline(__always) private func larger(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
    b.replacing(with: a, where: a .> b)
}
@inline(__always) private func larger(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> {
    b.replacing(with: a, where: a .> b)
}

// Halving for the reason of `horizontalSum`.
@inline(__always) private func foldedMaximum(_ v: SIMD4<Float>) -> SIMD4<Float> { v }
@inline(__always) private func foldedMaximum(_ v: SIMD8<Float>) -> SIMD4<Float> { larger(v.highHalf, v.lowHalf) }
@inline(__always) private func foldedMaximum(_ v: SIMD16<Float>) -> SIMD4<Float> {
    foldedMaximum(larger(v.highHalf, v.lowHalf))
}
