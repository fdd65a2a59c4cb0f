import SphereKernels
import SphereLayers
import SphereReference
import TestSupport
import Testing

@Suite struct ConvolutionTests {
    private static let channels = [1, 3, 7, 8, 16, 17, 64]

    /// Every map, window, stride, dilation and padding, with channels and batches that take turns.
    private static let allSizes: [ConvolutionSizes] = {
        var result: [ConvolutionSizes] = []
        var turn = 0
        for (height, width) in [(1, 1), (1, 5), (7, 9)] {
            for (windowHeight, windowWidth) in [(1, 1), (3, 3), (2, 3)] {
                for stride in [1, 2] {
                    for dilation in [1, 2] {
                        for padding in [0, 1, 2] {
                            var sizes = ConvolutionSizes(
                                batch: turn % 2 == 0 ? 1 : 3, height: height, width: width,
                                inputChannels: channels[turn % 7], outputChannels: channels[turn / 7 % 7],
                                windowHeight: windowHeight, windowWidth: windowWidth)
                            (sizes.verticalStride, sizes.horizontalStride) = (stride, stride)
                            (sizes.verticalDilation, sizes.horizontalDilation) = (dilation, dilation)
                            (sizes.top, sizes.bottom, sizes.left, sizes.right) = (padding, padding, padding, padding)
                            if dilation * (windowHeight - 1) >= height + 2 * padding
                                || dilation * (windowWidth - 1) >= width + 2 * padding
                            {
                                continue
                            }
                            result.append(sizes)
                            turn += 1
                        }
                    }
                }
            }
        }
        return result
    }()

    /// Shapes that are cut into several strips, columns of strips, blocks of channels and units of output channels.
    private static let largeSizes: [ConvolutionSizes] = {
        func sizes(_ batch: Int, _ h: Int, _ w: Int, _ c: Int, _ n: Int, _ window: (Int, Int)) -> ConvolutionSizes {
            ConvolutionSizes(
                batch: batch, height: h, width: w, inputChannels: c, outputChannels: n, windowHeight: window.0,
                windowWidth: window.1)
        }
        var strips = sizes(2, 37, 41, 3, 5, (3, 3))
        (strips.top, strips.bottom, strips.left, strips.right) = (1, 0, 2, 1)
        var columns = sizes(1, 2, 701, 2, 9, (2, 5))
        (columns.horizontalStride, columns.verticalDilation, columns.bottom) = (2, 1, 1)
        var blocks = sizes(1, 5, 6, 163, 20, (3, 3))
        (blocks.verticalStride, blocks.horizontalStride) = (2, 1)
        (blocks.top, blocks.bottom, blocks.left, blocks.right) = (1, 1, 1, 1)
        var uneven = sizes(1, 9, 8, 5, 6, (4, 2))
        (uneven.verticalStride, uneven.horizontalStride, uneven.verticalDilation) = (3, 2, 2)
        (uneven.top, uneven.right) = (3, 4)
        // More strips than groups of them that have sums of their own, with one block of channels and with two.
        let manyStrips = [sizes(40, 3, 4, 2, 3, (2, 2)), sizes(20, 3, 4, 140, 3, (3, 3))]
        // Few channels on either side, with segments of whole vectors: lanes over products, in blocks and with a stride.
        var narrow = (1...5).map { sizes(2, 9, 13, 16 * $0, $0, (3, 3)) }
        narrow[2] = sizes(1, 6, 7, 400, 3, (3, 3))
        (narrow[1].verticalStride, narrow[1].horizontalStride, narrow[1].top, narrow[1].left) = (2, 2, 1, 1)
        (narrow[3].horizontalDilation, narrow[3].right) = (2, 1)
        var narrowStrips = sizes(2, 20, 33, 96, 3, (3, 3))
        (narrowStrips.top, narrowStrips.bottom, narrowStrips.left, narrowStrips.right) = (1, 1, 1, 1)
        // Blocks of channels: of dilated taps, which go together, and of a source that is read where it lies.
        var dilated = sizes(1, 20, 21, 150, 20, (3, 3))
        (dilated.verticalDilation, dilated.horizontalDilation) = (2, 2)
        (dilated.top, dilated.bottom, dilated.left, dilated.right) = (2, 2, 2, 2)
        let wide = sizes(1, 30, 11, 600, 20, (1, 1))
        narrow += [narrowStrips, sizes(1, 30, 31, 64, 2, (1, 1))]
        // Gradients of weights that read the output's gradient where it lies: and that pack it, no whole vectors of it, pieces of channels
        // for few strips, pixels wide enough to be read ahead, and too many channels.
        var apart = sizes(2, 21, 23, 136, 144, (1, 1))
        (apart.verticalStride, apart.horizontalStride) = (2, 2)
        let inPlace = [
            apart, sizes(2, 25, 31, 7, 300, (1, 1)), sizes(5, 64, 64, 3, 160, (1, 1)), sizes(1, 16, 17, 9, 528, (1, 1)),
            sizes(3, 9, 10, 5, 128, (3, 3)),
        ]
        let narrowInput = (1...4).map { sizes(1, 7, 11, $0, 32, (3, 3)) }
        return manyStrips + narrow + inPlace + narrowInput + [
            strips, columns, blocks, dilated, wide, uneven, sizes(2, 3, 5, 400, 21, (1, 1)),
            sizes(1, 2, 3, 10, 213, (1, 1)),
        ]
    }()

