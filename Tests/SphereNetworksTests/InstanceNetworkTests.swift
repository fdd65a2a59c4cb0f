import SphereKernels
import SphereNetworks
import SphereReference
import SphereTensor
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

@Suite("Plane waves")
struct PlaneWavesTests {
    private static func offsets(_ count: Int, scale: Double, seed: UInt64) -> Tensor {
        var generator = SeededGenerator(seed: seed)
        return Tensor(shape: [count, 2], elements: (0..<2 * count).map { _ in Float(scale * generator.normal()) })
    }

    @Test("are unit vectors whose cosine depends on the difference of places alone")
    func cosines() {
        let waves = PlaneWaves(wavelengths: [20, 55.5, 160], directions: 3)
        #expect(waves.dimension == 18)
        let offsets = Self.offsets(40, scale: 30, seed: 1)
        let places = (0..<40).map { SIMD2<Float>(Float($0 * 37 % 640), Float($0 * 91 % 480)) }
        let points = waves(offsets, at: places).elements
        func u(_ i: Int) -> SIMD2<Double> {
            SIMD2(
                Double(places[i].x) + Double(offsets.elements[2 * i]),
                Double(places[i].y) + Double(offsets.elements[2 * i + 1]))
        }
        for i in 0..<40 {
            for j in 0..<40 {
                let cosine = (0..<18).reduce(0.0) { $0 + Double(points[18 * i + $1]) * Double(points[18 * j + $1]) }
                let expected =
                    waves.vectors.reduce(0.0) { sum, k in
                        let phase = k * (u(i) - u(j))
                        return sum + cos(phase.x + phase.y)
                    } / 9
                #expect(abs(cosine - expected) < 18 * 0x1p-24)
            }
        }
    }

    @Test("near places have the kernel of the stated deviation, in every direction")
    func deviation() {
        let waves = PlaneWaves()
        for (kappa, angle) in [(30.0, 0.3), (100, 1.1), (1000, 2.9)] {
            let sigma = waves.deviation(concentration: kappa)
            // A tenth of a deviation away the kernel is exp(-1/200), and waves are parabolas up to terms of the fourth order.
            let step = SIMD2(cos(angle), sin(angle)) * sigma / 10
            let points = waves(
                Tensor(shape: [2, 2], elements: [0, 0, Float(step.x), Float(step.y)]), at: [.zero, .zero]
            ).elements.map(Double.init)
            let square = zip(points[..<16], points[16...]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            #expect(abs(kappa * square / 2 - 0.005) < 0.005 * 0.01)
        }
    }

    @Test("the gradient is that of central differences")
    func gradient() {
        let waves = PlaneWaves(wavelengths: [13, 47], directions: 2)
        let weights = Self.offsets(20, scale: 1, seed: 3).reshaped(5, 8)
        let places = (0..<5).map { SIMD2<Float>(Float(3 * $0), Float(7 - $0)) }
        for result in GradientCheck.check(
            at: [Self.offsets(5, scale: 4, seed: 2)], { (waves($0[0], at: places) * weights).sum() })
        {
            #expect(result.relativeError < 1e-3)
        }
    }
}

@Suite("Network of objects")
struct InstanceNetworkTests {
    private static func picture(_ height: Int, _ width: Int, channels: Int = 1, seed: UInt64) -> Tensor {
        var generator = SeededGenerator(seed: seed)
        return Tensor(
            shape: [1, height, width, channels],
            elements: (0..<height * width * channels).map { _ in Float(generator.normal()) })
    }

    @Test("has the stated sizes and parameters")
    func sizes() {
        let network = InstanceNetwork(inputChannels: 3, width: 4, seed: 1)
        let (scores, offsets) = network(Self.picture(32, 48, channels: 3, seed: 1))
        #expect(scores.shape == [1, 32, 48, 1] && offsets.shape == [1, 32, 48, 2])
        // Of the documentation: 0.6 million.
        #expect((550_000..<650_000).contains(InstanceNetwork(inputChannels: 1, seed: 1).parameterCount))
    }

    @Test(
        "gives the same without gradients, where normalizations go into the weights, as with them",
        arguments: InstanceNetwork.Trunk.allCases)
    func inference(trunk: InstanceNetwork.Trunk) {
        let network = InstanceNetwork(inputChannels: 3, width: 8, trunk: trunk, seed: 3)
        // Running averages that are not those of a new network.
        _ = network(Self.picture(64, 64, channels: 3, seed: 4))
        network.setStatistics(.running)
        let picture = Self.picture(64, 96, channels: 3, seed: 5)
        let expected = network(picture)
        let found = TensorExecution.withoutGradients { network(picture) }
        for (a, b) in [(found.scores, expected.scores), (found.offsets, expected.offsets)] {
            let scale = b.elements.reduce(0) { max($0, abs($1)) }
            #expect(zip(a.elements, b.elements).allSatisfy { abs($0 - $1) <= 1e-5 * scale })
        }
    }

