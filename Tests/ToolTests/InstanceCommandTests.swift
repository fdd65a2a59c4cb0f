import Foundation
import SphereData
import TestSupport
import Testing

@Suite("sphereshift train nuclei", .enabled(if: !keepsToSmallSizes, "too slow when emulated"))
struct InstanceCommandTests {
    /// Squares on a dark ground.
    private func makeData(_ tool: Tool) throws {
        try FileManager.default.createDirectory(atPath: tool.path("data"), withIntermediateDirectories: true)
        for number in 0..<3 {
            var labels = LabelMap(width: 40, height: 32, labels: [Int32](repeating: 0, count: 1280))
            for y in 4..<16 {
                for x in 3 + number..<15 { labels[x, y] = 1 }
                for x in 15..<30 { labels[x, y] = 2 }
            }
            let samples = labels.labels.map { UInt8($0 == 0 ? 5 : 60 + 60 * $0) }
            try PNGFile.write(
                Image(width: 40, height: 32, channels: 1, samples: samples), to: tool.path("data/n\(number).png"))
            try labels.writePNG(to: tool.path("data/n\(number)_labels.png"))
        }
    }

    @Test("trains, is stopped and goes on to the same bits, scores and segments")
    func wholeWay() throws {
        let tool = try Tool()
        defer { tool.remove() }
        try makeData(tool)
        let options = ["--data", "data", "--steps", "4", "--side", "32", "--batch", "2", "--width", "4", "--json"]
        let whole = try tool.run(arguments: ["train", "nuclei", "--output", "whole"] + options)
        #expect(whole.status == 0 && whole.json["steps"] as? Int == 4, "\(whole.messages)")
        let process = try tool.start(
            arguments: ["train", "nuclei", "--output", "stopped", "--checkpoint-every", "1"] + options)
        while process.isRunning && !tool.hasFile("stopped/curves.svg") { usleep(10_000) }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        // The weights of the newest checkpoint are a model.
        let early = try tool.run(
            "evaluate", "instances", "--model", "stopped/weights.safetensors", "--data", "data", "--json")
        #expect(early.status == 0, "\(early.messages)")
        let resumed = try tool.run(arguments: ["train", "nuclei", "--output", "stopped", "--resume"] + options)
        #expect(resumed.status == 0, "\(resumed.messages)")
        #expect(
            try Data(contentsOf: URL(filePath: tool.path("stopped/weights.safetensors")))
                == Data(contentsOf: URL(filePath: tool.path("whole/weights.safetensors"))))

