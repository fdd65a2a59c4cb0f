import Foundation
import SphereData
import SphereEvaluation
import SphereKernels
import SphereNetworks
import SphereRecipes
import SphereReports
import SphereTensor
import TestSupport
import Testing

@Suite("Boundaries", .enabled(if: !keepsToSmallSizes, "too slow when emulated")) struct BoundaryTests {
    /// A folder with a picture of two halves, of which one annotator sees the border in column 15, another in column 16, and a third none.
    private static func folder() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sphereshift-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let (width, height) = (32, 24)
        let samples = (0..<width * height * 3).map { UInt8($0 / 3 % width < 16 ? 40 : 200) }
        try PNGFile.write(
            Image(width: width, height: height, channels: 3, samples: samples), to: "\(folder)/halves.png")
        for (annotator, border) in [16, 17, 32].enumerated() {
            let labels = (0..<width * height).map { UInt8($0 % width < border ? 1 : 2) }
            try PNGFile.write(
                Image(width: width, height: height, channels: 1, samples: labels),
                to: "\(folder)/halves_gt\(annotator)_seg.png")
        }
        return folder
    }

    private static func example(_ folder: String) throws -> BoundaryExample {
        try BoundaryExample(
            name: "halves", image: "\(folder)/halves.png",
            segmentations: (0..<3).map { "\(folder)/halves_gt\($0)_seg.png" })
    }

    @Test("weighs a marked pixel by how many annotators mark one nearby")
    func agreement() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let example = try Self.example(folder)
        for (pixel, value) in example.agreement.enumerated() {
            let (x, y) = (pixel % 32, pixel / 32)
            // Thinning takes the ends of a line at the border of a picture.
            if (15...16).contains(x) && (4..<20).contains(y) { #expect(value == 170, "\(x) \(y)") }
            if !(15...16).contains(x) { #expect(value == 0, "\(x) \(y)") }
        }
        var random = TrainingGenerator(seed: 3)
        var flips = 0
        for _ in 0..<20 {
            let view = BoundaryView(example, segmentation: try example.segmentation(0), using: &random)
            let labels = view.image.labels(width: 2, height: 1)
            #expect(Set(labels) == [1, 2])
            let (targets, weights) = view.targets(positiveWeight: 6)
            let isMirrored = labels[0] == 2
            flips += isMirrored ? 1 : 0
            let marked = (0..<32).filter { targets[12 * 32 + $0] == 1 }
            #expect(marked == [15, 16] && abs(weights[12 * 32 + 15] - 4) < 0.01 && weights[12 * 32] == 1)
        }
        #expect((3...17).contains(flips))
    }

    @Test("says in one line what is wrong with an example")
    func badExample() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try PNGFile.write(Image<UInt8>(width: 8, height: 8, channels: 1), to: "\(folder)/halves_gt1_seg.png")
        do {
            _ = try Self.example(folder)
            Issue.record("read, expected an error")
        } catch { #expect("\(error)".contains("halves_gt1_seg.png: has 8 x 8 pixels, its image has 32 x 24")) }
    }

    @Test("trains with both losses, goes on from a checkpoint to the same bits, and detects with what it wrote")
    func training() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let examples = [try Self.example(folder)]
        var settings = BoundaryRecipe.Settings()
        (settings.dimension, settings.width, settings.steps, settings.pairSteps) = (3, 4, 6, 2)
        settings.scales = [0.5, 1]
        settings.tunedBlocks = 1
        let recipe = BoundaryRecipe(settings)
        func start() -> (BoundaryNetwork, TrainingLoop) {
            let network = recipe.network(on: HolisticEdgeNetwork(seed: 5), examples: examples)
            return (network, recipe.training(of: network))
        }
        let (network, training) = start()
        let tuned = network.edges.trunk.blocks[4][0].weights.elements
        let frozen = network.edges.trunk.blocks[3][0].weights.elements
        let checkpoint = "\(folder)/checkpoint.safetensors"
        let names = recipe.checkpointSettings(examples: 1)
        while let step = training.next {
            if step == 3 { try training.save(to: checkpoint, settings: names) }
            let measures = try recipe.advance(training, of: network, on: examples)
            #expect(measures.allSatisfy { $0.isFinite })
            #expect((measures[0] > 0) == (step < 2) && (measures[1] > 0) == (step >= 2))
        }
        #expect(network.edges.trunk.blocks[4][0].weights.elements != tuned)
        #expect(network.edges.trunk.blocks[3][0].weights.elements == frozen)

        let (second, resumed) = start()
        try resumed.restore(from: checkpoint, settings: names)
        while resumed.next != nil { try recipe.advance(resumed, of: second, on: examples) }
        for (a, b) in zip(network.parameters, second.parameters) { #expect(a.elements == b.elements) }

        let path = "\(folder)/weights.safetensors"
        try BoundaryModel(network).save(to: path)
        let model = try BoundaryModel(path: path)
        #expect(model.scales == BoundaryModel.defaultScales && model.outputs == BoundaryModel.defaultOutputs)
        let found = try DetectedBoundaries(name: "halves", image: examples[0].image, model: model)
        #expect(found.detection.probability.strengths.allSatisfy { $0 > 0 && $0 < 1 })
        #expect(found.detection.taps.map(\.width) == [32, 16, 8, 4, 2])
        #expect(found.detection.embedding?.columns == 15 && found.embeddingPicture?.width == 32)
        #expect(found.probabilityPicture.width == 32 && found.section.galleries.count == 2)
        // Weights so large that the sums have no value.
        for layer in network.heads.fusion { layer.weights.elements = layer.weights.elements.map { _ in 3e38 } }
        #expect(throws: BoundaryModel.NotFinite.self) { try BoundaryModel(network).detect(examples[0].image) }
    }

    @Test("names what is wrong with a file that is no model of boundaries")
    func wrongFile() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func expectFailure(_ path: String, _ text: String) {
            do {
                _ = try BoundaryModel(path: path)
                Issue.record("read, expected an error with '\(text)'")
            } catch { #expect("\(error)".contains(text), "\(error)") }
        }
        expectFailure(
            try PackageResources.path("ToyDigits/toy-digits.safetensors"), "found a model of 'toy-digits'")
        let path = "\(folder)/model.safetensors"
        try SafetensorsFile.write([], metadata: ["model": "boundaries", "dimension": "0"], to: path)
        expectFailure(path, "\"dimension\" in its header is '0'")
        try SafetensorsFile.write(
            [],
            metadata: ["model": "boundaries", "dimension": "3", "width": "2", "scales": "1,x", "outputs": "5"], to: path
        )
        expectFailure(path, "\"scales\" in its header is '1,x'")
        try SafetensorsFile.write(
            [],
            metadata: ["model": "boundaries", "dimension": "4096", "width": "4096", "scales": "1", "outputs": "5"],
            to: path)
        expectFailure(path, "\"width\" in its header is '4096'")
        expectFailure("\(folder)/halves.png", "not a safetensors file")
    }
}
