// Minimal filtering F(2 x 2, 3 x 3): four outputs of a window of 3 x 3 with stride 1 by 16 products instead of 36.
//
//     y = A^T ((G w G^T) * (B^T x B)) A,    * element by element
//
//     B^T = 1  0 -1  0     G = 1    0    0     A^T = 1  1  1  0
//           0  1  1  0         1/2  1/2  1/2         0  1 -1 -1
//           0 -1  1  0         1/2 -1/2  1/2
//           0  1  0 -1         0    0    1
//
// (S. Winograd, "Arithmetic Complexity of Computations", 1980; Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016.)
// Summed over channels the 16 products are 16 matrix products of tiles x channels, which `convolveStrip` evaluates.

/// A row of tiles: tile t has its first pixel `t / dilation * 2 dilation + t % dilation` pixels from the start, and its other pixels
/// `dilation` pixels and rows apart.
///
/// `rowTap` and `pixelTap` are the elements from a pixel of a tile to the one below and beside it, `pixelStep` those between neighbours.
/// Elements (position, tile, channel) of the transform are at `position * positionStep + tile * tileStep + channel`. Channels are a multiple of
/// the lanes.
public typealias WinogradRow = (
    tiles: Int, dilation: Int, rowTap: Int, pixelTap: Int, pixelStep: Int, channels: Int, tileStep: Int,
    positionStep: Int
)

/// What becomes of the sums: they are added to the result if `accumulates`; then biases, then the rectifier.
///
/// Tiles may have one row or column inside the result alone: those beyond `columns` pixels and, unless `hasTwoRows`, the second row are left out.
public typealias WinogradEpilogue = (
    columns: Int, hasTwoRows: Bool, accumulates: Bool, bias: UnsafePointer<Float>?, rectifies: Bool
)

/// `B^T x B` of a row of tiles of 4 x 4 pixels.
public func winogradSource(
    _ source: UnsafePointer<Float>, _ row: WinogradRow, _ result: UnsafeMutablePointer<Float>
) {
    var tile = 0
    var phase = 0
    var from = source
    while tile < row.tiles {
        var c = 0
        while c < row.channels {
            let p = from + c
            let to = result + tile &* row.tileStep + c
            let (a0, a1, a2, a3) = sourceColumn(p, row.rowTap)
            let (b0, b1, b2, b3) = sourceColumn(p + row.pixelTap, row.rowTap)
            let (c0, c1, c2, c3) = sourceColumn(p + 2 &* row.pixelTap, row.rowTap)
            let (d0, d1, d2, d3) = sourceColumn(p + 3 &* row.pixelTap, row.rowTap)
            storeSourceRow(a0, b0, c0, d0, to, row.positionStep)
            storeSourceRow(a1, b1, c1, d1, to + 4 &* row.positionStep, row.positionStep)
            storeSourceRow(a2, b2, c2, d2, to + 8 &* row.positionStep, row.positionStep)
            storeSourceRow(a3, b3, c3, d3, to + 12 &* row.positionStep, row.positionStep)
            c += lanes
        }
        tile += 1
        phase += 1
        from += row.pixelStep
        if phase == row.dilation {
            phase = 0
            from += row.dilation &* row.pixelStep
        }
    }
}

/// `B^T` times a column of four pixels.
@inline(__always) private func sourceColumn(
    _ p: UnsafePointer<Float>, _ rowTap: Int
) -> (Vector, Vector, Vector, Vector) {
    let (a, b, c, d) = (load(p), load(p + rowTap), load(p + 2 &* rowTap), load(p + 3 &* rowTap))
    return (a - c, b + c, c - b, b - d)
}

/// A row of four times `B`.
@inline(__always) private func storeSourceRow(
    _ a: Vector, _ b: Vector, _ c: Vector, _ d: Vector, _ to: UnsafeMutablePointer<Float>, _ step: Int
) {
    store(a - c, to)
    store(b + c, to + step)
    store(c - b, to + 2 &* step)
    store(b - d, to + 3 &* step)
}

