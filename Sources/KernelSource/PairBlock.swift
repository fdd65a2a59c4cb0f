// Blocks of an all-pairs result: pairBlock x pairBlock dot products of packed rows, then copied to where they belong.

/// Dot products of `pairBlock` sources with `pairBlock` panel points, limited to [-1, 1]:
/// `block[r * pairBlock + c] = s_r . p_c`.
///
/// - Parameters:
///   - panels: pairBlock / panelColumns panels, one after the other.
///   - sources: pairBlock / sourceGroup groups, one after the other.
///   - tile: scratch of sourceGroup x panelColumns.
///   - block: pairBlock x pairBlock.
public func dotBlock(
    _ panels: UnsafePointer<Float>, _ sources: UnsafePointer<Float>, _ dimension: Int,
    _ tile: UnsafeMutablePointer<Float>, _ block: UnsafeMutablePointer<Float>
) {
    var column = 0
    while column < pairBlock {
        var row = 0
        while row < pairBlock {
            dotTile(panels + column * dimension, sources + row * dimension, dimension, tile)
            for r in 0..<tileRows {
                for v in 0..<tileVectors {
                    // Not pointwiseMin: for some widths it is an out-of-line generic call, a weak symbol.
                    let dot = load(tile + (r * tileVectors + v) * lanes)
                    let limited = dot.replacing(with: 1, where: dot .> 1).replacing(with: -1, where: dot .< -1)
                    store(limited, block + (row + r) * pairBlock + column + v * lanes)
                }
            }
            row += tileRows
        }
        column += panelColumns
    }
}

/// `cosine` limited to [-1, 1]; NaN stays NaN (`min` and `max` would drop it).
@inline(__always) func limitedCosine(_ cosine: Double) -> Double {
    cosine > 1 ? 1 : cosine < -1 ? -1 : cosine
}

/// ``dotBlock`` accumulated in double and rounded to float once, at the end.
public func dotBlockDouble(
    _ panels: UnsafePointer<Double>, _ sources: UnsafePointer<Double>, _ dimension: Int,
    _ tile: UnsafeMutablePointer<Double>, _ block: UnsafeMutablePointer<Float>
) {
    var column = 0
    while column < pairBlock {
        var row = 0
        while row < pairBlock {
            dotTileDouble(panels + column * dimension, sources + row * dimension, dimension, tile)
            for r in 0..<tileRows {
                for c in 0..<doublePanelColumns {
                    block[(row + r) * pairBlock + column + c] = Float(
                        limitedCosine(tile[r * doublePanelColumns + c]))
                }
            }
            row += tileRows
        }
        column += doublePanelColumns
    }
}

/// Copies the first `rows` x `columns` of a block to `out`, rows `stride` apart.
public func storeBlock(
    _ block: UnsafePointer<Float>, _ rows: Int, _ columns: Int, _ out: UnsafeMutablePointer<Float>, _ stride: Int
) {
    for r in 0..<rows { (out + r * stride).update(from: block + r * pairBlock, count: columns) }
}

/// Copies the first `rows` x `columns` of a block to `out` with rows and columns exchanged:
/// `out[c * stride + r] = block[r * pairBlock + c]`.
public func storeBlockTransposed(
    _ block: UnsafePointer<Float>, _ rows: Int, _ columns: Int, _ out: UnsafeMutablePointer<Float>, _ stride: Int
) {
    var c = 0
    while c < columns {
        let width = min(4, columns - c)
        var r = 0
        while r < rows {
            if width == 4 && r + 4 <= rows {
                let p = block + r * pairBlock + c
                let a = load4(p)
                let b = load4(p + pairBlock)
                let d = load4(p + 2 * pairBlock)
                let e = load4(p + 3 * pairBlock)
                let q = out + c * stride + r
                store4(SIMD4(a[0], b[0], d[0], e[0]), q)
                store4(SIMD4(a[1], b[1], d[1], e[1]), q + stride)
                store4(SIMD4(a[2], b[2], d[2], e[2]), q + 2 * stride)
                store4(SIMD4(a[3], b[3], d[3], e[3]), q + 3 * stride)
                r += 4
            } else {
                for i in 0..<width { out[(c + i) * stride + r] = block[r * pairBlock + c + i] }
                r += 1
            }
        }
        c += width
    }
}

@inline(__always) private func load4(_ p: UnsafePointer<Float>) -> SIMD4<Float> {
    UnsafeRawPointer(p).loadUnaligned(as: SIMD4<Float>.self)
}

@inline(__always) private func store4(_ v: SIMD4<Float>, _ p: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(p).storeBytes(of: v, as: SIMD4<Float>.self)
}
