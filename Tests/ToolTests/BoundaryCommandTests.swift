import Foundation
import SphereData
import SphereRecipes
import TestSupport
import Testing

@Suite("sphereshift train and segment boundaries", .enabled(if: !keepsToSmallSizes, "too slow when emulated"))
struct BoundaryCommandTests {
    private static let edges = SharedData.path("../weights/hed_vgg16_bsds500/hed_vgg16_bsds500_i8.safetensors")

    /// A picture of two halves (of 51 pixels from corner to corner: 0.04 of that is 2 pixels) with the segmentations of two annotators, in `data/train`.
    private static func writeData(_ tool: Tool) throws {
        let folder = tool.path("data/train")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let (width, height) = (40, 32)
        let samples = (0..<width * height * 3).map { UInt8($0 / 3 % width < 20 ? 30 : 220) }
        try PNGFile.write(Image(width: width, height: height, channels: 3, samples: samples), to: "\(folder)/a.png")
        let labels = (0..<width * height).map { UInt8($0 % width < 20 ? 1 : 2) }
        for annotator in 0..<2 {
            try PNGFile.write(
                Image(width: width, height: height, channels: 1, samples: labels),
                to: "\(folder)/a_gt\(annotator)_seg.png")
        }
    }

    @Test(
        "trains on the trunk of HED, and both find the border between two halves",
        .enabled(if: SharedData.has("../weights/hed_vgg16_bsds500"), "needs the shared weights"))
    func training() throws {
        let tool = try Tool()
        defer { tool.remove() }
        try Self.writeData(tool)
        let options = [
            "train", "boundaries", "--data", "data", "--trunk", Self.edges, "--output", "out", "--steps", "2",
            "--pair-steps", "1", "--json",
        ]
        let trained = try tool.run(arguments: options)
        #expect(trained.status == 0, "\(trained.messages)")
        #expect(trained.json["images"] as? Int == 1 && trained.json["steps"] as? Int == 2)
        let again = try tool.run(arguments: options)
        #expect(again.isOneLineFailure && again.messages.contains("is there already"), "\(again.messages)")

        for (model, folder) in [(Self.edges, "hed"), ("out/weights.safetensors", "own")] {
            let found = try tool.run(
                "segment", "data/train/a.png", "--output", folder, "--task", "boundaries", "--model", model, "--scale",
                "1")
            #expect(found.status == 0, "\(found.messages)")
            #expect(FileManager.default.fileExists(atPath: tool.path("\(folder)/report.html")))
            #expect(
                FileManager.default.fileExists(atPath: tool.path("\(folder)/a_embedding.png")) == (folder == "own"))
            let scores = try tool.run(
                "evaluate", "boundaries", "--truth", "data/train", "--predictions", folder, "--suppress-non-maxima",
                "--smooth", "1", "--tolerance", "0.04", "--json")
            #expect(scores.status == 0, "\(scores.messages)")
            if folder == "hed" { #expect((scores.json["ods_f"] as? Double ?? 0) > 0.7) }
        }
    }

    @Test("finds the border with the model that comes with the package")
    func bundled() throws {
        let tool = try Tool()
        defer { tool.remove() }
        try Self.writeData(tool)
        let found = try tool.run("segment", "data/train/a.png", "--output", "out", "--task", "boundaries")
        #expect(found.status == 0, "\(found.messages)")
        let scores = try tool.run(
            "evaluate", "boundaries", "--truth", "data/train", "--predictions", "out", "--suppress-non-maxima",
            "--smooth",
            "1", "--tolerance", "0.04", "--json")
        #expect((scores.json["ods_f"] as? Double ?? 0) > 0.7, "\(scores.output) \(scores.messages)")
    }

    @Test("fails with one line on bad input")
    func badInput() throws {
        let tool = try Tool()
        defer { tool.remove() }
        try Self.writeData(tool)
        let digits = try PackageResources.path("ToyDigits/toy-digits.safetensors")
        let segment = ["segment", "data/train/a.png", "--output", "out", "--task", "boundaries"]
        let train = ["train", "boundaries", "--data", "data", "--output", "out"]
        let cases: [(arguments: [String], expected: String)] = [
            (segment + ["--model", digits], "is no model of boundaries"),
            (segment + ["--model", "data/train/a.png"], "not a safetensors file"),
            (segment + ["--scale", "9"], "--scale must be in [0.05, 4]"),
            (["segment", "data/train/a.png", "--output", "out", "--scale", "1"], "--scale needs --task boundaries"),
            (train + ["--trunk", digits], "is no model of boundaries"),
            (train + ["--trunk", digits, "--steps", "0"], "--steps must be in"),
        ]
        for (arguments, expected) in cases {
            let result = try tool.run(arguments: arguments)
            #expect(result.status != 0 && result.output.isEmpty, "\(arguments)")
            #expect(result.messages.contains(expected), "\(arguments): \(result.messages)")
        }
        #expect(!FileManager.default.fileExists(atPath: tool.path("out")))
    }
}
