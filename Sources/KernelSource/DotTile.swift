/// Dot products of one group of sources with one panel: `tile[r * panelColumns + c] = sum over k of s_r[k] p_c[k]`.
///
/// The accumulators (rows x vectors of Target.swift) stay in registers. The first term is a multiplication and not a
/// multiply-add onto zeros: clearing and copying 24 registers costs 10 % at D = 8.
///
/// - Parameters:
///   - panel: dimension x panelColumns, packed by `packPanel`.
///   - sources: dimension x sourceGroup, packed by `packSourceGroup`.
///   - dimension: D >= 1.
///   - tile: sourceGroup x panelColumns.
@inline(__always) func dotTile(
    _ panel: UnsafePointer<Float>, _ sources: UnsafePointer<Float>, _ dimension: Int,
    _ tile: UnsafeMutablePointer<Float>
) {
    var sum = zeroAccumulators
    for r in 0..<tileRows {
        let source = Vector(repeating: sources[r])
        for v in 0..<tileVectors { sum[unchecked: r * tileVectors + v] = source * load(panel + v * lanes) }
    }
    var p = panel
    var s = sources
    var k = 1
    while k < dimension {
        p += panelColumns
        s += tileRows
        for r in 0..<tileRows {
            let source = Vector(repeating: s[r])
            for v in 0..<tileVectors {
                sum[unchecked: r * tileVectors + v] = multiplyAdd(
                    source, load(p + v * lanes), sum[unchecked: r * tileVectors + v])
            }
        }
        k += 1
    }
    for i in 0..<tileRows * tileVectors { store(sum[unchecked: i], tile + i * lanes) }
}

/// ``dotTile`` in double: `tile[r * doublePanelColumns + c] = sum over k of s_r[k] p_c[k]`.
@inline(__always) func dotTileDouble(
    _ panel: UnsafePointer<Double>, _ sources: UnsafePointer<Double>, _ dimension: Int,
    _ tile: UnsafeMutablePointer<Double>
) {
    var sum = zeroDoubleAccumulators
    var p = panel
    var s = sources
    for _ in 0..<dimension {
        for r in 0..<tileRows {
            let source = DoubleVector(repeating: s[r])
            for v in 0..<tileVectors {
                sum[unchecked: r * tileVectors + v] = multiplyAdd(
                    source, load(p + v * doubleLanes), sum[unchecked: r * tileVectors + v])
            }
        }
        p += doublePanelColumns
        s += tileRows
    }
    for i in 0..<tileRows * tileVectors { store(sum[unchecked: i], tile + i * doubleLanes) }
}
