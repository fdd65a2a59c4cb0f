// Convolutions to few channels: a vector of output channels would be mostly empty, so that lanes go over the products instead.
//
// 512 to 3 channels, or the gradient of the input of 3 to 32: with AVX2 a tile of 6 pixels x 1 vector does 3 useful products of 8 and
// waits for 7 loads per 6 multiply-adds; lanes over products do all 8, with 7 loads per 12 multiply-adds.

/// The most channels that ``convolveNarrowStrip`` is for.
@inline(__always) public var narrowChannels: Int { 4 }

/// A strip of ``convolveStrip`` of at most ``narrowChannels`` channels, whose segments are whole vectors.
///
/// The weights are rows of `depth` elements, one per channel, of which the segments are those from `first`.
public func convolveNarrowStrip(_ run: UnsafePointer<ConvolutionRun>) {
    let strip = run.pointee
    for y in 0..<strip.rows {
        let source = strip.source + y * strip.rowStep
        let result = strip.result + y * strip.resultRowStep
        var x = 0
        while x < strip.columns {
            let rest = strip.columns - x
            let from = source + x * strip.pixelStep
            let to = result + x * strip.resultPixelStep
            // As many pixels as make 12 accumulators with the channels, or 6: enough to hide the latency of a chain.
            switch strip.channels {
            case 1:
                x += rest >= 6 ? 6 : 1
                if rest >= 6 { convolveNarrow6x1(run, from, to) } else { convolveNarrow1x1(run, from, to) }
            case 2:
                x += rest >= 6 ? 6 : 1
                if rest >= 6 { convolveNarrow6x2(run, from, to) } else { convolveNarrow1x2(run, from, to) }
            case 3:
                x += rest >= 4 ? 4 : 1
                if rest >= 4 { convolveNarrow4x3(run, from, to) } else { convolveNarrow1x3(run, from, to) }
            default:
                x += rest >= 3 ? 3 : 1
                if rest >= 3 { convolveNarrow3x4(run, from, to) } else { convolveNarrow1x4(run, from, to) }
            }
        }
    }
}

typealias NarrowSource = UnsafePointer<Float>
typealias NarrowResult = UnsafeMutablePointer<Float>

// Functions of their own, not inlined, for the reasons that ProductTile.swift gives.
@inline(never) func convolveNarrow6x1(_ run: UnsafePointer<ConvolutionRun>, _ from: NarrowSource, _ to: NarrowResult) {
    convolveNarrow(6, 1, run.pointee, from, to)
}
@inline(never) func convolveNarrow6x2(_ run: UnsafePointer<ConvolutionRun>, _ from: NarrowSource, _ to: NarrowResult) {
    convolveNarrow(6, 2, run.pointee, from, to)
}
@inline(never) func convolveNarrow4x3(_ run: UnsafePointer<ConvolutionRun>, _ from: NarrowSource, _ to: NarrowResult) {
    convolveNarrow(4, 3, run.pointee, from, to)
}
@inline(never) func convolveNarrow3x4(_ run: UnsafePointer<ConvolutionRun>, _ from: NarrowSource, _ to: NarrowResult) {
    convolveNarrow(3, 4, run.pointee, from, to)
}
@inline(never) func convolveNarrow1x1(_ run: UnsafePointer<ConvolutionRun>, _ from: NarrowSource, _ to: NarrowResult) {
    convolveNarrow(1, 1, run.pointee, from, to)
}
@inline(never) func convolveNarrow1x2(_ run: UnsafePointer<ConvolutionRun>, _ from: NarrowSource, _ to: NarrowResult) {
    convolveNarrow(1, 2, run.pointee, from, to)
}
@inline(never) func convolveNarrow1x3(_ run: UnsafePointer<ConvolutionRun>, _ from: NarrowSource, _ to: NarrowResult) {
    convolveNarrow(1, 3, run.pointee, from, to)
}
@inline(never) func convolveNarrow1x4(_ run: UnsafePointer<ConvolutionRun>, _ from: NarrowSource, _ to: NarrowResult) {
    convolveNarrow(1, 4, run.pointee, from, to)
}

/// Some pixels of all channels, `pixels` x `channels` accumulators, both constants.
@inline(__always) private func convolveNarrow(
    _ pixels: Int, _ channels: Int, _ run: ConvolutionRun, _ from: UnsafePointer<Float>,
    _ to: UnsafeMutablePointer<Float>
) {
    var sum = zeroAccumulators
    var b = run.weights + run.first
    let step = run.pixelStep
    var s = 0
    while s < run.segmentCount {
        var a = from + run.segments[s]
        let end = a + run.segmentLength
        while a < end {
            for r in 0..<pixels {
                let x = load(a + r &* step)
                for n in 0..<channels {
                    sum[unchecked: r * channels + n] = multiplyAdd(
                        x, load(b + n &* run.depth), sum[unchecked: r * channels + n])
                }
            }
            a += lanes
            b += lanes
        }
        s += 1
    }
    finishNarrowPixel(0, channels, sum, run, to)
    if pixels > 1 { finishNarrowPixel(1, channels, sum, run, to) }
    if pixels > 2 { finishNarrowPixel(2, channels, sum, run, to) }
    if pixels > 3 { finishNarrowPixel(3, channels, sum, run, to) }
    if pixels > 4 { finishNarrowPixel(4, channels, sum, run, to) }
    if pixels > 5 { finishNarrowPixel(5, channels, sum, run, to) }
}

/// Pixel `r` of the sums to the result.
@inline(__always) private func finishNarrowPixel(
    _ r: Int, _ channels: Int, _ sum: TileAccumulators, _ run: ConvolutionRun, _ to: UnsafeMutablePointer<Float>
) {
    let result = to + r &* run.resultPixelStep
    for n in 0..<channels {
        var value = horizontalSum(sum[unchecked: r * channels + n])
        if run.accumulates { value += result[n] }
        if let bias = run.bias { value += bias[n] }
        result[n] = run.rectifies && value < 0 ? 0 : value
    }
}
