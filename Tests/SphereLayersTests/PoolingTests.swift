import SphereKernels
import SphereLayers
import SphereReference
import TestSupport
import Testing

@Suite struct PoolingTests {
    /// Maps, windows, strides, dilations and paddings, with windows of nothing but padding among them.
    private static let allSizes: [ConvolutionSizes] = {
        var result: [ConvolutionSizes] = []
        let channels = [1, 3, 8, 16, 17, 40]
        for (height, width) in [(1, 1), (1, 5), (7, 9), (40, 3)] {
            for (windowHeight, windowWidth) in [(1, 1), (3, 3), (2, 2), (2, 3)] {
                for (stride, dilation) in [(1, 1), (2, 1), (3, 1), (1, 2), (2, 2)] {
                    for padding in [(0, 0), (1, 1), (0, 1), (2, 0)] {
                        let count = channels[result.count % channels.count]
                        var sizes = ConvolutionSizes(
                            batch: result.count % 2 == 0 ? 1 : 3, height: height, width: width, inputChannels: count,
                            outputChannels: count, windowHeight: windowHeight, windowWidth: windowWidth)
                        (sizes.verticalStride, sizes.horizontalStride) = (stride, stride)
                        (sizes.verticalDilation, sizes.horizontalDilation) = (dilation, dilation)
                        (sizes.top, sizes.bottom) = padding
                        (sizes.left, sizes.right) = padding
                        let padded = padding.0 + padding.1
                        if dilation * (windowHeight - 1) < height + padded
                            && dilation * (windowWidth - 1) < width + padded
                        {
                            result.append(sizes)
                        }
                    }
                }
            }
        }
        return result
    }()

    private struct Example {
        let sizes: ConvolutionSizes
        let shape: MapShape
        let window: SlidingWindow
        let input, gradient: [Float]

        /// Small whole numbers: some elements of a window are equal.
        init(_ sizes: ConvolutionSizes, seed: UInt64) {
            var generator = SeededGenerator(seed: seed)
            self.sizes = sizes
            shape = MapShape(
                batch: sizes.batch, height: sizes.height, width: sizes.width, channels: sizes.inputChannels)
            window = SlidingWindow(
                height: sizes.windowHeight, width: sizes.windowWidth, verticalStride: sizes.verticalStride,
                horizontalStride: sizes.horizontalStride, verticalDilation: sizes.verticalDilation,
                horizontalDilation: sizes.horizontalDilation, top: sizes.top, bottom: sizes.bottom, left: sizes.left,
                right: sizes.right)
            input = (0..<sizes.inputCount).map { _ in Float((3 * generator.normal()).rounded()) }
            gradient = (0..<sizes.outputCount).map { _ in Float(generator.normal()) }
        }

        func maximum(_ execution: Execution, accumulatingTo before: Float? = nil) -> (
            output: [Float], gradient: [Float]
        ) {
            var output = [Float](repeating: .nan, count: sizes.outputCount)
            var result = [Float](repeating: before ?? .nan, count: sizes.inputCount)
            var places = [Int32](repeating: -1, count: sizes.outputCount)
            var outputSpan = output.mutableSpan
            var placesSpan = places.mutableSpan
            MaximumPooling.forward(
                input.span, shape: shape, window: window, into: &outputSpan, places: &placesSpan, on: execution)
            var span = result.mutableSpan
            MaximumPooling.backward(
                gradient.span, places: places.span, shape: shape, window: window, into: &span,
                accumulates: before != nil, on: execution)
            return (output, result)
        }

        /// Without places.
        func maximumAlone(_ execution: Execution) -> [Float] {
            var output = [Float](repeating: .nan, count: sizes.outputCount)
            var span = output.mutableSpan
            MaximumPooling.forward(input.span, shape: shape, window: window, into: &span, on: execution)
            return output
        }

