import Foundation
import SphereData
import Testing

@Suite("sphereshift evaluate, bad input") struct EvaluateFailureTests {
    private let folders = ["--truth", "truth", "--predictions", "predictions"]
    private let files = ["--truth", "truth.json", "--predictions", "predictions.json"]

    /// Runs `task`, which has to fail with one line that contains `expected`, and leave no file behind.
    private func fails(_ tool: Tool, _ task: String, _ arguments: [String], _ expected: String) throws {
        let before = tool.files
        let result = try tool.run(arguments: ["evaluate", task] + arguments + ["--report", "report.html", "--json"])
        #expect(
            result.isOneLineFailure && result.messages.contains(expected),
            "\(task) \(arguments): expected '\(expected)', found '\(result.messages)'")
        #expect(tool.files == before, "\(task) \(arguments)")
    }

    private func withTool(_ body: (Tool, EvaluationFixture) throws -> Void) throws {
        let tool = try Tool()
        defer { tool.remove() }
        try body(tool, EvaluationFixture(tool: tool))
    }

    @Test("label maps: sizes, missing files, empty folders, files that are none")
    func labelMaps() throws {
        for task in ["clustering", "objects", "proposals", "miou"] {
            let more = task == "miou" ? ["--classes", "4"] : []
            try withTool { tool, fixture in
                try fixture.writeLabelMaps()
                try fixture.makeFolders("empty")
                try fails(tool, task, ["--truth", "nowhere", "--predictions", "predictions"] + more, "nowhere")
                try fails(
                    tool, task, ["--truth", "empty", "--predictions", "predictions"] + more,
                    "empty: expected label maps")
                try fails(tool, task, ["--truth", "truth", "--predictions", "empty"] + more, "a.png")
                try EvaluationFixture.map(width: 6, height: 8) { _, _ in 1 }
                    .writeNPY(to: tool.path("predictions/a_labels.npy"))
                try fails(
                    tool, task, folders + more, "predictions/a: the ground truth has 8 x 6 pixels, the prediction 6 x 8"
                )
                try fixture.write("no array", to: "predictions/a_labels.npy")
                try fails(tool, task, folders + more, "predictions/a_labels.npy")
            }
        }
        try withTool { tool, fixture in
            try fixture.writeLabelMaps()
            try fails(tool, "miou", folders + ["--classes", "2"], "a class of 0 to 1")
            try EvaluationFixture.map { _, _ in 255 }.writePNG(to: tool.path("truth/a.png"))
            try fails(tool, "miou", folders + ["--classes", "4"], "truth: no score has a value: no pixels")
            try EvaluationFixture.map { _, _ in 0 }.writePNG(to: tool.path("truth/a.png"))
            try fails(tool, "proposals", folders, "truth: no score has a value: the ground truth has no object")
            // Something is right to say about a map without objects.
            #expect(try tool.run(arguments: ["evaluate", "clustering"] + folders).status == 0)
        }
    }

    @Test(
        "COCO files: malformed masks, sizes, unknown images and classes, empty ground truth",
        arguments: ["coco", "voc", "proposals"])
    func instances(task: String) throws {
        try withTool { tool, fixture in
            try fixture.writeInstances()
            try fails(
                tool, task, ["--truth", "truth.json", "--predictions", "none.json"], "none.json: cannot be opened")
            for (mask, expected) in [
                (#"{"size": [6, 8], "counts": [3, 3, 43]}"#, "the runs reach 49 pixels of 48"),
                (#"{"size": [6, 8], "counts": [3, 3, 41]}"#, "the runs end at 47 of 48 pixels"),
                (#"{"size": [6, 8], "counts": [3, -3, 48]}"#, "expected counts: a length"),
                (#"{"size": [6, 8], "counts": "3~"}"#, "character 1 of the text is no part of a number"),
                (#"{"size": [6, 8], "counts": "3o"}"#, "the text ends inside of a number"),
                (#"{"size": [8, 6], "counts": [3, 3, 42]}"#, "expected a size of [6, 8]"),
                (#"{"size": [6, 8]}"#, "expected counts"), ("[[1, 2, 3]]", "expected a mask"),
                ("[]", "a polygon or more"),
                (#""mask""#, "a segmentation: an object"),
            ] {
                try fixture.write(
                    #"[{"image_id": 0, "category_id": 3, "score": 1, "segmentation": \#(mask)}]"#,
                    to: "predictions.json")
                try fails(tool, task, files, expected)
            }
            let mask = #"{"size": [6, 8], "counts": [0, 48]}"#
            for (text, expected) in [
                (#"[{"image_id": 5, "category_id": 3, "score": 1, "segmentation": \#(mask)}]"#, "which has 5"),
                (#"[{"image_id": 0, "category_id": 5, "score": 1, "segmentation": \#(mask)}]"#, "which has 5"),
                (#"[{"image_id": 0, "category_id": 3, "segmentation": \#(mask)}]"#, "score"),
                (#"[{"image_id": 0, "category_id": 3, "score": NaN, "segmentation": \#(mask)}]"#, "score: a number"),
                (#"[{"image_id": 0, "cat"#, "the end of the file"), ("{}", "an array of detections"),
                ("", "the end of the file"),
            ] {
                try fixture.write(text, to: "predictions.json")
                try fails(tool, task, files, expected)
            }
            try fixture.writeInstances()
            let huge =
                #"{"images": [{"id": 0, "width": 4000000000000, "height": 4000000000000}], "annotations": [{"image_id": 0, "category_id": 3, "segmentation": "#
            for (text, expected) in [
                (huge + #"[[1, 1, 3, 1, 3, 3]]}]}"#, "at most 2^31 pixels"),
                (huge + #"{"size": [4000000000000, 4000000000000], "counts": [3]}}]}"#, "at most 2^31 pixels"),
                (#"{"images": [], "annotations": []}"#, "truth.json: has no images"),
                (#"{"images": []}"#, "an object with 'images' and 'annotations'"),
            ] {
                try fixture.write(text, to: "truth.json")
                try fixture.write("[]", to: "predictions.json")
                try fails(tool, task, files, expected)
            }
            try fixture.write(
                #"{"images": [{"id": 0, "width": 8, "height": 6}], "categories": [{"id": 3}], "annotations": []}"#,
                to: "truth.json")
            try fails(tool, task, files, "truth.json: no score has a value: the ground truth has no object that counts")
        }
    }

    @Test("panoptic files: numbers that are not listed, sizes, missing images and pictures")
    func panoptic() throws {
        try withTool { tool, fixture in
            try fixture.writePanoptic()
            let listed = try String(contentsOfFile: tool.path("predictions.json"), encoding: .utf8)
            try fixture.write(listed.replacing("\"id\": 300", with: "\"id\": 301"), to: "predictions.json")
            try fails(tool, "panoptic", files, "image 0: label 300 in the map of the prediction")
            try fixture.write(listed.replacing("\"image_id\": 0", with: "\"image_id\": 1"), to: "predictions.json")
            try fails(tool, "panoptic", files, "predictions.json: expected image 0, found none")
            try fixture.write(
                listed.replacing("\"category_id\": 2", with: "\"category_id\": 9"), to: "predictions.json")
            try fails(tool, "panoptic", files, "expected a category of truth.json, found 9")
            try fixture.write(listed.replacing("a.png", with: "b.png"), to: "predictions.json")
            try fails(tool, "panoptic", files, "predictions/b.png")
            let annotation = listed[listed.range(of: "[{\"image_id\"")!.lowerBound...].dropFirst().dropLast(2)
            try fixture.write("{\"annotations\": [\(annotation), \(annotation)]}", to: "predictions.json")
            try fails(tool, "panoptic", files, "an image of its own in the annotation before, 0 was there")
            try fixture.write(listed, to: "predictions.json")
            try fixture.write(#"{"annotations": []}"#, to: "truth.json")
            try fails(tool, "panoptic", files, "truth.json: has no images")
            try fixture.writePanoptic()
            try PNGFile.write(
                Image(width: 2, height: 1, channels: 3, samples: [UInt8](repeating: 0, count: 6)),
                to: tool.path("predictions/a.png"))
            try fails(tool, "panoptic", files, "the ground truth has 8 x 6 pixels, the prediction 2 x 1")
        }
    }

    @Test("cityscapes: lists that are missing, doubled or malformed, and masks of another size")
    func cityscapes() throws {
        try withTool { tool, fixture in
            try fixture.writeCityscapes()
            // A longer name is another image's.
            try FileManager.default.moveItem(
                atPath: tool.path("predictions/a_pred.txt"), toPath: tool.path("predictions/a1.txt"))
            try fails(tool, "cityscapes", folders, "expected one file a*.txt, found none")
            try fixture.writeCityscapes()
            try fixture.write("", to: "predictions/a.txt")
            try fails(tool, "cityscapes", folders, "found a.txt, a_pred.txt")
            try FileManager.default.removeItem(atPath: tool.path("predictions/a.txt"))
            try fixture.write("a_1.png 24 0.9\na_2.png car 0.5\n", to: "predictions/a_pred.txt")
            try fails(tool, "cityscapes", folders, "line 2: expected 'mask class confidence'")
            try fixture.write("a_1.png 24 0.9\r\na_2.png 24 many\r\n", to: "predictions/a_pred.txt")
            try fails(tool, "cityscapes", folders, "line 2: expected 'mask class confidence', found 'a_2.png 24 many'")
            try fixture.write("a_9.png 24 0.9\n", to: "predictions/a_pred.txt")
            try fails(tool, "cityscapes", folders, "predictions/a_9.png")
            try fixture.writeCityscapes()
            try EvaluationFixture.map(width: 6, height: 8) { _, _ in 1 }.writePNG(to: tool.path("predictions/a_1.png"))
            try fails(tool, "cityscapes", folders, "expected 8 x 6 pixels, found 6 x 8")
            try fixture.writeCityscapes()
            // Objects of fewer than 100 pixels are not looked for.
            try fails(tool, "cityscapes", folders, "truth: no score has a value")
            try fixture.makeFolders("empty")
            try fails(
                tool, "cityscapes", ["--truth", "empty", "--predictions", "predictions"], "NAME_gtFine_instanceIds.png")
        }
    }

    @Test("boundaries and regions: sizes, annotators and levels that do not fit, empty ground truth")
    func boundaries() throws {
        try withTool { tool, fixture in
            try fixture.writeBoundaries()
            try fixture.makeFolders("empty")
            try fails(tool, "boundaries", ["--truth", "empty", "--predictions", "predictions"], "NAME_gt0_bdry.png")
            try fails(tool, "boundaries", ["--truth", "truth", "--predictions", "empty"], "a_pb.png")
            try EvaluationFixture.map { _, _ in 1 }.writePNG(to: tool.path("predictions/a.png"))
            try fails(
                tool, "boundaries", folders,
                "predictions/a.png: the ground truth has 20 x 20 pixels, the prediction 8 x 6")
            try fails(tool, "regions", folders, "a_gt0_seg.png")
            try fails(tool, "boundaries", folders + ["--format", "ucm2"], "bits")
            // No number of an annotator.
            try fixture.makeFolders("strange")
            for number in ["-1", "9223372036854775807", "x"] {
                try EvaluationFixture.map { _, _ in 1 }.writePNG(to: tool.path("strange/a_gt\(number)_seg.png"))
            }
            try fails(tool, "boundaries", ["--truth", "strange", "--predictions", "predictions"], "found none")
            for (option, value) in [
                ("--thresholds", "1"), ("--tolerance", "0"), ("--matching", "random"), ("--format", "mat"),
            ] {
                try fails(tool, "boundaries", folders + [option, value], option)
            }
            try fixture.writeBoundaries()
            try EvaluationFixture.map(width: 20, height: 20) { _, _ in 0 }.writePNG(
                to: tool.path("truth/a_gt0_bdry.png"))
            try fails(
                tool, "boundaries", folders, "truth: no score has a value: the ground truth has no object that counts")
        }
        try withTool { tool, fixture in
            try fixture.writeRegions()
            try PNGFile.write(
                Image(width: 17, height: 13, channels: 1, samples: [UInt8](repeating: 100, count: 221)),
                to: tool.path("contours/a.png"))
            let contours = ["--truth", "truth", "--predictions", "contours", "--format", "ucm2"]
            for task in ["boundaries", "regions"] { try fails(tool, task, contours, "a level of 0 to 99, found 100") }
            try EvaluationFixture.map(width: 6, height: 8) { _, _ in 1 }.writePNG(to: tool.path("predictions/a.png"))
            try fails(tool, "regions", folders, "8 x 6")
        }
    }

    @Test("reports where none can be written are refused before the work")
    func report() throws {
        try withTool { tool, fixture in
            try fixture.writeLabelMaps()
            for path in ["nowhere/report.html", "truth"] {
                let result = try tool.run(arguments: ["evaluate", "clustering"] + folders + ["--report", path])
                #expect(result.isOneLineFailure && result.messages.contains(path))
            }
            #expect(try tool.run(arguments: ["evaluate", "clustering", "--truth", "truth"]).isOneLineFailure)
            #expect(try tool.run(arguments: ["evaluate", "chess"] + folders).isOneLineFailure)
        }
    }
}
