import SphereGrouping
import SphereKernels
import SphereLosses
import SphereNetworks
import SphereReference
import SphereTensor
import TestSupport
import Testing

@Suite("ToyDigitNetwork")
struct ToyDigitNetworkTests {
    private static func image(_ batch: Int, side: Int, seed: UInt64) -> Tensor {
        var generator = SeededGenerator(seed: seed)
        return Tensor(
            shape: [batch, side, side, 3],
            elements: (0..<batch * side * side * 3).map { _ in Float(generator.uniform()) })
    }

    @Test("has the layers and the 1.27 million parameters of the original")
    func size() {
        let network = ToyDigitNetwork(seed: 1)
        // 27 x 32 for the stem; per block C m + 9 m^2 + 4 m^2 weights and, where channels change, 4 C m for the projection; two numbers
        // for each normalized channel; 9 x 512 x 3 + 3 for the head.
        #expect(network.parameterCount == 1_265_635)
        #expect(network.blocks.count == 12 && network.blocks.filter { $0.projection != nil }.count == 4)
        #expect(network.dimension == 3)
    }

    @Test("maps pixels to unit vectors, the same for the same seed")
    func output() {
        let images = Self.image(2, side: 8, seed: 2)
        let points = ToyDigitNetwork(dimension: 4, seed: 3)(images)
        #expect(points.shape == [2, 8, 8, 4])
        for row in 0..<128 {
            let square = points.matrix.row(row).reduce(0) { $0 + $1 * $1 }
            #expect(abs(square - 1) < 8 * 0x1p-23)
        }
        #expect(ToyDigitNetwork(dimension: 4, seed: 3)(images).elements == points.elements)
        #expect(ToyDigitNetwork(dimension: 4, seed: 4)(images).elements != points.elements)
    }

    @Test("tells places apart only with coordinates")
    func coordinates() {
        // A plain image: far from the border all pixels look the same to a convolution.
        let plain = Tensor(shape: [1, 40, 40, 3], repeating: 0.5)
        let without = ToyDigitNetwork(seed: 1)(plain).matrix
        #expect(Array(without.row(19 * 40 + 19)) == Array(without.row(20 * 40 + 21)))
        let network = ToyDigitNetwork(usesCoordinates: true, seed: 1)
        #expect(network.parameterCount == 1_265_635 + 2 * 9 * 32)
        let with = network(plain).matrix
        #expect(Array(with.row(19 * 40 + 19)) != Array(with.row(20 * 40 + 21)))
    }

    @Test(
        "the whole model, grouping and losses included, has the gradients of central differences",
        .enabled(if: !keepsToSmallSizes, "too slow when emulated"))
    func gradient() {
        let network = ToyDigitNetwork(dimension: 3, seed: 5)
        let grouping = RecurrentMeanShift(loops: 2, concentration: 5)
        let loss = PairLoss(margin: 0.1)
        let images = Self.image(1, side: 16, seed: 6)
        let labels = [(0..<256).map { Int32($0 / 100) }]
        func value() -> Tensor {
            grouping(network(images)).map { loss($0, labels: labels).loss }.dropFirst().reduce(
                loss(network(images), labels: labels).loss, +)
        }
        network.clearGradients()
        value().backward()
        // A parameter near the output, one in the middle and one at the start; differences along the gradient itself, which is the
        // direction in which float32 leaves most of a difference.
        // Of the rectifiers behind the parameter some change sides within h, more of them the further they are from the output: the
        // difference falls with h until rounding takes over, at another h for every instruction set. A wrong gradient is wrong at all of them.
        for (name, limit) in [
            ("head.weights", 1e-3), ("blocks.6.spatial.convolution.weights", 1e-3), ("stem.normalization.gamma", 2e-2),
        ] {
            let parameter = network.namedParameters.first { $0.name == name }!.parameter
            let gradient = parameter.gradient!
            let start = parameter.elements
            let length = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            func moved(_ distance: Double) -> Double {
                parameter.elements = zip(start, gradient).map { Float(Double($0) + distance * Double($1) / length) }
                defer { parameter.elements = start }
                return TensorExecution.withoutGradients { Double(value().scalar) }
            }
            let difference = [5e-4, 2e-4, 1e-4, 5e-5].map { h in
                let (near, far) = ((moved(h) - moved(-h)) / (2 * h), (moved(2 * h) - moved(-2 * h)) / (4 * h))
                return abs((4 * near - far) / 3 - length) / length
            }.min()!
            #expect(difference < limit, "\(name): \(difference)")
        }
    }
}