/// `A^T m A` of a row of tiles, to 2 x 2 pixels each.
public func winogradResult(
    _ products: UnsafePointer<Float>, _ row: WinogradRow, _ epilogue: UnsafePointer<WinogradEpilogue>,
    _ result: UnsafeMutablePointer<Float>
) {
    let finish = epilogue.pointee
    var tile = 0
    var phase = 0
    var x = 0
    while tile < row.tiles {
        let hasTwoColumns = x + row.dilation < finish.columns
        var c = 0
        while c < row.channels {
            let from = products + tile &* row.tileStep + c
            let to = result + x &* row.pixelStep + c
            let (a0, a1) = resultColumn(from, row.positionStep)
            let (b0, b1) = resultColumn(from + row.positionStep, row.positionStep)
            let (c0, c1) = resultColumn(from + 2 &* row.positionStep, row.positionStep)
            let (d0, d1) = resultColumn(from + 3 &* row.positionStep, row.positionStep)
            storeResult(a0 + b0 + c0, to, finish, c)
            if hasTwoColumns { storeResult(b0 - c0 - d0, to + row.pixelTap, finish, c) }
            if finish.hasTwoRows {
                storeResult(a1 + b1 + c1, to + row.rowTap, finish, c)
                if hasTwoColumns { storeResult(b1 - c1 - d1, to + row.rowTap + row.pixelTap, finish, c) }
            }
            c += lanes
        }
        tile += 1
        phase += 1
        x += 1
        if phase == row.dilation {
            phase = 0
            x += row.dilation
        }
    }
}

/// `A^T` times a column of four products.
@inline(__always) private func resultColumn(_ p: UnsafePointer<Float>, _ step: Int) -> (Vector, Vector) {
    let (a, b, c, d) = (load(p), load(p + 4 &* step), load(p + 8 &* step), load(p + 12 &* step))
    return (a + b + c, b - c - d)
}

@inline(__always) private func storeResult(
    _ sum: Vector, _ to: UnsafeMutablePointer<Float>, _ finish: WinogradEpilogue, _ channel: Int
) {
    var value = sum
    if finish.accumulates { value += load(to) }
    if let bias = finish.bias { value += load(bias + channel) }
    if finish.rectifies { value = value.replacing(with: 0, where: value .< 0) }
    store(value, to)
}

/// `G w G^T` of `count` windows, a multiple of the lanes: tap k of window i is at `weights[taps[k] + i]`, position p of the result at
/// `result[p * positionStep + i]`.
public func winogradWeights(
    _ weights: UnsafePointer<Float>, _ taps: UnsafePointer<Int>, _ count: Int, _ result: UnsafeMutablePointer<Float>,
    _ positionStep: Int
) {
    var i = 0
    while i < count {
        let p = weights + i
        let to = result + i
        let (a0, a1, a2, a3) = weightColumn(load(p + taps[0]), load(p + taps[3]), load(p + taps[6]))
        let (b0, b1, b2, b3) = weightColumn(load(p + taps[1]), load(p + taps[4]), load(p + taps[7]))
        let (c0, c1, c2, c3) = weightColumn(load(p + taps[2]), load(p + taps[5]), load(p + taps[8]))
        storeWeightRow(a0, b0, c0, to, positionStep)
        storeWeightRow(a1, b1, c1, to + 4 &* positionStep, positionStep)
        storeWeightRow(a2, b2, c2, to + 8 &* positionStep, positionStep)
        storeWeightRow(a3, b3, c3, to + 12 &* positionStep, positionStep)
        i += lanes
    }
}

/// `G` times a column of three weights.
@inline(__always) private func weightColumn(
    _ a: Vector, _ b: Vector, _ c: Vector
) -> (Vector, Vector, Vector, Vector) {
    let half = Vector(repeating: 0.5)
    let ends = half * (a + c)
    let middle = half * b
    return (a, ends + middle, ends - middle, c)
}

/// A row of three times `G^T`.
@inline(__always) private func storeWeightRow(
    _ a: Vector, _ b: Vector, _ c: Vector, _ to: UnsafeMutablePointer<Float>, _ step: Int
) {
    let (first, second, third, fourth) = weightColumn(a, b, c)
    store(first, to)
    store(second, to + step)
    store(third, to + 2 &* step)
    store(fourth, to + 3 &* step)
}

// The gradient of the weights is the adjoint: G^T ((A dy A^T) * (B^T x B)) G, summed over tiles, where the products over tiles are 16 matrix
// products of source channels x tiles, which `accumulateWeightGradient` evaluates.

