import SphereKernels
import SphereLayers
import SphereReference
import SphereTensor
import Testing

@Suite("Operations of layers")
struct LayerOperationTests {
    private static func random(_ shape: [Int], seed: UInt64, scale: Double = 1) -> Tensor {
        var generator = SeededGenerator(seed: seed)
        return Tensor(
            shape: shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(scale * generator.normal()) })
    }

    /// What issue and documentation promise of float32 gradients against differences.
    private static let limit = 1e-3

    @Test("convolutions have the gradients of central differences", arguments: [1, 2])
    func convolution(stride: Int) {
        let window = SlidingWindow(3, stride: stride, padding: 1)
        let operands = [
            Self.random([2, 5, 6, 3], seed: 1), Self.random([3, 3, 3, 4], seed: 2), Self.random([4], seed: 3),
        ]
        for result in GradientCheck.check(at: operands, { $0[0].convolved(with: $0[1], bias: $0[2], window: window) }) {
            #expect(result.relativeError < Self.limit, "operand \(result.input)")
        }
    }

    @Test("batch normalization has the gradients of central differences, with a shortcut and without")
    func batchNormalization() {
        let operands = [
            Self.random([2, 4, 5, 6], seed: 4), Self.random([6], seed: 5), Self.random([6], seed: 6),
            Self.random([2, 4, 5, 6], seed: 7),
        ]
        for result in GradientCheck.check(
            at: Array(operands.prefix(3)), { $0[0].batchNormalized(gamma: $0[1], beta: $0[2]).result })
        {
            #expect(result.relativeError < Self.limit, "operand \(result.input)")
        }
        for result in GradientCheck.check(
            at: operands, { $0[0].batchNormalized(gamma: $0[1], beta: $0[2], adding: $0[3]).result })
        {
            #expect(result.relativeError < Self.limit, "operand \(result.input), shortcut")
        }
        let running = ChannelMoments(means: [0, 1, 2, 3, 4, 5], variances: [1, 2, 3, 4, 5, 6])
        for result in GradientCheck.check(
            at: Array(operands.prefix(3)),
            { $0[0].batchNormalized(gamma: $0[1], beta: $0[2], statistics: running).result })
        {
            #expect(result.relativeError < Self.limit, "operand \(result.input), running statistics")
        }
    }

    @Test("what reads a normalization through its scale and shift computes what its elements would give")
    func lazyNormalization() {
        let (x, gamma, beta) = (
            Self.random([2, 5, 5, 8], seed: 8), Self.random([8], seed: 9), Self.random([8], seed: 10)
        )
        let weights = Self.random([3, 3, 8, 4], seed: 11)
        let window = SlidingWindow(3, padding: 1)
        func run(computing: Bool) -> (output: [Float], gradients: [[Float]]) {
            let operands = [x, gamma, beta, weights].map { $0.requiringGradient() }
            let normalized = operands[0].batchNormalized(gamma: operands[1], beta: operands[2], rectifies: true).result
            // Asking for the elements makes the convolution read them.
            if computing { _ = normalized.memory }
            let result = normalized.convolved(with: operands[3], window: window)
            let gradients = result.backward(from: Self.random(result.shape, seed: 12))
            return (result.elements, operands.map { gradients[$0].elements })
        }
        let (lazy, computed) = (run(computing: false), run(computing: true))
        // One rounding of an element more or less.
        func agree(_ a: [Float], _ b: [Float]) -> Bool {
            let scale = b.reduce(0) { max($0, abs($1)) }
            return zip(a, b).allSatisfy { abs($0 - $1) <= 8 * 72 * 0x1p-24 * scale }
        }
        #expect(agree(lazy.output, computed.output))
        for (a, b) in zip(lazy.gradients, computed.gradients) { #expect(agree(a, b)) }
    }

    @Test("sums with shortcuts have the same bits whether somebody holds them or their memory goes to the next")
    func residualChain() {
        let window = SlidingWindow(1)
        let shape = [2, 6, 7, 5]
        func run(holding: Bool) -> (output: [Float], gradients: [[Float]], held: [Bool]) {
            let input = Self.random(shape, seed: 20).requiringGradient()
            var variables = [input]
            var held: [(tensor: Tensor, elements: [Float])] = []
            func sum(_ map: Tensor, _ seed: UInt64) -> Tensor {
                let weights = Self.random([1, 1, 5, 5], seed: seed).requiringGradient()
                let gamma = Self.random([5], seed: seed + 1).requiringGradient()
                let beta = Self.random([5], seed: seed + 2).requiringGradient()
                variables += [weights, gamma, beta]
                let convolved = map.convolved(with: weights, window: window)
                let result = convolved.batchNormalized(gamma: gamma, beta: beta, adding: map, rectifies: true).result
                if holding { held += [convolved, result].map { ($0, $0.elements) } }
                return result
            }
            let result = sum(sum(sum(input, 30), 40), 50)
            let output = result.elements
            let gradients = result.backward(from: Self.random(shape, seed: 60))
            return (
                output, variables.map { gradients[$0].elements }, held.map { $0.tensor.elements == $0.elements }
            )
        }
        let (released, held) = (run(holding: false), run(holding: true))
        #expect(released.output == held.output)
        #expect(released.gradients == held.gradients)
        #expect(held.held.count == 6 && held.held.allSatisfy { $0 })
    }

    @Test("a sum with shortcuts has the gradients of central differences")
    func residualChainGradient() {
        let operands = [
            Self.random([2, 3, 4, 4], seed: 70), Self.random([1, 1, 4, 4], seed: 71), Self.random([4], seed: 72),
            Self.random([4], seed: 73),
        ]
        let results = GradientCheck.check(at: operands) { operands in
            var map = operands[0]
            for _ in 0..<2 {
                map =
                    map.convolved(with: operands[1], window: SlidingWindow(1)).batchNormalized(
                        gamma: operands[2], beta: operands[3], adding: map
                    ).result
            }
            return map
        }
        for result in results { #expect(result.relativeError < Self.limit, "operand \(result.input)") }
    }

    @Test("normalized rows have length 1 and the gradients of central differences; zero rows stay")
    func normalizedRows() {
        let rows = Self.random([7, 5], seed: 13)
        for result in GradientCheck.check(at: [rows], { $0[0].normalizedRows() }) {
            #expect(result.relativeError < Self.limit)
        }
        let zero = Tensor(shape: [2, 2], elements: [0, 0, 3, 4]).requiringGradient()
        let unit = zero.normalizedRows()
        #expect(unit.elements == [0, 0, 0.6, 0.8])
        #expect(unit.backward()[zero].elements[0..<2] == [0, 0])
    }

    @Test("rectified elements pass the gradient where they are positive")
    func rectified() {
        let x = Tensor(shape: [4], elements: [-1, 0, 2, .infinity]).requiringGradient()
        let y = x.rectified()
        #expect(y.elements == [0, 0, 2, .infinity])
        #expect(y.backward()[x].elements == [0, 0, 1, 1])
    }
}
