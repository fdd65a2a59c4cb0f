import SphereKernels
import SphereLayers
import SphereReference
import TestSupport
import Testing

@Suite struct BilinearResizeTests {
    private struct Example {
        let shape: MapShape
        let height, width: Int
        let alignment: BilinearResize.Alignment
        let input, gradient: [Float]

        init(
            _ shape: MapShape, to height: Int, _ width: Int, _ alignment: BilinearResize.Alignment, seed: UInt64
        ) {
            var generator = SeededGenerator(seed: seed)
            self.shape = shape
            self.height = height
            self.width = width
            self.alignment = alignment
            input = (0..<shape.count).map { _ in Float(generator.normal()) }
            gradient = (0..<shape.batch * height * width * shape.channels).map { _ in Float(generator.normal()) }
        }

        func results(_ execution: Execution, accumulatingTo before: Float? = nil) -> (
            output: [Float], gradient: [Float]
        ) {
            var output = [Float](repeating: .nan, count: gradient.count)
            var result = [Float](repeating: before ?? .nan, count: input.count)
            var outputSpan = output.mutableSpan
            BilinearResize.forward(
                input.span, shape: shape, height: height, width: width, alignment: alignment, into: &outputSpan,
                on: execution)
            var span = result.mutableSpan
            BilinearResize.backward(
                gradient.span, shape: shape, height: height, width: width, alignment: alignment, into: &span,
                accumulates: before != nil, on: execution)
            return (output, result)
        }

        func exact(_ input: [Double]) -> [Double] {
            Reference.bilinearResize(
                input, batch: shape.batch, height: shape.height, width: shape.width, channels: shape.channels,
                toHeight: height, width: width, alignsCorners: alignment == .corners)
        }

        func exactGradient(_ gradient: [Double]) -> [Double] {
            Reference.bilinearResizeGradient(
                gradient, batch: shape.batch, height: shape.height, width: shape.width, channels: shape.channels,
                toHeight: height, width: width, alignsCorners: alignment == .corners)
        }

        var text: String { "\(shape) to \(height) x \(width), \(alignment)" }
    }

    private static let examples: [Example] = {
        var result: [Example] = []
        let sizes = [(1, 1), (1, 5), (4, 3), (8, 8), (13, 9)]
        for (height, width) in sizes {
            for (newHeight, newWidth) in sizes + [(16, 16), (0, 4), (3, 65)] {
                for alignment in [BilinearResize.Alignment.halfPixels, .corners] {
                    let channels = [1, 3, 8, 17, 40][result.count % 5]
                    let shape = MapShape(
                        batch: result.count % 2 + 1, height: height, width: width, channels: channels)
                    result.append(Example(shape, to: newHeight, newWidth, alignment, seed: UInt64(result.count)))
                }
            }
        }
        return result
    }()

    @Test("agrees with the reference, and so does the gradient", arguments: InstructionSet.available)
    func reference(set: InstructionSet) {
        for (number, example) in Self.examples.enumerated() {
            let before: Float? = number % 3 == 0 ? 0.5 : nil
            let (output, gradient) = example.results(Execution(for: set), accumulatingTo: before)
            let (input, upstream) = (example.input.map(Double.init), example.gradient.map(Double.init))
            // Positions are rounded to fractions of 2^-24, the weights and three sums on top; a weight of the transpose may be small,
            // and its error is that of a fraction all the same: errors are measured against the terms before weighting.
            func check(_ found: [Float], _ exact: [Double], terms: Double, largest: Double, _ name: String) {
                let error = ErrorReport.absolute(found, exact).maximum
                let limit = (terms + 8) * largest * AccuracyLimits.roundoff
                #expect(error <= limit, "\(name) of \(example.text) with \(set): \(error), limit \(limit)")
            }
            let largest = input.reduce(0) { max($0, abs($1)) }
            check(output, example.exact(input), terms: 0, largest: largest, "output")
            let sums = example.exactGradient(upstream.map { abs($0) })
            let exact = example.exactGradient(upstream).map { $0 + Double(before ?? 0) }
            let pixels =
                Double(max(1, example.height * example.width)) / Double(example.shape.height * example.shape.width)
            check(
                gradient, exact, terms: 4 * pixels.squareRoot() + 8, largest: (sums.max() ?? 0) + 4, "gradient")
        }
    }

    @Test("has the same bits for any number of threads", arguments: InstructionSet.available)
    func threads(set: InstructionSet) {
        let large = Example(
            MapShape(batch: 2, height: 33, width: 40, channels: 20), to: 70, 81, .halfPixels, seed: 5)
        for example in [large] + Self.examples {
            let one = example.results(Execution(for: set))
            for threads in [2, 3] { #expect(example.results(Execution(for: set, threads: threads)) == one) }
        }
    }

    @Test("maps of the same size and constant maps stay as they are; corners stay in the corners")
    func laws() {
        for alignment in [BilinearResize.Alignment.halfPixels, .corners] {
            let shape = MapShape(batch: 2, height: 5, width: 7, channels: 9)
            let same = Example(shape, to: 5, 7, alignment, seed: 6)
            #expect(same.results(Execution(threads: 1)).output == same.input)
            let larger = Example(shape, to: 11, 17, alignment, seed: 7)
            let output = larger.results(Execution(threads: 1)).output
            #expect(output.prefix(9) == larger.input.prefix(9))
            #expect(output.suffix(9) == larger.input.suffix(9))
        }
    }

    @Test("NaN spreads to the pixels that are made of it alone", arguments: InstructionSet.available)
    func nonFinite(set: InstructionSet) {
        let shape = MapShape(batch: 1, height: 3, width: 3, channels: 9)
        var input = [Float](repeating: 1, count: shape.count)
        for c in 0..<9 { input[36 + c] = .nan }
        var output = [Float](repeating: 0, count: 25 * 9)
        var span = output.mutableSpan
        BilinearResize.forward(
            input.span, shape: shape, height: 5, width: 5, alignment: .corners, into: &span, on: Execution(for: set))
        for (i, y) in output.enumerated() {
            let (row, column) = (i / 45, i / 9 % 5)
            #expect(y.isNaN == ((1...3).contains(row) && (1...3).contains(column)))
        }
    }

    @Test(
        "the reference's gradient is that of central differences",
        arguments: [BilinearResize.Alignment.halfPixels, .corners], [(7, 9), (2, 3)])
    func referenceGradient(alignment: BilinearResize.Alignment, size: (Int, Int)) {
        let example = Example(
            MapShape(batch: 2, height: 4, width: 5, channels: 3), to: size.0, size.1, alignment, seed: 8)
        let gradient = example.gradient.map(Double.init)
        let error = centralDifferenceError(of: example.exactGradient(gradient), at: example.input.map(Double.init)) {
            zip(example.exact($0), gradient).reduce(0) { $0 + $1.0 * $1.1 }
        }
        #expect(error <= 1e-6)
    }
}