        let scores = try tool.run(
            "evaluate", "instances", "--model", "whole/weights.safetensors", "--data", "data", "--loops", "0,1,rest",
            "--json")
        #expect(scores.status == 0 && scores.json["objects"] as? Int == 6, "\(scores.messages)")
        for key in ["precision_50_loops_0", "symmetric_best_dice_loops_1", "count_error_loops_rest"] {
            #expect(scores.json[key] is Double, "\(key)")
        }
        let averaged = try tool.run(
            "evaluate", "instances", "--model", "whole/weights.safetensors", "--data", "data", "--augment")
        #expect(averaged.status == 0 && averaged.output.contains("Objects, 3 images"), "\(averaged.messages)")
        for model in ["color", "whole/weights.safetensors"] {
            let recall = try tool.run("evaluate", "recall", "--model", model, "--data", "data", "--json")
            #expect(recall.status == 0 && recall.json["truth_objects"] as? Int == 6, "\(recall.messages)")
            let ten = recall.json["ar10"] as? Double ?? -1
            #expect(ten >= 0 && ten <= recall.json["ar1000"] as? Double ?? -1, "\(model)")
        }
        let segmented = try tool.run(
            "segment", "data/n0.png", "--output", "out", "--model", "whole/weights.safetensors", "--augment", "--json")
        #expect(segmented.status == 0, "\(segmented.messages)")
        #expect(try LabelMap.readPNG(tool.path("out/n0_labels.png")).width == 40)
        let report = try String(contentsOfFile: tool.path("out/report.html"), encoding: .utf8)
        #expect(report.contains("Objects: nuclei") && report.contains("turns and mirror images"))
    }

    @Test("makes one model of two that began alike, and fails with one line on what has no mean")
    func average() throws {
        let tool = try Tool()
        defer { tool.remove() }
        try makeData(tool)
        let options = ["--data", "data", "--steps", "1", "--side", "32", "--batch", "1"]
        for (name, more) in [
            ("a", ["--width", "4"]), ("b", ["--width", "4", "--seed", "2"]), ("wide", ["--width", "8"]),
        ] {
            let result = try tool.run(arguments: ["train", "nuclei", "--output", name] + options + more)
            #expect(result.status == 0, "\(result.messages)")
        }
        func average(_ files: [String], to output: String = "mean.safetensors") throws -> Tool.Result {
            try tool.run(arguments: ["train", "average", "--output", output] + files)
        }
        let (a, b) = ("a/weights.safetensors", "b/weights.safetensors")
        #expect(try average([a, b]).status == 0 && average([b, a], to: "again.safetensors").status == 0)
        func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: tool.path(path))) }
        #expect(try bytes("mean.safetensors") == bytes("again.safetensors"))
        #expect(try bytes("mean.safetensors") != bytes(a))
        let scores = try tool.run("evaluate", "instances", "--model", "mean.safetensors", "--data", "data", "--json")
        #expect(scores.status == 0 && scores.json["objects"] as? Int == 6, "\(scores.messages)")

        for (files, expected) in [
            ([a], "two files of weights or more are needed, found 1"),
            ([a, "missing.safetensors"], "missing.safetensors"),
            ([a, "wide/weights.safetensors"], "wide/weights.safetensors"), ([a, "data/n0.png"], "data/n0.png"),
        ] {
            let result = try average(files, to: "none.safetensors")
            #expect(result.isOneLineFailure && result.messages.contains(expected), "\(files): \(result.messages)")
        }
        #expect(!tool.hasFile("none.safetensors"))
    }

    @Test("takes a dark gray picture for nuclei, and finds none where there are none")
    func black() throws {
        let tool = try Tool()
        defer { tool.remove() }
        try PNGFile.write(Image<UInt8>(width: 33, height: 20, channels: 1), to: tool.path("black.png"))
        let result = try tool.run("segment", "black.png", "--output", "out")
        #expect(result.status == 0 && result.output.contains("--model nuclei"), "\(result.messages)")
        #expect(try LabelMap.readPNG(tool.path("out/black_labels.png")).labels.allSatisfy { $0 == 0 })
    }

    @Test("trains on digits, scores their classes and names them in a picture")
    func digits() throws {
        let tool = try Tool()
        defer { tool.remove() }
        let trained = try tool.run("train", "digits", "--output", "d", "--steps", "3", "--width", "4", "--json")
        #expect(trained.status == 0 && trained.json["steps"] as? Int == 3, "\(trained.messages)")
        let scores = try tool.run(
            "evaluate", "instances", "--model", "d/weights.safetensors", "--scenes", "4", "--loops", "0,5", "--json")
        #expect(scores.status == 0, "\(scores.messages)")
        for key in ["mean_iou", "mean_iou_votes_loops_0", "ap_r_50_loops_5", "ap_r_vol_loops_5"] {
            #expect(scores.json[key] is Double, "\(key)")
        }
        try makeData(tool)
        let segmented = try tool.run("segment", "data/n0.png", "--output", "out", "--model", "d/weights.safetensors")
        #expect(segmented.status == 0 && segmented.output.contains("classes"), "\(segmented.messages)")
    }

    @Test("fails with one line on bad input")
    func badInput() throws {
        let tool = try Tool()
        defer { tool.remove() }
        try makeData(tool)
        try FileManager.default.createDirectory(atPath: tool.path("none"), withIntermediateDirectories: true)
        let cases: [([String], String)] = [
            (["train", "nuclei", "--data", "none", "--output", "o"], "ID_labels.png"),
            (["train", "nuclei", "--data", "absent", "--output", "o"], "absent"),
            (["train", "nuclei", "--data", "data", "--output", "o", "--start-from", "data/n0.png"], "n0.png"),
            (["train", "pedestrians", "--data", "data", "--output", "o", "--trunk", "data/n0.png"], "n0.png"),
            (["train", "things", "--data", "data", "--output", "o", "--trunk", "t"], "instances.json"),
            (["train", "digits", "--data", "data", "--output", "o"], "images.npy"),
            (["evaluate", "instances", "--model", "data/n0.png", "--data", "data"], "n0.png"),
            (["segment", "data/n0.png", "--output", "o", "--model", "color", "--augment"], "--augment"),
            (["segment", "data/n0.png", "--output", "o", "--model", "boundaries", "--augment"], "--augment"),
            (["segment", "data/n0.png", "--output", "o", "--task", "boundaries", "--augment"], "--augment"),
        ]
        for (arguments, text) in cases {
            let result = try tool.run(arguments: arguments)
            #expect(result.isOneLineFailure && result.messages.contains(text), "\(arguments): \(result.messages)")
        }
        for (arguments, text) in [
            (
                ["train", "nuclei", "--data", "data", "--output", "o", "--side", "20"],
                "--side must be a multiple of 16"
            ),
            (["evaluate", "instances", "--model", "nuclei", "--data", "data", "--loops", "1,many"], "--loops"),
            (["evaluate", "instances", "--model", "nuclei"], "--data"),
            (
                ["train", "nuclei", "--data", "data", "--output", "o", "--objects-per-visit", "0"],
                "--objects-per-visit"
            ),
            (["train", "digits", "--output", "o", "--objects-per-visit", "2"], "--objects-per-visit"),
            (["train", "pedestrians", "--data", "data", "--output", "o"], "--trunk"),
            (
                ["train", "pedestrians", "--data", "data", "--output", "o", "--trunk", "t", "--side", "48"],
                "--side must be a multiple of 32"
            ),
            (["train", "nuclei", "--data", "data", "--output", "o", "--trunk", "t"], "no residual trunk"),
        ] {
            let result = try tool.run(arguments: arguments)
            #expect(result.status != 0 && result.messages.contains(text), "\(arguments): \(result.messages)")
        }
        // A truncated label map ends a training that has begun, and leaves its checkpoint.
        let labels = try Data(contentsOf: URL(filePath: tool.path("data/n1_labels.png")))
        try labels.prefix(60).write(to: URL(filePath: tool.path("data/n1_labels.png")))
        let broken = try tool.run(
            arguments: [
                "train", "nuclei", "--data", "data", "--output", "broken", "--steps", "3", "--side", "32", "--width",
                "2",
            ])
        #expect(broken.isOneLineFailure && broken.messages.contains("n1_labels.png"), "\(broken.messages)")
        #expect(tool.hasFile("broken/checkpoint.safetensors"))
    }
}