    @Test("pixels beyond the margin play no part, nearer ones do", .enabled(if: !keepsToSmallSizes))
    func margin() {
        let network = InstanceNetwork(inputChannels: 1, width: 2, seed: 1)
        network.setStatistics(.running)
        TensorExecution.withoutGradients {
            let (width, margin) = (272, InstanceNetwork.Trunk.encoder.margin)
            let before = Self.picture(16, width, seed: 1)
            func columnsThatDiffer(from column: Int) -> [Int] {
                var elements = before.elements
                for y in 0..<16 { elements[y * width + column] += 100 }
                let after = Tensor(shape: before.shape, elements: elements)
                let (a, b) = (network(before).offsets.elements, network(after).offsets.elements)
                return (0..<width).filter { x in
                    (0..<32).contains {
                        a[$0 / 2 * 2 * width + 2 * x + $0 % 2] != b[$0 / 2 * 2 * width + 2 * x + $0 % 2]
                    }
                }
            }
            for column in 128..<144 {
                let reached = columnsThatDiffer(from: column)
                #expect(reached.first! >= column - margin && reached.last! <= column + margin)
                #expect(reached.contains(column))
            }
        }
    }

    @Test("with a residual trunk gives an output for every pixel, and trains what it is told to")
    func residual() {
        let network = InstanceNetwork(inputChannels: 3, width: 8, trunk: .residual, scoreCount: 3, seed: 2)
        let trained = network.parameterCount
        // Of the documentation: 5.9 million in the trunk, none of them trained.
        let all = network.residual!.parameters.reduce(0) { $0 + $1.count }
        #expect((5_800_000..<6_000_000).contains(all) && trained < 200_000)
        network.train(stages: 1, rate: 0.1)
        #expect(network.parameterCount > trained + 3_000_000)
        network.setStatistics(.batch)
        #expect(network.residual!.stem.normalization.statistics == .running)
        #expect(network.decoder[0].normalization.statistics == .batch)
        let (scores, offsets) = network(Self.picture(32, 64, channels: 3, seed: 1))
        #expect(scores.shape == [1, 32, 64, 3] && offsets.shape == [1, 32, 64, 2])
        network.clearGradients()
        ((scores * scores).sum() + (offsets * offsets).sum()).backward()
        let stages = network.residual!.stages
        func hasGradient(_ block: Bottleneck) -> Bool { block.spatial.convolution.weights.gradient != nil }
        #expect(stages[3].allSatisfy(hasGradient) && !stages[2].contains(where: hasGradient))
        #expect(stages[3][0].spatial.normalization.gamma.gradient == nil)
        #expect(stages[3][0].spatial.convolution.weights.learningRateFactor == 0.1)
        #expect(network.laterals[0].convolution.weights.gradient != nil)
    }

    @Test("with a residual trunk too pixels beyond the margin play no part", .enabled(if: !keepsToSmallSizes))
    func residualMargin() {
        let network = InstanceNetwork(inputChannels: 3, width: 2, trunk: .residual, seed: 1)
        network.setStatistics(.running)
        TensorExecution.withoutGradients {
            let (width, margin) = (832, InstanceNetwork.Trunk.residual.margin)
            let before = Self.picture(32, width, channels: 3, seed: 1)
            let expected = network(before).offsets.elements
            for column in [416, 431] {
                var elements = before.elements
                for y in 0..<32 { elements[3 * (y * width + column)] += 100 }
                let found = network(Tensor(shape: before.shape, elements: elements)).offsets.elements
                let reached = Set(found.indices.filter { found[$0] != expected[$0] }.map { $0 / 2 % width })
                #expect(reached.min()! >= column - margin && reached.max()! <= column + margin)
                #expect(reached.contains(column) && reached.min()! < column - 200)
            }
        }
    }

    @Test("its gradient is that of central differences of the loss")
    func gradient() {
        let network = InstanceNetwork(inputChannels: 1, width: 2, seed: 3)
        let picture = Self.picture(16, 16, seed: 4)
        let waves = PlaneWaves()
        func loss() -> Tensor {
            let (scores, offsets) = network(picture)
            let points = waves(offsets.reshaped(256, 2), at: [SIMD2<Float>](repeating: .zero, count: 256))
            return (scores * scores).sum() + (points * points * points).sum()
        }
        network.clearGradients()
        loss().backward()
        // Kinks of the rectifier aside: the parameters of the head, which lie behind the last one.
        for parameter in [network.offsetHead.weights, network.offsetHead.bias!, network.scoreHead.weights] {
            let gradient = parameter.gradient!
            for i in 0..<parameter.count {
                let (kept, step): (Float, Float) = (parameter.elements[i], 1e-2)
                parameter.elements[i] = kept + step
                let above = loss().scalar
                parameter.elements[i] = kept - step
                let below = loss().scalar
                parameter.elements[i] = kept
                let slope = Double(above - below) / Double(2 * step)
                let scale = gradient.reduce(0) { max($0, Double(abs($1))) }
                #expect(abs(slope - Double(gradient[i])) < 1e-2 * scale)
            }
        }
    }
}