        func average(
            _ execution: Execution, countsPadding: Bool, accumulatingTo before: Float? = nil
        ) -> (output: [Float], gradient: [Float]) {
            var output = [Float](repeating: .nan, count: sizes.outputCount)
            var result = [Float](repeating: before ?? .nan, count: sizes.inputCount)
            var outputSpan = output.mutableSpan
            AveragePooling.forward(
                input.span, shape: shape, window: window, countsPadding: countsPadding, into: &outputSpan,
                on: execution)
            var span = result.mutableSpan
            AveragePooling.backward(
                gradient.span, shape: shape, window: window, countsPadding: countsPadding, into: &span,
                accumulates: before != nil, on: execution)
            return (output, result)
        }
    }

    /// Sums of at most as many terms as a window has, and three roundings more: relative to their absolute values.
    private func expectClose(
        _ result: [Float], _ exact: [Double], _ magnitudes: [Double], _ example: Example, _ name: String,
        _ set: InstructionSet
    ) {
        let limit = Double(example.sizes.windowHeight * example.sizes.windowWidth + 3) * AccuracyLimits.roundoff
        let error = ErrorReport.relative(result, exact, to: magnitudes).maximum
        #expect(error <= limit, "\(name) of \(example.sizes) with \(set): \(error), limit \(limit)")
    }

    @Test(
        "the largest elements agree with the reference, and so does their gradient", arguments: InstructionSet.available
    )
    func maximum(set: InstructionSet) {
        #expect(Self.allSizes.count > 200)
        for (number, sizes) in Self.allSizes.enumerated() {
            let example = Example(sizes, seed: UInt64(number))
            let before: Float? = number % 3 == 0 ? 0.5 : nil
            let (output, gradient) = example.maximum(Execution(for: set), accumulatingTo: before)
            let input = example.input.map(Double.init)
            #expect(output.map(Double.init) == Reference.maximumPooling(input, sizes: sizes), "\(sizes), \(set)")
            #expect(example.maximumAlone(Execution(for: set)) == output, "\(sizes), \(set)")
            func exact(_ gradient: [Float], _ change: (Double) -> Double) -> [Double] {
                Reference.maximumPoolingGradient(gradient.map { change(Double($0)) }, input, sizes: sizes)
                    .map { $0 + Double(before ?? 0) }
            }
            expectClose(
                gradient, exact(example.gradient) { $0 }, exact(example.gradient) { abs($0) }, example,
                "gradient of the largest", set)
        }
    }

    @Test(
        "means agree with the reference, and so does their gradient", arguments: InstructionSet.available,
        [true, false])
    func average(set: InstructionSet, countsPadding: Bool) {
        for (number, sizes) in Self.allSizes.enumerated() {
            let example = Example(sizes, seed: UInt64(number))
            let before: Float? = number % 3 == 0 ? 0.5 : nil
            let (output, gradient) = example.average(
                Execution(for: set), countsPadding: countsPadding, accumulatingTo: before)
            func exact(_ input: [Double]) -> [Double] {
                Reference.averagePooling(input, sizes: sizes, countsPadding: countsPadding)
            }
            func exactGradient(_ gradient: [Double]) -> [Double] {
                Reference.averagePoolingGradient(gradient, sizes: sizes, countsPadding: countsPadding)
                    .map { $0 + Double(before ?? 0) }
            }
            let (input, upstream) = (example.input.map(Double.init), example.gradient.map(Double.init))
            expectClose(output, exact(input), exact(input.map { abs($0) }), example, "means", set)
            expectClose(
                gradient, exactGradient(upstream), exactGradient(upstream.map { abs($0) }), example,
                "gradient of means", set)
        }
    }

    @Test("has the same bits for any number of threads", arguments: InstructionSet.available)
    func threads(set: InstructionSet) {
        var large = ConvolutionSizes(
            batch: 2, height: 90, width: 70, inputChannels: 19, outputChannels: 19, windowHeight: 3, windowWidth: 3)
        (large.verticalStride, large.top, large.left) = (2, 1, 1)
        for (number, sizes) in ([large] + Self.allSizes.suffix(20)).enumerated() {
            let example = Example(sizes, seed: UInt64(number))
            let (maximum, average) = (
                example.maximum(Execution(for: set)), example.average(Execution(for: set), countsPadding: true)
            )
            for threads in [2, 3] {
                let execution = Execution(for: set, threads: threads)
                #expect(example.maximum(execution) == maximum)
                #expect(example.average(execution, countsPadding: true) == average)
            }
        }
    }

