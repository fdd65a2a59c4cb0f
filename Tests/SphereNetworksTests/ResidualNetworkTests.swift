import SphereData
import SphereKernels
import SphereLayers
import SphereNetworks
import SphereReference
import SphereTensor
import TestSupport
import Testing

@Suite("ResidualNetwork")
struct ResidualNetworkTests {
    private static func image(_ batch: Int, side: Int, seed: UInt64) -> Tensor {
        var generator = SeededGenerator(seed: seed)
        return Tensor(
            shape: [batch, side, side, 3],
            elements: (0..<batch * side * side * 3).map { _ in Float(generator.normal()) })
    }

    /// Weights and two numbers for each normalized channel of all convolutions.
    private func expectedCount(_ blocks: [Int], base: Int) -> Int {
        func layer(_ window: Int, _ inputs: Int, _ outputs: Int) -> Int {
            window * window * inputs * outputs + 2 * outputs
        }
        var (count, channels) = (layer(7, 3, base), base)
        for (stage, number) in blocks.enumerated() {
            let inner = base << stage
            for block in 0..<number {
                count += layer(1, channels, inner) + layer(3, inner, inner) + layer(1, inner, 4 * inner)
                if block == 0 { count += layer(1, channels, 4 * inner) }
                channels = 4 * inner
            }
        }
        return count
    }

    @Test("has the layers and parameters of the original, at any width")
    func size() {
        // PyTorch's models have 25,557,032 and 44,549,160 with their classifiers of 2,049,000.
        #expect(expectedCount([3, 4, 6, 3], base: 64) == 23_508_032)
        #expect(expectedCount([3, 4, 23, 3], base: 64) == 42_500_160)
        for (design, blocks) in [
            (ResidualNetworkDesign.resNet50, [3, 4, 6, 3]), (ResidualNetworkDesign.resNet101, [3, 4, 23, 3]),
        ] {
            var narrow = design
            narrow.width = 0.125
            let network = ResidualNetwork(narrow, seed: 1)
            #expect(network.parameterCount == expectedCount(blocks, base: 8))
            #expect(network.stages.map(\.count) == blocks && network.channels(ofStage: 3) == 256)
        }
    }

    @Test("has the maps of its output stride, dilated where it has no stride", arguments: [4, 8, 16, 32])
    func outputStride(stride: Int) {
        var design = ResidualNetworkDesign.resNet50
        (design.width, design.outputStride) = (0.0625, stride)
        let network = ResidualNetwork(design, seed: 2)
        let (stem, stages) = network.maps(Self.image(1, side: 64, seed: 3))
        #expect(stem.shape == [1, 16, 16, 4])
        for (stage, maps) in stages.enumerated() {
            let side = max(64 / stride, 16 >> stage)
            #expect(maps.shape == [1, side, side, 16 << stage])
        }
        let dilations = network.stages.map { $0.map { $0.spatial.convolution.window.verticalDilation } }
        switch stride {
        case 8: #expect(dilations == [[1, 1, 1], [1, 1, 1, 1], [1, 2, 2, 2, 2, 2], [2, 4, 4]])
        case 32: #expect(dilations.allSatisfy { $0.allSatisfy { $0 == 1 } })
        default: break
        }
    }

    @Test("has the same values at the pixels that it shares with the network of stride 32", arguments: [4, 8, 16])
    func dilation(stride: Int) {
        var design = ResidualNetworkDesign.resNet50
        design.width = 0.0625
        let strided = ResidualNetwork(design, seed: 4)
        design.outputStride = stride
        let dilated = ResidualNetwork(design, seed: 4)
        let images = Self.image(1, side: 96, seed: 5)
        for network in [strided, dilated] { network.setStatistics(.running) }
        let (few, many) = (strided(images), dilated(images))
        let (side, step) = (96 / 32, 32 / stride)
        #expect(few.shape == [1, side, side, 128] && many.shape == [1, step * side, step * side, 128])
        let (a, b) = (few.elements, many.elements)
        let largest = a.reduce(0) { max($0, abs($1)) }
        #expect(largest > 0)
        for y in 0..<side {
            for x in 0..<side {
                for c in 0..<128 {
                    let found = b[(y * step * step * side + x * step) * 128 + c]
                    #expect(abs(found - a[(y * side + x) * 128 + c]) <= 1e-5 * largest)
                }
            }
        }
    }