    /// Windows of 3 x 3 that minimal filtering evaluates: whole and partial tiles, dilated and not, one block of what is copied and several,
    /// one piece of the depth and two, a row of units and many.
    private static let filteredSizes: [ConvolutionSizes] = {
        func sizes(
            _ batch: Int, _ h: Int, _ w: Int, _ c: Int, _ n: Int, dilation: (Int, Int) = (1, 1), padding: Int? = nil
        ) -> ConvolutionSizes {
            var sizes = ConvolutionSizes(
                batch: batch, height: h, width: w, inputChannels: c, outputChannels: n, windowHeight: 3, windowWidth: 3)
            (sizes.verticalDilation, sizes.horizontalDilation) = dilation
            (sizes.top, sizes.bottom) = (padding ?? dilation.0, padding ?? dilation.0)
            (sizes.left, sizes.right) = (padding ?? dilation.1, padding ?? dilation.1)
            return sizes
        }
        var uneven = sizes(2, 31, 29, 32, 32, padding: 0)
        (uneven.top, uneven.right) = (2, 1)
        return [
            sizes(1, 32, 32, 32, 48), uneven, sizes(1, 3, 701, 48, 32), sizes(3, 19, 23, 80, 32),
            sizes(1, 33, 35, 32, 32, dilation: (2, 2)), sizes(1, 37, 39, 32, 32, dilation: (4, 3)),
            sizes(1, 40, 40, 32, 32, dilation: (1, 2), padding: 1), sizes(1, 32, 33, 400, 32),
        ]
    }()

    /// Results of n terms, each a product: rounded once as they enter, once per addition, and a few times more (prologue,
    /// bias, what is added to): at most (n + 8) units roundoff of the sum of the terms' absolute values.
    private func expectClose(
        _ result: [Float], _ exact: [Double], _ magnitudes: [Double], terms: Int, _ name: String,
        _ sizes: ConvolutionSizes, _ set: InstructionSet
    ) {
        let error = ErrorReport.relative(result, exact, to: magnitudes).maximum
        let limit = Double(terms + 8) * 0x1p-24
        #expect(error <= limit, "\(name) of \(sizes) with \(set): \(error), limit \(limit)")
    }