    @Test("a window with NaN is NaN, whose gradient goes to the last one", arguments: InstructionSet.available)
    func nonFinite(set: InstructionSet) {
        let shape = MapShape(batch: 1, height: 1, width: 6, channels: 9)
        let window = SlidingWindow(height: 1, width: 3, horizontalStride: 3)
        var input = [Float](repeating: 1, count: shape.count)
        for c in 0..<9 {
            input[c] = .nan
            input[9 + c] = .nan
            input[27 + c] = .infinity
        }
        let sizes = ConvolutionSizes(
            batch: 1, height: 1, width: 6, inputChannels: 9, outputChannels: 9, windowHeight: 1, windowWidth: 3)
        var output = [Float](repeating: 0, count: 18)
        var outputSpan = output.mutableSpan
        var places = [Int32](repeating: -1, count: 18)
        var placesSpan = places.mutableSpan
        MaximumPooling.forward(
            input.span, shape: shape, window: window, into: &outputSpan, places: &placesSpan, on: Execution(for: set))
        #expect(output.prefix(9).allSatisfy(\.isNaN) && output.suffix(9).allSatisfy { $0 == .infinity })
        let ones = [Float](repeating: 1, count: 18)
        var gradient = [Float](repeating: 0, count: shape.count)
        var span = gradient.mutableSpan
        MaximumPooling.backward(
            ones.span, places: places.span, shape: shape, window: window, into: &span, on: Execution(for: set))
        for (i, g) in gradient.enumerated() { #expect(g == (i / 9 == 1 || i / 9 == 3 ? 1 : 0)) }
        var wide = sizes
        wide.horizontalStride = 3
        let exact = Reference.maximumPoolingGradient(ones.map(Double.init), input.map(Double.init), sizes: wide)
        #expect(gradient.map(Double.init) == exact)
        var means = [Float](repeating: 0, count: 18)
        var meanSpan = means.mutableSpan
        AveragePooling.forward(input.span, shape: shape, window: window, into: &meanSpan, on: Execution(for: set))
        #expect(means.prefix(9).allSatisfy(\.isNaN) && means.suffix(9).allSatisfy { $0 == .infinity })
    }

    @Test("the reference's gradients are those of central differences", arguments: [false, true])
    func referenceGradients(countsPadding: Bool) {
        var generator = SeededGenerator(seed: 3)
        var sizes = ConvolutionSizes(
            batch: 2, height: 5, width: 6, inputChannels: 3, outputChannels: 3, windowHeight: 3, windowWidth: 2)
        (sizes.verticalStride, sizes.horizontalDilation, sizes.top, sizes.right) = (2, 2, 1, 1)
        // Distinct by more than the step of the differences.
        let order = (0..<sizes.inputCount).map { _ in generator.uniform() }
        let input = order.map { value in 0.01 * Double(order.count { $0 < value }) }
        let gradient = (0..<sizes.outputCount).map { _ in generator.normal() }
        func loss(_ output: [Double]) -> Double { zip(output, gradient).reduce(0) { $0 + $1.0 * $1.1 } }
        let maximum = centralDifferenceError(
            of: Reference.maximumPoolingGradient(gradient, input, sizes: sizes), at: input
        ) { loss(Reference.maximumPooling($0, sizes: sizes)) }
        #expect(maximum <= 1e-6)
        let average = centralDifferenceError(
            of: Reference.averagePoolingGradient(gradient, sizes: sizes, countsPadding: countsPadding), at: input
        ) { loss(Reference.averagePooling($0, sizes: sizes, countsPadding: countsPadding)) }
        #expect(average <= 1e-6)
    }
}
