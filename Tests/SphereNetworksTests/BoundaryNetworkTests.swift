import Foundation
import SphereData
import SphereKernels
import SphereNetworks
import SphereReference
import SphereTensor
import TestSupport
import Testing

@Suite("HolisticEdgeNetwork", .enabled(if: !keepsToSmallSizes, "too slow when emulated"))
struct HolisticEdgeNetworkTests {
    private static let folder = SharedData.path("../weights/hed_vgg16_bsds500")

    @Test(
        "reproduces the reference activations of the published weights",
        .enabled(if: SharedData.has("../weights/hed_vgg16_bsds500"), "needs the shared weights"))
    func reference() throws {
        let network = HolisticEdgeNetwork(seed: 1)
        try network.load(caffe: SafetensorsFile("\(Self.folder)/hed_vgg16_bsds500_i8.safetensors"))
        let planes = try NPYFile.read("\(Self.folder)/ref_input_bgr_chw.npy", as: Float.self)
        let (height, width) = (119, 158)
        #expect(planes.elements.count == 3 * height * width)
        let input = Tensor(
            shape: [1, height, width, 3],
            elements: (0..<3 * height * width).map { planes.elements[$0 % 3 * height * width + $0 / 3] })

        // The picture's colours become the same input.
        let picture = try ImageFile.readRGB("\(Self.folder)/ref_input_119x158.png")
        let own = VGGTrunk.input(picture.samples.map { Float($0) / 255 }, width: width, height: height)
        #expect(zip(own.elements, input.elements).allSatisfy { abs($0 - $1) <= 1e-3 })

        let (maps, scores) = TensorExecution.withoutGradients {
            (network.trunk.maps(input, keepsAll: false).map { $0[0] }, network(input))
        }
        for (name, block) in [("relu1_2", 0), ("relu3_3", 2), ("relu5_3", 4)] {
            try expect(maps[block], channels: 2, "ref_\(name)_first2.npy")
        }
        // The means of all channels, as the reference states them.
        for (block, mean) in [(0, 17.987947), (2, 3.0470533), (4, 2.1139584)] {
            let elements = maps[block].elements
            let found = elements.reduce(0) { $0 + Double($1) } / Double(elements.count)
            #expect(abs(found - mean) <= 1e-4 * mean, "block \(block): \(found)")
        }
        try expect(scores.blocks[4], channels: 1, "ref_score5.npy")
        try expect(scores.sides, channels: 5, "ref_sides.npy")
        try expect(scores.fused, channels: 1, "ref_fused.npy")
        let wanted = try NPYFile.read("\(Self.folder)/ref_prob.npy", as: Float.self).elements
        let worst = zip(scores.fused.elements, wanted).reduce(0) { max($0, abs(1 / (1 + exp(-$1.0)) - $1.1)) }
        #expect(worst <= 2e-3, "probabilities differ by \(worst)")
    }

    /// The first channels against an array of planes: 1e-4 of the largest value, what the reference promises.
    private func expect(_ maps: Tensor, channels: Int, _ name: String) throws {
        let wanted = try NPYFile.read("\(Self.folder)/\(name)", as: Float.self).elements
        let (pixels, all) = (maps.shape[1] * maps.shape[2], maps.shape[3])
        #expect(wanted.count == channels * pixels, "\(name)")
        let largest = wanted.reduce(0) { max($0, abs($1)) }
        let elements = maps.elements
        var worst: Float = 0
        for c in 0..<channels {
            for pixel in 0..<pixels {
                worst = max(worst, abs(elements[pixel * all + c] - wanted[c * pixels + pixel]))
            }
        }
        #expect(worst <= 1e-4 * largest, "\(name): \(worst) of \(largest)")
    }

    @Test("changes nothing unless all arrays are there")
    func incomplete() throws {
        let path = FileManager.default.temporaryDirectory.path + "/sphereshift-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let network = HolisticEdgeNetwork(seed: 2)
        let before = network.trunk.blocks[0][0].weights.elements
        func array(_ name: String, _ shape: [Int]) -> SafetensorsFile.Array {
            .init(name: name, shape: shape, elements: [Float](repeating: 1, count: shape.reduce(1, *)))
        }
        try SafetensorsFile.write([array("conv1_1.weight", [64, 3, 3, 3])], to: path)
        #expect(throws: ModuleFileError.missing(path: path, parameter: "conv1_1.bias")) {
            try network.load(caffe: SafetensorsFile(path))
        }
        try SafetensorsFile.write([array("conv1_1.weight", [3, 3, 3, 64])], to: path)
        #expect(
            throws: ModuleFileError.shape(
                path: path, parameter: "conv1_1.weight", expected: [64, 3, 3, 3], found: [3, 3, 3, 64])
        ) { try network.load(caffe: SafetensorsFile(path)) }
        #expect(network.trunk.blocks[0][0].weights.elements == before)
    }
}

@Suite("VGGTrunk", .enabled(if: !keepsToSmallSizes, "too slow when emulated")) struct VGGTrunkTests {
    @Test("rounds odd sizes up, and pools what is over alone", arguments: [(1, 1), (17, 33), (32, 48)])
    func sizes(height: Int, width: Int) {
        var generator = SeededGenerator(seed: 3)
        let trunk = VGGTrunk(seed: 4)
        let input = Tensor(
            shape: [1, height, width, 3], elements: (0..<height * width * 3).map { _ in Float(generator.normal()) })
        let maps = trunk.maps(input)
        #expect(maps.map(\.count) == VGGTrunk.depths)
        for (block, maps) in maps.enumerated() {
            let step = 1 << block
            for map in maps {
                #expect(
                    map.shape
                        == [1, (height + step - 1) / step, (width + step - 1) / step, VGGTrunk.channels[block]])
                #expect(!map.requiresGradient)
            }
        }
        let last = trunk.maps(input, keepsAll: false)
        #expect(last.map(\.count) == [1, 1, 1, 1, 1] && last[4][0].elements == maps[4][2].elements)
    }

    @Test("sends gradients to the blocks that are not frozen only")
    func frozen() {
        let trunk = VGGTrunk(seed: 5)
        let input = VGGTrunk.input([Float](repeating: 0.4, count: 16 * 16 * 3), width: 16, height: 16)
        trunk.maps(input, frozen: 4)[4][2].sum().backward()
        for (block, layers) in trunk.blocks.enumerated() {
            #expect(layers.allSatisfy { ($0.weights.gradient != nil) == (block == 4) })
        }
    }
}