/// `A dy A^T` of a row of tiles of 2 x 2 pixels; those beyond `columns` pixels and, unless `hasTwoRows`, in the second row are 0.
public func winogradGradient(
    _ gradient: UnsafePointer<Float>, _ row: WinogradRow, _ columns: Int, _ hasTwoRows: Bool,
    _ result: UnsafeMutablePointer<Float>
) {
    let none = Vector(repeating: 0)
    var tile = 0
    var phase = 0
    var x = 0
    while tile < row.tiles {
        let hasTwoColumns = x + row.dilation < columns
        var c = 0
        while c < row.channels {
            let p = gradient + x &* row.pixelStep + c
            let to = result + tile &* row.tileStep + c
            let upperLeft = load(p)
            let upperRight = hasTwoColumns ? load(p + row.pixelTap) : none
            let lowerLeft = hasTwoRows ? load(p + row.rowTap) : none
            let lowerRight = hasTwoRows && hasTwoColumns ? load(p + row.rowTap + row.pixelTap) : none
            storeGradientRow(upperLeft, upperRight, to, row.positionStep)
            storeGradientRow(
                upperLeft + lowerLeft, upperRight + lowerRight, to + 4 &* row.positionStep, row.positionStep)
            storeGradientRow(
                upperLeft - lowerLeft, upperRight - lowerRight, to + 8 &* row.positionStep, row.positionStep)
            storeGradientRow(none - lowerLeft, none - lowerRight, to + 12 &* row.positionStep, row.positionStep)
            c += lanes
        }
        tile += 1
        phase += 1
        x += 1
        if phase == row.dilation {
            phase = 0
            x += row.dilation
        }
    }
}

/// A row of two times `A^T`.
@inline(__always) private func storeGradientRow(
    _ a: Vector, _ b: Vector, _ to: UnsafeMutablePointer<Float>, _ step: Int
) {
    store(a, to)
    store(a + b, to + step)
    store(a - b, to + 2 &* step)
    store(Vector(repeating: 0) - b, to + 3 &* step)
}

/// `G^T s G` of `count` windows, a multiple of the lanes, summed over groups: position p of window i of a group is at
/// `sums[group * groupStep + p * positionStep + i]`, tap k at `result[k * positionStep + i]`.
public func winogradWeightGradient(
    _ sums: UnsafePointer<Float>, _ positionStep: Int, _ groupStep: Int, _ groups: Int, _ count: Int,
    _ result: UnsafeMutablePointer<Float>, _ accumulates: Bool
) {
    var i = 0
    while i < count {
        var group = 0
        while group < groups {
            let p = sums + group &* groupStep + i
            let to = result + i
            let adds = accumulates || group > 0
            let (a0, a1, a2) = gradientColumn(p, positionStep)
            let (b0, b1, b2) = gradientColumn(p + positionStep, positionStep)
            let (c0, c1, c2) = gradientColumn(p + 2 &* positionStep, positionStep)
            let (d0, d1, d2) = gradientColumn(p + 3 &* positionStep, positionStep)
            storeWeightGradientRow(a0, b0, c0, d0, to, positionStep, adds)
            storeWeightGradientRow(a1, b1, c1, d1, to + 3 &* positionStep, positionStep, adds)
            storeWeightGradientRow(a2, b2, c2, d2, to + 6 &* positionStep, positionStep, adds)
            group += 1
        }
        i += lanes
    }
}

/// `G^T` times a column of four sums.
@inline(__always) private func gradientColumn(_ p: UnsafePointer<Float>, _ step: Int) -> (Vector, Vector, Vector) {
    weightTaps(load(p), load(p + 4 &* step), load(p + 8 &* step), load(p + 12 &* step))
}

/// `G^T` times four vectors.
@inline(__always) private func weightTaps(
    _ a: Vector, _ b: Vector, _ c: Vector, _ d: Vector
) -> (Vector, Vector, Vector) {
    let half = Vector(repeating: 0.5)
    let sum = half * (b + c)
    return (a + sum, half * (b - c), sum + d)
}

/// A row of four times `G`.
@inline(__always) private func storeWeightGradientRow(
    _ a: Vector, _ b: Vector, _ c: Vector, _ d: Vector, _ to: UnsafeMutablePointer<Float>, _ step: Int, _ adds: Bool
) {
    let (first, second, third) = weightTaps(a, b, c, d)
    store(adds ? load(to) + first : first, to)
    store(adds ? load(to + step) + second : second, to + step)
    store(adds ? load(to + 2 &* step) + third : third, to + 2 &* step)
}
