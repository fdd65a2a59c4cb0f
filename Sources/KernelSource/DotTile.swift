/// Dot products of one group of sources with one panel: `tile[r * stride + c] = sum over k of s_r[k] p_c[k]`.
///
/// The accumulators (rows x vectors of Target.swift) stay in registers. The first term is a multiplication and not a
/// multiply-add onto zeros: clearing and copying 24 registers costs 10 % at D = 8.
///
/// - Parameters:
///   - panel: dimension x panelColumns, packed by `packPanel`.
///   - sources: dimension x sourceGroup, packed by `packSourceGroup`.
///   - dimension: D >= 1.
///   - tile: sourceGroup rows of panelColumns elements, `stride` apart.
///   - isCosine: a constant; limits the results to [-1, 1], NaN stays NaN.
@inline(always) func dotTile(
    _ panel: UnsafePointer<Float>, _ sources: UnsafePointer<Float>, _ dimension: Int,
    _ tile: UnsafeMutablePointer<Float>, _ stride: Int, isCosine: Bool
) {
    var sum = zeroAccumulators
    for r in 0..<tileRows {
        let source = Vector(repeating: sources[r])
        for v in 0..<tileVectors { sum[unchecked: r &* tileVectors &+ v] = source * load(panel + v &* lanes) }
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
                sum[unchecked: r &* tileVectors &+ v] = multiplyAdd(
                    source, load(p + v &* lanes), sum[unchecked: r &* tileVectors &+ v])
            }
        }
        k &+= 1
    }
    for r in 0..<tileRows {
        for v in 0..<tileVectors {
            let dot = sum[unchecked: r &* tileVectors &+ v]
            store(isCosine ? limitedCosine(dot) : dot, tile + (r &* stride &+ v &* lanes))
        }
    }
}

/// `cosine` limited to [-1, 1]; NaN stays NaN.
///
/// Not pointwiseMin: for some widths it is an out-of-line generic call, a weak symbol.
@inline(__always) func limitedCosine(_ cosine: Vector) -> Vector {
    cosine.replacing(with: 1, where: cosine .> 1).replacing(with: -1, where: cosine .< -1)
}

/// `cosine` limited to [-1, 1]; NaN stays NaN (`min` and `max` would drop it).
@inline(__always) func limitedCosine(_ cosine: Double) -> Double {
    cosine > 1 ? 1 : cosine < -1 ? -1 : cosine
}

/// ``dotTile`` of cosines in double, rounded to float at the end.
@inline(always) func dotTileDouble(
    _ panel: UnsafePointer<Double>, _ sources: UnsafePointer<Double>, _ dimension: Int,
    _ tile: UnsafeMutablePointer<Float>, _ stride: Int
) {
    var sum = zeroDoubleAccumulators
    for r in 0..<tileRows {
        let source = DoubleVector(repeating: sources[r])
        for v in 0..<tileVectors {
            sum[unchecked: r &* tileVectors &+ v] = source * load(panel + v &* doubleLanes)
        }
    }
    var p = panel
    var s = sources
    var k = 1
    while k < dimension {
        p += doublePanelColumns
        s += tileRows
        for r in 0..<tileRows {
            let source = DoubleVector(repeating: s[r])
            for v in 0..<tileVectors {
                sum[unchecked: r &* tileVectors &+ v] = multiplyAdd(
                    source, load(p + v &* doubleLanes), sum[unchecked: r &* tileVectors &+ v])
            }
        }
        k &+= 1
    }
    // In halves: LLVM does not unroll the whole, and the accumulators would live in memory.
    storeCosines(sum, from: 0, to: tileRows / 2, tile, stride)
    storeCosines(sum, from: tileRows / 2, to: tileRows, tile, stride)
}

/// Rows from `start` to `end` of a tile of cosines in double, limited to [-1, 1] and rounded to float.
@inline(always) private func storeCosines(
    _ sum: DoubleTileAccumulators, from start: Int, to end: Int, _ tile: UnsafeMutablePointer<Float>, _ stride: Int
) {
    for r in start..<end {
        for v in 0..<tileVectors {
            let dot = sum[unchecked: r &* tileVectors &+ v]
            let limited = dot.replacing(with: 1, where: dot .> 1).replacing(with: -1, where: dot .< -1)
            storeNarrowed(limited, tile + (r &* stride &+ v &* doubleLanes))
        }
    }
}