@Suite("BoundaryNetwork", .enabled(if: !keepsToSmallSizes, "too slow when emulated")) struct BoundaryNetworkTests {
    private static func image(height: Int, width: Int, seed: UInt64) -> Tensor {
        var generator = SeededGenerator(seed: seed)
        return VGGTrunk.input(
            (0..<height * width * 3).map { _ in Float(generator.uniform()) }, width: width, height: height)
    }

    @Test("gives unit rows at the sizes of the blocks, and seven scores at the size that is asked for")
    func shapes() {
        let network = BoundaryNetwork(dimension: 5, width: 4, seed: 6)
        let input = Self.image(height: 19, width: 26, seed: 7)
        let output = TensorExecution.withoutGradients { network(input, height: 38, width: 52) }
        #expect(output.scores.count == 7 && output.scores.allSatisfy { $0.shape == [1, 38, 52, 1] })
        #expect(
            output.embeddings.map { Array($0.shape[1...]) } == [
                [19, 26, 5], [10, 13, 5], [5, 7, 5], [3, 4, 5], [2, 2, 5],
            ])
        for tap in output.embeddings {
            let points = tap.matrix
            for row in 0..<points.rows {
                let squares = (0..<5).reduce(Float(0)) { $0 + points[row, $1] * points[row, $1] }
                #expect(abs(squares - 1) <= 1e-5 || squares == 0)
            }
        }
        // The last score is the detector's own.
        let own = TensorExecution.withoutGradients { network.edges(input).fused.resized(height: 38, width: 52) }
        #expect(output.scores[6].elements == own.elements)
    }

    @Test("calibration makes the scale of the maps irrelevant")
    func calibration() {
        let heads = BoundaryHeads(dimension: 3, width: 4, seed: 8)
        let trunk = VGGTrunk(seed: 9)
        let maps = TensorExecution.withoutGradients { trunk.maps(Self.image(height: 12, width: 12, seed: 10)) }
        heads.calibrate([maps])
        let before = heads.embeddings(maps).map(\.elements)
        let larger = maps.map { $0.map { 8 * $0 } }
        heads.calibrate([larger])
        for (a, b) in zip(before, heads.embeddings(larger)) {
            #expect(zip(a, b.elements).allSatisfy { abs($0 - $1) <= 1e-4 })
        }
        #expect(heads.scales.elements.allSatisfy { $0 > 0 } && heads.scales.gradient == nil)
    }

    @Test("sends gradients to all parts of the heads but the scales, and none to the trunk")
    func gradients() {
        let network = BoundaryNetwork(dimension: 4, width: 4, seed: 11)
        let input = Self.image(height: 16, width: 16, seed: 12)
        let points = network.heads.embeddings(network.edges.trunk.maps(input))
        let scores = network.heads.scores(points, size: (16, 16), height: 16, width: 16)
        scores.map { ($0 * $0).mean() }.reduce(Tensor(0), +).backward()
        #expect(network.edges.parameters.allSatisfy { $0.gradient == nil })
        for (name, parameter) in network.heads.namedParameters {
            #expect((parameter.gradient != nil) == (name != "scales"), "\(name)")
        }
    }

    @Test("keeps weights as int8 within half a scale, and the same ones the second time")
    func quantized() throws {
        let path = FileManager.default.temporaryDirectory.path + "/sphereshift-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let heads = BoundaryHeads(dimension: 3, width: 4, seed: 13)
        heads.projections[0][0].weights.elements[0] = 0
        try heads.save(quantizedTo: path, metadata: ["model": "test"])
        let file = try SafetensorsFile(path)
        #expect(file.entries["projections.0.0.weights"]?.element == .int8)
        #expect(file.entries["projections.0.0.bias"]?.element == .float32 && file.metadata == ["model": "test"])
        let copy = BoundaryHeads(dimension: 3, width: 4, seed: 14)
        try copy.load(quantized: file)
        for ((name, a), b) in zip(heads.namedParameters, copy.parameters) {
            let scales = a.shape.count == 4 ? try file.floats("\(name).scale") : [0]
            for (i, (x, y)) in zip(a.elements, b.elements).enumerated() {
                #expect(abs(x - y) <= 0.5001 * scales[i % scales.count], "\(name) \(i)")
            }
        }
        let again = path + "-again"
        defer { try? FileManager.default.removeItem(atPath: again) }
        try copy.save(quantizedTo: again, metadata: ["model": "test"])
        let second = try SafetensorsFile(again)
        for name in file.entries.keys where file.entries[name]?.element == .int8 {
            #expect(try file.floats(name) == second.floats(name))
        }
        // A plain file is read as well; one of another size is not.
        try heads.save(to: again)
        try copy.load(quantized: SafetensorsFile(again))
        #expect(copy.projections[1][0].weights.elements == heads.projections[1][0].weights.elements)
        #expect(throws: ModuleFileError.self) {
            try BoundaryHeads(dimension: 2, width: 4, seed: 1).load(quantized: SafetensorsFile(again))
        }
    }
}
