import SphereLayers
import SphereReference
import SphereTensor
import Testing

@Suite("Operations on maps")
struct MapOperationTests {
    private static func random(_ shape: [Int], seed: UInt64) -> Tensor {
        var generator = SeededGenerator(seed: seed)
        return Tensor(shape: shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(generator.normal()) })
    }

    /// Elements that differ by 1 or more, in a random order.
    private static func distinct(_ shape: [Int], seed: UInt64) -> Tensor {
        var generator = SeededGenerator(seed: seed)
        let order = (0..<shape.reduce(1, *)).map(Float.init).shuffled(using: &generator)
        return Tensor(shape: shape, elements: order)
    }

    /// What issue and documentation promise of float32 gradients against differences.
    private static let limit = 1e-3

    @Test("poolings have the gradients of central differences")
    func pooling() {
        let window = SlidingWindow(3, stride: 2, padding: 1)
        // Steps of a few thousandths of the root mean square stay below the distance of the elements.
        for result in GradientCheck.check(
            at: [Self.distinct([2, 5, 6, 3], seed: 1)], step: 1e-3, { $0[0].maximumPooled(window: window) })
        {
            #expect(result.relativeError < Self.limit)
        }
        for countsPadding in [false, true] {
            for result in GradientCheck.check(
                at: [Self.random([2, 5, 6, 3], seed: 2)],
                { $0[0].averagePooled(window: window, countsPadding: countsPadding) })
            {
                #expect(result.relativeError < Self.limit)
            }
        }
        let maps = Self.random([2, 3, 2, 4], seed: 3)
        let means = maps.averagedOverPixels()
        #expect(means.shape == [2, 4])
        for b in 0..<2 {
            for c in 0..<4 {
                let sum = (0..<6).reduce(Float(0)) { $0 + maps.elements[(b * 6 + $1) * 4 + c] }
                #expect(abs(means.elements[b * 4 + c] - sum / 6) < 1e-6)
            }
        }
    }

    /// Channels that fill lanes and that do not, few outputs, and more inputs than one block of channels holds.
    @Test(
        "a convolution with what follows it in one pass is that of the operations one by one",
        arguments: [[3, 16], [16, 24], [24, 3], [500, 8]])
    func convolutionAndNormalization(channels: [Int]) {
        let (inputs, outputs) = (channels[0], channels[1])
        let window = SlidingWindow(3, stride: 2, padding: 1)
        let maps = Self.random([2, 9, 12, inputs], seed: 11)
        let weights = Self.random([3, 3, inputs, outputs], seed: 12)
        let (gamma, beta) = (Self.random([outputs], seed: 13), Self.random([outputs], seed: 14))
        let moments = ChannelMoments(
            means: (0..<outputs).map { 0.3 * Double($0) }, variances: (0..<outputs).map { 1 + Double($0) })
        let shortcut = Self.random([2, 5, 6, outputs], seed: 15)
        let kept = shortcut.elements
        for isAdded in [false, true] {
            for rectifies in [false, true] {
                let expected = maps.convolved(with: weights, window: window).batchNormalized(
                    gamma: gamma, beta: beta, statistics: moments, adding: isAdded ? shortcut : nil,
                    rectifies: rectifies
                ).result.elements
                TensorExecution.withoutGradients {
                    func found(_ shortcut: consuming Tensor?) -> [Float] {
                        maps.convolvedAndNormalized(
                            with: weights, window: window, gamma: gamma, beta: beta, moments: moments,
                            adding: shortcut, rectifies: rectifies
                        ).elements
                    }
                    // A shortcut that somebody has stays as it is; one that nobody has becomes the result.
                    let copied = found(isAdded ? shortcut : nil)
                    let taken = found(isAdded ? Tensor(shape: shortcut.shape, elements: kept) : nil)
                    #expect(copied == taken && shortcut.elements == kept)
                    let scale = expected.reduce(0) { max($0, abs($1)) }
                    #expect(zip(copied, expected).allSatisfy { abs($0 - $1) <= 2e-6 * scale })
                }
            }
        }
    }

    @Test("what pools a batch normalization recomputes its elements in the backward pass")
    func lazyPooling() {
        let operands = [Self.random([2, 6, 6, 8], seed: 4), Self.random([8], seed: 5), Self.random([8], seed: 6)]
        func gradients(computing: Bool) -> [[Float]] {
            let variables = operands.map { $0.requiringGradient() }
            var normalized = variables[0].batchNormalized(
                gamma: variables[1], beta: variables[2], rectifies: true
            ).result
            if computing { normalized = 1 * normalized }
            let pooled = normalized.maximumPooled(window: SlidingWindow(2, stride: 2))
            let gradients = pooled.backward(from: Self.random(pooled.shape, seed: 7))
            return variables.map { gradients[$0].elements }
        }
        #expect(gradients(computing: false) == gradients(computing: true))
    }

    @Test(
        "resized maps have the gradients of central differences",
        arguments: [BilinearResize.Alignment.halfPixels, .corners], [[9, 11], [3, 2]])
    func resize(alignment: BilinearResize.Alignment, size: [Int]) {
        let maps = Self.random([2, 5, 6, 3], seed: 8)
        for result in GradientCheck.check(
            at: [maps], { $0[0].resized(height: size[0], width: size[1], alignment: alignment) })
        {
            #expect(result.relativeError < Self.limit)
        }
    }

    @Test("concatenated tensors lie side by side, and each gets its part of the gradient")
    func concatenation() {
        let (a, b) = (
            Tensor(shape: [2, 1, 1, 2], elements: [1, 2, 3, 4]).requiringGradient(),
            Tensor(shape: [2, 1, 1, 1], elements: [5, 6]).requiringGradient()
        )
        let result = Tensor.concatenated([a, b, a])
        #expect(result.shape == [2, 1, 1, 5])
        #expect(result.elements == [1, 2, 5, 1, 2, 3, 4, 6, 3, 4])
        let upstream = Tensor(shape: [2, 1, 1, 5], elements: [1, 2, 3, 10, 20, 4, 5, 6, 40, 50])
        let gradients = result.backward(from: upstream)
        #expect(gradients[a].elements == [11, 22, 44, 55])
        #expect(gradients[b].elements == [3, 6])
    }

    @Test("rows times a matrix agree with the definition and have the gradients of central differences")
    func linear() {
        let operands = [
            Self.random([2, 3, 5], seed: 9), Self.random([5, 4], seed: 10), Self.random([4], seed: 11),
        ]
        let result = operands[0].linearlyTransformed(by: operands[1], bias: operands[2])
        #expect(result.shape == [2, 3, 4])
        let exact = Reference.matrixProduct(operands[0].matrix, operands[1].matrix)
        for (i, y) in result.elements.enumerated() {
            #expect(abs(Double(y) - exact.elements[i] - Double(operands[2].elements[i % 4])) < 1e-5)
        }
        for result in GradientCheck.check(at: operands, { $0[0].linearlyTransformed(by: $0[1], bias: $0[2]) }) {
            #expect(result.relativeError < Self.limit, "operand \(result.input)")
        }
    }
}