    private func check(_ number: Int, _ sizes: ConvolutionSizes) {
        var generator = SeededGenerator(seed: UInt64(number))
        let example = ConvolutionCase(
            sizes, hasPrologue: number % 3 == 1, rectifies: number % 4 == 2, accumulates: number % 5 < 2, &generator)
        let (exact, sums) = (example.exact(absolute: false), example.exact(absolute: true))
        let taps = sizes.windowHeight * sizes.windowWidth
        let pixels = sizes.batch * sizes.outputHeight * sizes.outputWidth
        for set in InstructionSet.available {
            let results = example.results(on: Execution(for: set))
            expectClose(
                results.output, exact.output, sums.output, terms: taps * sizes.inputChannels, "output", sizes, set)
            expectClose(
                results.inputGradient, exact.inputGradient, sums.inputGradient, terms: taps * sizes.outputChannels,
                "input gradient", sizes, set)
            expectClose(
                results.weightGradient, exact.weightGradient, sums.weightGradient, terms: pixels, "weight gradient",
                sizes, set)
            expectClose(
                results.biasGradient, exact.biasGradient, sums.biasGradient, terms: pixels, "bias gradient", sizes, set)
            let output = results.output.map(Double.init)
            let moments = Reference.channelMoments(output, channels: sizes.outputChannels)
            let largest = output.reduce(0) { max($0, abs($1)) }
            #expect(results.moments.count == pixels)
            // Sums of at most 256 differences of a strip, none larger than twice the largest value.
            for c in 0..<sizes.outputChannels {
                let meanError = abs(results.moments.means[c] - moments.means[c])
                #expect(meanError <= 264 * 0x1p-24 * 2 * largest, "mean of channel \(c) of \(sizes) with \(set)")
                let varianceError = abs(results.moments.variances[c] - moments.variances[c])
                #expect(
                    varianceError <= 2 * 264 * 0x1p-24 * 4 * largest * largest,
                    "variance of channel \(c) of \(sizes) with \(set)")
            }
        }
    }

    @Test("agrees with the reference for every size, stride, dilation and padding")
    func awkwardSizes() {
        #expect(Self.allSizes.count > 49, "all pairs of channels")
        for (number, sizes) in Self.allSizes.enumerated() { check(number, sizes) }
    }

    @Test("agrees with the reference where the work is cut into many pieces")
    func manyPieces() {
        for (number, sizes) in Self.largeSizes.enumerated() {
            check(number, sizes)
            check(number + 1, sizes)
        }
    }

    @Test("minimal filtering agrees with the reference, and with the direct sums to rounding")
    func filtered() {
        for (number, sizes) in Self.filteredSizes.enumerated() {
            check(number, sizes)
            var generator = SeededGenerator(seed: UInt64(number))
            let example = ConvolutionCase(
                sizes, hasPrologue: number % 2 == 0, rectifies: false, accumulates: number % 3 == 0, &generator)
            let (filtered, direct) = (example.results(), example.results(algorithm: .direct))
            // Bits that differ tell that the case is one of minimal filtering.
            #expect(filtered.output != direct.output && filtered.inputGradient != direct.inputGradient)
            #expect(filtered.weightGradient != direct.weightGradient)
            let magnitudes = example.exact(absolute: true)
            for (found, plain, magnitude) in [
                (filtered.output, direct.output, magnitudes.output),
                (filtered.inputGradient, direct.inputGradient, magnitudes.inputGradient),
                (filtered.weightGradient, direct.weightGradient, magnitudes.weightGradient),
            ] {
                #expect(ErrorReport.relative(found, plain.map(Double.init), to: magnitude).maximum <= 1e-6)
            }
        }
    }

    @Test("minimal filtering spreads NaN and infinity to what reads them alone, infinity as either", arguments: 0..<4)
    func filteredNonFinite(offset: Int) {
        let shape = MapShape(batch: 1, height: 32, width: 32, channels: 32)
        let geometry = ConvolutionGeometry(input: shape, outputChannels: 32, window: SlidingWindow(3, padding: 1))
        let place = (row: 8 + offset % 2, column: 8 + offset / 2)
        let weights = [Float](repeating: 1, count: geometry.weightCount)
        for value in [Float.nan, .infinity] {
            var input = [Float](repeating: 1, count: shape.count)
            input[(place.row * 32 + place.column) * 32 + 5] = value
            var output = [Float](repeating: 0, count: shape.count)
            var span = output.mutableSpan
            Convolution.forward(input.span, weights: weights.span, into: &span, geometry: geometry)
            for (i, y) in output.enumerated() {
                let isRead = abs(i / 32 / 32 - place.row) <= 1 && abs(i / 32 % 32 - place.column) <= 1
                #expect(y.isFinite != isRead && (value.isInfinite || y.isNaN == isRead))
            }
        }
    }

    @Test(
        "has the same bits for any number of threads and on memory that was used before",
        arguments: InstructionSet.available)
    func threads(set: InstructionSet) {
        let workspace = LayerWorkspace()
        for (number, sizes) in (Self.largeSizes + Self.filteredSizes + Self.allSizes.suffix(20)).enumerated() {
            var generator = SeededGenerator(seed: UInt64(number))
            let example = ConvolutionCase(
                sizes, hasPrologue: number % 2 == 0, rectifies: false, accumulates: number % 3 == 0, &generator)
            let one = example.results(on: Execution(for: set))
            for threads in [2, 3] {
                #expect(example.results(on: Execution(for: set, threads: threads), workspace: workspace) == one)
            }
        }
    }

    @Test("spreads NaN to what reads it alone", arguments: InstructionSet.available)
    func nonFinite(set: InstructionSet) {
        var sizes = ConvolutionSizes(
            batch: 1, height: 1, width: 9, inputChannels: 2, outputChannels: 3, windowHeight: 1, windowWidth: 3)
        (sizes.left, sizes.right) = (1, 1)
        let geometry = ConvolutionGeometry(
            input: MapShape(batch: 1, height: 1, width: 9, channels: 2), outputChannels: 3,
            window: SlidingWindow(height: 1, width: 3, left: 1, right: 1))
        var input = [Float](repeating: 1, count: 18)
        input[8] = .nan
        let weights = [Float](repeating: 1, count: 18)
        var output = [Float](repeating: 0, count: 27)
        var span = output.mutableSpan
        Convolution.forward(
            input.span, weights: weights.span, into: &span, geometry: geometry, rectifies: true, on: Execution(for: set)
        )
        for (i, y) in output.enumerated() { #expect(y.isNaN == (3...5).contains(i / 3)) }
    }

    @Test("maps of no pixels have no output, moments 0 and weight gradients 0")
    func empty() {
        let geometry = ConvolutionGeometry(
            input: MapShape(batch: 0, height: 3, width: 3, channels: 2), outputChannels: 1, window: SlidingWindow(3))
        let (none, weights) = ([Float](), [Float](repeating: 1, count: 18))
        var (output, gradient) = ([Float](), [Float](repeating: .nan, count: 18))
        var moments = ChannelMoments(means: [3], variances: [2], count: 4)
        var span = output.mutableSpan
        Convolution.forward(none.span, weights: weights.span, into: &span, moments: &moments, geometry: geometry)
        #expect(moments == ChannelMoments(channels: 1))
        var gradientSpan = gradient.mutableSpan
        Convolution.backwardWeights(none.span, none.span, into: &gradientSpan, geometry: geometry)
        #expect(gradient == [Float](repeating: 0, count: 18))
    }

    @Test("the reference's gradients are those of central differences")
    func referenceGradients() {
        var generator = SeededGenerator(seed: 3)
        var sizes = ConvolutionSizes(
            batch: 2, height: 4, width: 5, inputChannels: 2, outputChannels: 3, windowHeight: 3, windowWidth: 2)
        (sizes.verticalStride, sizes.horizontalDilation, sizes.top, sizes.right) = (2, 2, 1, 2)
        func normals(_ count: Int) -> [Double] { (0..<count).map { _ in generator.normal() } }
        let (input, weights) = (normals(sizes.inputCount), normals(sizes.weightCount))
        let gradient = normals(sizes.outputCount)
        func loss(_ input: [Double], _ weights: [Double]) -> Double {
            zip(Reference.convolution(input, weights: weights, sizes: sizes), gradient).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let byInput = Reference.convolutionInputGradient(gradient, weights: weights, sizes: sizes)
        let inputError = centralDifferenceError(of: byInput, at: input) { loss($0, weights) }
        #expect(inputError <= 1e-6)
        let byWeights = Reference.convolutionWeightGradient(input, gradient, sizes: sizes)
        let weightError = centralDifferenceError(of: byWeights, at: weights) { loss(input, $0) }
        #expect(weightError <= 1e-6)
    }
}

/// The largest difference between `gradient` and central differences of `loss` at `point`, relative to 1 or the gradient's element.
func centralDifferenceError(of gradient: [Double], at point: [Double], _ loss: ([Double]) -> Double) -> Double {
    let step = 1e-4
    var worst = 0.0
    for i in point.indices {
        var (above, below) = (point, point)
        above[i] += step
        below[i] -= step
        let difference = (loss(above) - loss(below)) / (2 * step)
        worst = max(worst, abs(difference - gradient[i]) / max(1, abs(gradient[i])))
    }
    return worst
}
