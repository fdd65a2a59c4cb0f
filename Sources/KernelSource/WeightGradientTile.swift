// Gradients with respect to the weights of convolutions: a product over pixels, the source read by broadcasts of neighboring
// channels, the gradient of the output by vectors.

/// The products of a strip of pixels.
///
/// Row k of segment s of the result is `sum over y, x of source[y * rowStep + x * pixelStep + segments[s] + k] * gradient(y, x)`, with the
/// gradient's panel of `width` channels from j at `gradient + j * panelStep`, and there pixel (y, x) at
/// `y * gradientRowStep + x * gradientPixelStep`; a step of 0 stands for rows and pixels without gaps, of `width` elements. Row k of segment
/// s lies at `result + s * resultSegmentStep + k * resultRowStep`.
public typealias WeightGradientRun = (
    source: UnsafePointer<Float>, rowStep: Int, pixelStep: Int, segments: UnsafePointer<Int>, segmentCount: Int,
    segmentLength: Int, rows: Int, columns: Int, gradient: UnsafePointer<Float>, panelStep: Int, gradientRowStep: Int,
    gradientPixelStep: Int, channels: Int, result: UnsafeMutablePointer<Float>, resultSegmentStep: Int,
    resultRowStep: Int, accumulates: Bool
)

/// One tile of ``accumulateWeightGradient``.
typealias WeightGradientTile = (
    source: UnsafePointer<Float>, rowStep: Int, pixelStep: Int, rows: Int, columns: Int,
    gradient: UnsafePointer<Float>, gradientRowStep: Int, gradientPixelStep: Int, result: UnsafeMutablePointer<Float>,
    stride: Int, accumulates: Bool
)

/// Evaluates a strip, panel of channels by panel, which stays in the first-level cache.
///
/// - Parameter scratch: `productScratch` elements.
public func accumulateWeightGradient(
    _ run: UnsafePointer<WeightGradientRun>, _ scratch: UnsafeMutablePointer<Float>
) {
    let strip = run.pointee
    var j = 0
    while j < strip.channels {
        let vectors = productPiece((strip.channels - j + lanes - 1) / lanes, tileVectors)
        let width = vectors * lanes
        let columns = strip.channels - j < width ? strip.channels - j : width
        let pixelStep = strip.gradientPixelStep == 0 ? width : strip.gradientPixelStep
        let rowStep = strip.gradientRowStep == 0 ? width * strip.columns : strip.gradientRowStep
        for s in 0..<strip.segmentCount {
            var k = 0
            while k < strip.segmentLength {
                let rows = productPiece(strip.segmentLength - k, tileRows)
                var tile: WeightGradientTile = (
                    source: strip.source + strip.segments[s] + k, rowStep: strip.rowStep, pixelStep: strip.pixelStep,
                    rows: strip.rows, columns: strip.columns, gradient: strip.gradient + j * strip.panelStep,
                    gradientRowStep: rowStep, gradientPixelStep: pixelStep,
                    result: strip.result + s * strip.resultSegmentStep + k * strip.resultRowStep + j,
                    stride: strip.resultRowStep, accumulates: strip.accumulates
                )
                if columns < width {
                    addEdgeTile(rows, vectors, columns, &tile, scratch)
                } else {
                    addTile(rows, vectors, &tile)
                }
                k += rows
            }
        }
        j += width
    }
}

/// A tile whose last vector has lanes outside the result: evaluated in scratch memory, of which `columns` are copied.
@inline(__always) private func addEdgeTile(
    _ rows: Int, _ vectors: Int, _ columns: Int, _ tile: inout WeightGradientTile,
    _ scratch: UnsafeMutablePointer<Float>
) {
    let result = tile.result
    let stride = tile.stride
    let width = vectors * lanes
    tile.result = scratch
    tile.stride = width
    if tile.accumulates {
        for r in 0..<rows { copyFront(result + r * stride, columns, scratch + r * width) }
    }
    addTile(rows, vectors, &tile)
    for r in 0..<rows { copyFront(scratch + r * width, columns, result + r * stride) }
}

/// One case per shape: the number of accumulators must be a constant for them to be registers.
@inline(__always) private func addTile(_ rows: Int, _ vectors: Int, _ tile: UnsafePointer<WeightGradientTile>) {
    switch vectors * 8 + rows {
    case 9: addTile1x1(tile)
    case 10: addTile2x1(tile)
    case 11: addTile3x1(tile)
    case 12: addTile4x1(tile)
    case 13: addTile5x1(tile)
    case 14: addTile6x1(tile)
    case 17: addTile1x2(tile)
    case 18: addTile2x2(tile)
    case 19: addTile3x2(tile)
    case 20: addTile4x2(tile)
    case 21: addTile5x2(tile)
    case 22: addTile6x2(tile)
    #if arch(arm64) || TILE_8X3
    case 15: addTile7x1(tile)
    case 16: addTile8x1(tile)
    case 23: addTile7x2(tile)
    case 24: addTile8x2(tile)
    case 25: addTile1x3(tile)
    case 26: addTile2x3(tile)
    case 27: addTile3x3(tile)
    case 28: addTile4x3(tile)
    case 29: addTile5x3(tile)
    case 30: addTile6x3(tile)
    case 31: addTile7x3(tile)
    case 32: addTile8x3(tile)
    #endif
    default: break
    }
}

