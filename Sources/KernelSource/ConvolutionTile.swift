// Convolutions: a strip of output pixels times the packed weights, the products of all taps of a tile in registers.
//
// The source pixels of a row of outputs lie one step apart, whatever tap they are read through, so a tile of pixels x channels is
// a product whose left operand starts elsewhere for every tap. Neighboring taps without dilation are one run in memory.

/// A strip of output pixels, of which `segmentCount` x `segmentLength` products are added up.
///
/// The source of output (y, x) in element k of segment s is at `source + y * rowStep + x * pixelStep + segments[s] + k`. Weights
/// are packed by ``packProductPanels``: panels of `depth` rows, of which the segments are those from `first`.
/// `accumulates`: the sums are added to the result; then biases (of the channels of the panels), then the rectifier.
public typealias ConvolutionRun = (
    source: UnsafePointer<Float>, rowStep: Int, pixelStep: Int, segments: UnsafePointer<Int>, segmentCount: Int,
    segmentLength: Int, rows: Int, columns: Int, weights: UnsafePointer<Float>, depth: Int, first: Int, channels: Int,
    result: UnsafeMutablePointer<Float>, resultRowStep: Int, resultPixelStep: Int, accumulates: Bool,
    bias: UnsafePointer<Float>?, rectifies: Bool
)

/// One tile of ``convolveStrip``.
typealias ConvolutionTile = (
    source: UnsafePointer<Float>, pixelStep: Int, segments: UnsafePointer<Int>, segmentCount: Int, segmentLength: Int,
    weights: UnsafePointer<Float>, result: UnsafeMutablePointer<Float>, stride: Int, accumulates: Bool,
    bias: UnsafePointer<Float>?, rectifies: Bool
)

/// Evaluates a strip, panel of channels by panel: that of these segments stays in the first-level cache.
///
/// - Parameter scratch: `productScratch` elements.
public func convolveStrip(_ run: UnsafePointer<ConvolutionRun>, _ scratch: UnsafeMutablePointer<Float>) {
    let strip = run.pointee
    var j = 0
    while j < strip.channels {
        let vectors = productPiece((strip.channels - j + lanes - 1) / lanes, tileVectors)
        let width = vectors * lanes
        let columns = strip.channels - j < width ? strip.channels - j : width
        for y in 0..<strip.rows {
            var x = 0
            while x < strip.columns {
                let pixels = productPiece(strip.columns - x, tileRows)
                var tile: ConvolutionTile = (
                    source: strip.source + y * strip.rowStep + x * strip.pixelStep, pixelStep: strip.pixelStep,
                    segments: strip.segments, segmentCount: strip.segmentCount, segmentLength: strip.segmentLength,
                    weights: strip.weights + j * strip.depth + strip.first * width,
                    result: strip.result + y * strip.resultRowStep + x * strip.resultPixelStep + j,
                    stride: strip.resultPixelStep, accumulates: strip.accumulates, bias: strip.bias.map { $0 + j },
                    rectifies: strip.rectifies
                )
                if columns < width {
                    convolveEdgeTile(pixels, vectors, columns, &tile, scratch)
                } else {
                    convolveTile(pixels, vectors, &tile)
                }
                x += pixels
            }
        }
        j += width
    }
}

/// A tile whose last vector has lanes outside the result: evaluated in scratch memory, of which `columns` are copied.
@inline(__always) private func convolveEdgeTile(
    _ pixels: Int, _ vectors: Int, _ columns: Int, _ tile: inout ConvolutionTile,
    _ scratch: UnsafeMutablePointer<Float>
) {
    let result = tile.result
    let stride = tile.stride
    let width = vectors * lanes
    tile.result = scratch
    tile.stride = width
    if tile.accumulates {
        for r in 0..<pixels { copyFront(result + r * stride, columns, scratch + r * width) }
    }
    if let bias = tile.bias {
        copyFront(bias, columns, scratch + pixels * width)
        tile.bias = UnsafePointer(scratch + pixels * width)
    }
    convolveTile(pixels, vectors, &tile)
    for r in 0..<pixels { copyFront(scratch + r * width, columns, result + r * stride) }
}

/// One case per shape: the number of accumulators must be a constant for them to be registers.
@inline(__always) private func convolveTile(_ pixels: Int, _ vectors: Int, _ tile: UnsafePointer<ConvolutionTile>) {
    switch vectors * 8 + pixels {
    case 9: convolveTile1x1(tile)
    case 10: convolveTile2x1(tile)
    case 11: convolveTile3x1(tile)
    case 12: convolveTile4x1(tile)
    case 13: convolveTile5x1(tile)
    case 14: convolveTile6x1(tile)
    case 17: convolveTile1x2(tile)
    case 18: convolveTile2x2(tile)
    case 19: convolveTile3x2(tile)
    case 20: convolveTile4x2(tile)
    case 21: convolveTile5x2(tile)
    case 22: convolveTile6x2(tile)
    #if arch(arm64) || TILE_8X3
    case 15: convolveTile7x1(tile)
    case 16: convolveTile8x1(tile)
    case 23: convolveTile7x2(tile)
    case 24: convolveTile8x2(tile)
    case 25: convolveTile1x3(tile)
    case 26: convolveTile2x3(tile)
    case 27: convolveTile3x3(tile)
    case 28: convolveTile4x3(tile)
    case 29: convolveTile5x3(tile)
    case 30: convolveTile6x3(tile)
    case 31: convolveTile7x3(tile)
    case 32: convolveTile8x3(tile)
    #endif
    default: break
    }
}

