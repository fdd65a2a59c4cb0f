import Foundation
import SphereData
import SphereRecipes
import TestSupport
import Testing

@Suite("sphereshift train toy-digits", .enabled(if: !keepsToSmallSizes, "too slow when emulated"))
struct TrainCommandTests {
    @Test("trains, is stopped by a signal and goes on to the same bits")
    func interruption() throws {
        let tool = try Tool()
        defer { tool.remove() }
        let options = ["--steps", "5", "--loops", "1", "--checkpoint-every", "1", "--json"]
        let whole = try tool.run(arguments: ["train", "toy-digits", "--output", "whole"] + options)
        #expect(whole.status == 0, "\(whole.messages)")
        #expect(whole.json["steps"] as? Int == 5 && whole.json["parameters"] as? Int == 1_265_635)
        #expect((whole.json["loss_after"] as? Double ?? -1) > 0)
        let curves = try String(contentsOfFile: tool.path("whole/curves.svg"), encoding: .utf8)
        #expect(curves.contains("distance to floor"))

        // Stopped when the first step is in the checkpoint, by the signal of Ctrl-C and by one that cannot be caught.
        for (name, number) in [("int", SIGINT), ("kill", SIGKILL)] {
            let process = try tool.start(arguments: ["train", "toy-digits", "--output", name] + options)
            while process.isRunning && !tool.hasFile("\(name)/curves.svg") { usleep(10_000) }
            kill(process.processIdentifier, number)
            process.waitUntilExit()
            let resumed = try tool.run(arguments: ["train", "toy-digits", "--output", name, "--resume"] + options)
            #expect(resumed.status == 0, "\(resumed.messages)")
            #expect(
                try Data(contentsOf: URL(filePath: tool.path("\(name)/weights.safetensors")))
                    == Data(contentsOf: URL(filePath: tool.path("whole/weights.safetensors"))))
        }

        // The weights are scored and segment a picture.
        let scores = try tool.run(
            "evaluate", "toy-digits", "--model", "whole/weights.safetensors", "--scenes", "3", "--json")
        #expect(scores.status == 0 && scores.json["images"] as? Int == 3, "\(scores.messages)")
        #expect((scores.json["negative_loss_1"] as? Double ?? -1) >= 0 && scores.json["negative_loss_2"] == nil)
        let scene = ToyDigitGenerator(digits: try DigitSet.bundled(), seed: 1, digitCounts: 4...4).scene(0)
        try PNGFile.write(scene.picture, to: tool.path("scene.png"))
        let segmented = try tool.run(
            "segment", "scene.png", "--output", "out", "--model", "whole/weights.safetensors", "--json")
        #expect(segmented.status == 0, "\(segmented.messages)")
        #expect(try LabelMap.readPNG(tool.path("out/scene_labels.png")).width == 64)
    }

    @Test("fails with one line on bad input")
    func badInput() throws {
        let tool = try Tool()
        defer { tool.remove() }
        try FileManager.default.createDirectory(atPath: tool.path("busy"), withIntermediateDirectories: true)
        try Data("half".utf8).write(to: URL(filePath: tool.path("busy/checkpoint.safetensors")))
        func array(_ name: String, _ shape: [Int], _ value: Float) throws {
            let elements = [Float](repeating: value, count: shape.reduce(1, *))
            try NPYFile.write(NPYArray(shape: shape, elements: elements), to: tool.path(name))
        }
        try array("nan.npy", [1, 4, 4, 3], .nan)
        try array("none.npy", [0, 4, 4, 3], 0)
        try array("gray.npy", [1, 4, 4, 1], 0)
        try array("right.npy", [1, 4, 4, 3], 0)
        try array("truth.npy", [1, 4, 4], 0)
        try array("no-truth.npy", [0, 4, 4], 0)
        func scoring(_ images: String, _ truth: String) -> [String] {
            ["evaluate", "toy-digits", "--images", images, "--truth", truth]
        }
        let cases: [(arguments: [String], expected: String)] = [
            (scoring("nan.npy", "truth.npy"), "nan.npy: element 0 is nan"),
            (scoring("none.npy", "no-truth.npy"), "none.npy: has the shape [0, 4, 4, 3]"),
            (scoring("gray.npy", "truth.npy"), "gray.npy: has the shape [1, 4, 4, 1]"),
            (scoring("right.npy", "no-truth.npy"), "no-truth.npy: has the shape [0, 4, 4]"),
            (scoring("missing.npy", "truth.npy"), "missing.npy"),
            (["train", "toy-digits"], "--output"),
            (["train", "nothing"], "nothing"),
            (["train", "toy-digits", "--output", "out", "--margin", "1"], "--margin must be in (0, 1), found 1.0"),
            (["train", "toy-digits", "--output", "out", "--steps", "0"], "--steps"),
            (["train", "toy-digits", "--output", "out", "--least-digits", "10"], "--least-digits must be in 0...9"),
            (["train", "toy-digits", "--output", "out", "--data", "missing"], "missing/images.npy"),
            (["train", "toy-digits", "--output", "out", "--start-from", "missing"], "missing"),
            (["train", "toy-digits", "--output", "busy"], "continue with --resume"),
            (["train", "toy-digits", "--output", "busy", "--resume"], "busy/checkpoint.safetensors"),
            (["evaluate", "toy-digits", "--images", "x.npy"], "--images and --truth belong together"),
            (["evaluate", "toy-digits", "--model", "busy/checkpoint.safetensors"], "busy/checkpoint.safetensors"),
        ]
        for (arguments, expected) in cases {
            let result = try tool.run(arguments: arguments)
            #expect(result.isOneLineFailure && result.messages.contains(expected), "\(arguments): \(result.messages)")
        }
        #expect(!tool.hasFile("out/weights.safetensors") && !tool.hasFile("busy/weights.safetensors"))
    }
}