// Functions of their own, not inlined, for the reasons that ProductTile.swift gives.
@inline(never) func addTile1x1(_ tile: UnsafePointer<WeightGradientTile>) { addProducts(1, 1, tile.pointee) }
@inline(never) func addTile2x1(_ tile: UnsafePointer<WeightGradientTile>) { addProducts(2, 1, tile.pointee) }
@inline(never) func addTile3x1(_ tile: UnsafePointer<WeightGradientTile>) { addProducts(3, 1, tile.pointee) }
@inline(never) func addTile4x1(_ tile: UnsafePointer<WeightGradientTile>) { addProducts(4, 1, tile.pointee) }
@inline(never) func addTile5x1(_ tile: UnsafePointer<WeightGradientTile>) { addProducts(5, 1, tile.pointee) }
@inline(never) func addTile6x1(_ tile: UnsafePointer<WeightGradientTile>) { addProducts(6, 1, tile.pointee) }
@inline(never) func addTile1x2(_ tile: UnsafePointer<WeightGradientTile>) { addProducts(1, 2, tile.pointee) }
@inline(never) func addTile2x2(_ tile: UnsafePointer<WeightGradientTile>) { addProducts(2, 2, tile.pointee) }
@inline(never) func addTile3x2(_ tile: UnsafePointer<WeightGradientTile>) { addProducts(3, 2, tile.pointee) }
@inline(never) func addTile4x2(_ tile: UnsafePointer<WeightGradientTile>) { addProducts(4, 2, tile.pointee) }
@inline(never) func addTile5x2(_ tile: UnsafePointer<WeightGradientTile>) { addProducts(5, 2, tile.pointee) }
@inline(never) func addTile6x2(_ tile: UnsafePointer<WeightGradientTile>) { addProducts(6, 2, tile.pointee) }
#if arch(arm64) || TILE_8X3
@inline(never) func addTile7x1(_ tile: UnsafePointer<WeightGradientTile>) { addProducts(7, 1, tile.pointee) }
@inline(never) func addTile8x1(_ tile: UnsafePointer<WeightGradientTile>) { addProducts(8, 1, tile.pointee) }
@inline(never) func addTile7x2(_ tile: UnsafePointer<WeightGradientTile>) { addProducts(7, 2, tile.pointee) }
@inline(never) func addTile8x2(_ tile: UnsafePointer<WeightGradientTile>) { addProducts(8, 2, tile.pointee) }
@inline(never) func addTile1x3(_ tile: UnsafePointer<WeightGradientTile>) { addProducts(1, 3, tile.pointee) }
@inline(never) func addTile2x3(_ tile: UnsafePointer<WeightGradientTile>) { addProducts(2, 3, tile.pointee) }
@inline(never) func addTile3x3(_ tile: UnsafePointer<WeightGradientTile>) { addProducts(3, 3, tile.pointee) }
@inline(never) func addTile4x3(_ tile: UnsafePointer<WeightGradientTile>) { addProducts(4, 3, tile.pointee) }
@inline(never) func addTile5x3(_ tile: UnsafePointer<WeightGradientTile>) { addProducts(5, 3, tile.pointee) }
@inline(never) func addTile6x3(_ tile: UnsafePointer<WeightGradientTile>) { addProducts(6, 3, tile.pointee) }
@inline(never) func addTile7x3(_ tile: UnsafePointer<WeightGradientTile>) { addProducts(7, 3, tile.pointee) }
@inline(never) func addTile8x3(_ tile: UnsafePointer<WeightGradientTile>) { addProducts(8, 3, tile.pointee) }
#endif

/// One tile with `rows` x `vectors` accumulators, both constants.
@inline(__always) private func addProducts(_ rows: Int, _ vectors: Int, _ tile: WeightGradientTile) {
    var sum = zeroAccumulators
    var y = 0
    while y < tile.rows {
        var a = tile.source + y * tile.rowStep
        var b = tile.gradient + y * tile.gradientRowStep
        var x = 0
        while x < tile.columns {
            for r in 0..<rows {
                let value = Vector(repeating: a[r])
                for v in 0..<vectors {
                    sum[unchecked: r * vectors + v] = multiplyAdd(
                        value, load(b + v * lanes), sum[unchecked: r * vectors + v])
                }
            }
            a += tile.pixelStep
            b += tile.gradientPixelStep
            x += 1
        }
        y += 1
    }
    finishWeights(0, vectors, &sum, tile)
    if rows > 1 { finishWeights(1, vectors, &sum, tile) }
    if rows > 2 { finishWeights(2, vectors, &sum, tile) }
    if rows > 3 { finishWeights(3, vectors, &sum, tile) }
    if rows > 4 { finishWeights(4, vectors, &sum, tile) }
    if rows > 5 { finishWeights(5, vectors, &sum, tile) }
    if rows > 6 { finishWeights(6, vectors, &sum, tile) }
    if rows > 7 { finishWeights(7, vectors, &sum, tile) }
}

/// Row `r` of the sums to the result.
@inline(__always) private func finishWeights(
    _ r: Int, _ vectors: Int, _ sum: inout TileAccumulators, _ tile: WeightGradientTile
) {
    let result = tile.result + r &* tile.stride
    let first = r * vectors
    if tile.accumulates {
        for v in 0..<vectors { sum[unchecked: first + v] += load(result + v * lanes) }
    }
    for v in 0..<vectors { store(sum[unchecked: first + v], result + v * lanes) }
}