    @Test(
        "reproduces the reference activations of the half-width network",
        .enabled(if: SharedData.has("../weights/resnet50_half") && !keepsToSmallSizes, "needs the shared weights"))
    func reference() throws {
        let folder = SharedData.path("../weights/resnet50_half")
        let network = ResidualNetwork(
            ResidualNetworkDesign(
                blocks: [3, 4, 6, 3], width: 0.5, stemChannels: 64, stridePlacement: .reduction, poolPadding: .atEnd),
            seed: 6)
        let file = try SafetensorsFile("\(folder)/resnet50_half_f16.safetensors")
        #expect(try network.load(folded: file) == ["fc.bias", "fc.weight"])
        let input = try NPYFile.read("\(folder)/ref_input_bgr_hwc.npy", as: Float.self)
        let (stem, stages) = TensorExecution.withoutGradients {
            network.maps(Tensor(shape: [1, 224, 224, 3], elements: input.elements))
        }
        for (maps, name, side) in [(stem, "pool1", 56)] + zip(stages, 0...).map({ ($0, "stage\($1)_out", 56 >> $1) }) {
            let expected = try NPYFile.read("\(folder)/ref_\(name)_first8.npy", as: Float.self)
            #expect(maps.shape[1...2] == [side, side] && expected.elements.count == 8 * side * side, "\(name)")
            let (elements, channels) = (maps.elements, maps.shape[3])
            let largest = expected.elements.reduce(0) { max($0, abs($1)) }
            var worst: Float = 0
            for pixel in 0..<side * side {
                for c in 0..<8 {
                    let wanted = expected.elements[c * side * side + pixel]
                    worst = max(worst, abs(elements[pixel * channels + c] - wanted) / largest)
                }
            }
            #expect(worst <= 1e-3, "\(name): \(worst)")
        }
        let means = stages[3].averagedOverPixels()
        let weights = try file.floats("fc.weight")
        let transposed = (0..<2048).map { weights[$0 % 2 * 1024 + $0 / 2] }
        let scores = means.linearlyTransformed(
            by: Tensor(shape: [1024, 2], elements: transposed),
            bias: Tensor(shape: [2], elements: try file.floats("fc.bias")))
        for (found, name) in [(means, "gap"), (scores, "fc")] {
            let expected = try NPYFile.read("\(folder)/ref_\(name).npy", as: Float.self).elements
            let largest = expected.reduce(0) { max($0, abs($1)) }
            let worst = zip(found.elements, expected).reduce(0) { max($0, abs($1.0 - $1.1) / largest) }
            #expect(found.count == expected.count && worst <= 1e-3, "\(name): \(worst)")
        }
    }

    @Test(
        "refuses folded weights of another width and changes nothing",
        .enabled(if: SharedData.has("../weights/resnet50_half"), "needs the shared weights"))
    func wrongWidth() throws {
        let file = try SafetensorsFile(SharedData.path("../weights/resnet50_half/resnet50_half_f16.safetensors"))
        var design = ResidualNetworkDesign.resNet50
        design.width = 0.125
        let network = ResidualNetwork(design, seed: 7)
        let before = network.stem.convolution.weights.elements
        #expect(
            throws: ModuleFileError.shape(
                path: file.path, parameter: "conv_1.weight", expected: [8, 3, 7, 7], found: [64, 3, 7, 7])
        ) { try network.load(folded: file) }
        #expect(network.stem.convolution.weights.elements == before)
    }

    @Test("a training step reaches every parameter")
    func gradients() {
        var design = ResidualNetworkDesign.resNet50
        (design.width, design.outputStride) = (0.0625, 8)
        let network = ResidualNetwork(design, seed: 8)
        let output = network(Self.image(2, side: 32, seed: 9))
        (output * output).mean().backward()
        for (name, parameter) in network.namedParameters where parameter.isTrainable {
            let gradient = parameter.gradient ?? []
            #expect(gradient.contains { $0 != 0 } && gradient.allSatisfy(\.isFinite), "\(name)")
        }
    }
}