// Functions of their own, not inlined, for the reasons that ProductTile.swift gives.
@inline(never) func convolveTile1x1(_ tile: UnsafePointer<ConvolutionTile>) { convolve(1, 1, tile.pointee) }
@inline(never) func convolveTile2x1(_ tile: UnsafePointer<ConvolutionTile>) { convolve(2, 1, tile.pointee) }
@inline(never) func convolveTile3x1(_ tile: UnsafePointer<ConvolutionTile>) { convolve(3, 1, tile.pointee) }
@inline(never) func convolveTile4x1(_ tile: UnsafePointer<ConvolutionTile>) { convolve(4, 1, tile.pointee) }
@inline(never) func convolveTile5x1(_ tile: UnsafePointer<ConvolutionTile>) { convolve(5, 1, tile.pointee) }
@inline(never) func convolveTile6x1(_ tile: UnsafePointer<ConvolutionTile>) { convolve(6, 1, tile.pointee) }
@inline(never) func convolveTile1x2(_ tile: UnsafePointer<ConvolutionTile>) { convolve(1, 2, tile.pointee) }
@inline(never) func convolveTile2x2(_ tile: UnsafePointer<ConvolutionTile>) { convolve(2, 2, tile.pointee) }
@inline(never) func convolveTile3x2(_ tile: UnsafePointer<ConvolutionTile>) { convolve(3, 2, tile.pointee) }
@inline(never) func convolveTile4x2(_ tile: UnsafePointer<ConvolutionTile>) { convolve(4, 2, tile.pointee) }
@inline(never) func convolveTile5x2(_ tile: UnsafePointer<ConvolutionTile>) { convolve(5, 2, tile.pointee) }
@inline(never) func convolveTile6x2(_ tile: UnsafePointer<ConvolutionTile>) { convolve(6, 2, tile.pointee) }
#if arch(arm64) || TILE_8X3
@inline(never) func convolveTile7x1(_ tile: UnsafePointer<ConvolutionTile>) { convolve(7, 1, tile.pointee) }
@inline(never) func convolveTile8x1(_ tile: UnsafePointer<ConvolutionTile>) { convolve(8, 1, tile.pointee) }
@inline(never) func convolveTile7x2(_ tile: UnsafePointer<ConvolutionTile>) { convolve(7, 2, tile.pointee) }
@inline(never) func convolveTile8x2(_ tile: UnsafePointer<ConvolutionTile>) { convolve(8, 2, tile.pointee) }
@inline(never) func convolveTile1x3(_ tile: UnsafePointer<ConvolutionTile>) { convolve(1, 3, tile.pointee) }
@inline(never) func convolveTile2x3(_ tile: UnsafePointer<ConvolutionTile>) { convolve(2, 3, tile.pointee) }
@inline(never) func convolveTile3x3(_ tile: UnsafePointer<ConvolutionTile>) { convolve(3, 3, tile.pointee) }
@inline(never) func convolveTile4x3(_ tile: UnsafePointer<ConvolutionTile>) { convolve(4, 3, tile.pointee) }
@inline(never) func convolveTile5x3(_ tile: UnsafePointer<ConvolutionTile>) { convolve(5, 3, tile.pointee) }
@inline(never) func convolveTile6x3(_ tile: UnsafePointer<ConvolutionTile>) { convolve(6, 3, tile.pointee) }
@inline(never) func convolveTile7x3(_ tile: UnsafePointer<ConvolutionTile>) { convolve(7, 3, tile.pointee) }
@inline(never) func convolveTile8x3(_ tile: UnsafePointer<ConvolutionTile>) { convolve(8, 3, tile.pointee) }
#endif

/// One tile with `pixels` x `vectors` accumulators, both constants.
@inline(__always) private func convolve(_ pixels: Int, _ vectors: Int, _ tile: ConvolutionTile) {
    var sum = zeroAccumulators
    var b = tile.weights
    let step = tile.pixelStep
    var s = 0
    while s < tile.segmentCount {
        var a = tile.source + tile.segments[s]
        let end = a + tile.segmentLength
        while a < end {
            for r in 0..<pixels {
                let x = Vector(repeating: a[r &* step])
                for v in 0..<vectors {
                    sum[unchecked: r * vectors + v] = multiplyAdd(
                        x, load(b + v * lanes), sum[unchecked: r * vectors + v])
                }
            }
            a += 1
            b += vectors * lanes
        }
        s += 1
    }
    // Row by row and not in a loop over rows: LLVM does not unroll it, and would leave the accumulators in memory.
    finishPixel(0, vectors, &sum, tile)
    if pixels > 1 { finishPixel(1, vectors, &sum, tile) }
    if pixels > 2 { finishPixel(2, vectors, &sum, tile) }
    if pixels > 3 { finishPixel(3, vectors, &sum, tile) }
    if pixels > 4 { finishPixel(4, vectors, &sum, tile) }
    if pixels > 5 { finishPixel(5, vectors, &sum, tile) }
    if pixels > 6 { finishPixel(6, vectors, &sum, tile) }
    if pixels > 7 { finishPixel(7, vectors, &sum, tile) }
}

/// Pixel `r` of the sums to the result.
@inline(__always) private func finishPixel(
    _ r: Int, _ vectors: Int, _ sum: inout TileAccumulators, _ tile: ConvolutionTile
) {
    let result = tile.result + r &* tile.stride
    let first = r * vectors
    if tile.accumulates {
        for v in 0..<vectors { sum[unchecked: first + v] += load(result + v * lanes) }
    }
    if let bias = tile.bias {
        for v in 0..<vectors { sum[unchecked: first + v] += load(bias + v * lanes) }
    }
    if tile.rectifies {
        for v in 0..<vectors {
            let value = sum[unchecked: first + v]
            sum[unchecked: first + v] = value.replacing(with: 0, where: value .< 0)
        }
    }
    for v in 0..<vectors { store(sum[unchecked: first + v], result + v * lanes) }
}
