import Foundation
import SphereData
import Testing

@Suite("sphereshift evaluate") struct EvaluateCommandTests {
    private let folders = ["--truth", "truth", "--predictions", "predictions"]
    private let files = ["--truth", "truth.json", "--predictions", "predictions.json"]

    /// Runs a task on inputs that `write` makes; checks scores of JSON, table and report.
    private func check(
        _ task: String, _ arguments: [String], scores: [String: Double?], classes: [String: Double] = [:],
        classKey: String = "", hasCurve: Bool = false, write: (EvaluationFixture) throws -> Void
    ) throws {
        let tool = try Tool()
        defer { tool.remove() }
        try write(EvaluationFixture(tool: tool))
        let command = ["evaluate", task] + arguments
        let result = try tool.run(arguments: command + ["--json", "--report", "report.html"])
        #expect(result.status == 0 && result.messages.isEmpty, "\(command): \(result.messages)")
        let json = result.json
        #expect(json["task"] as? String == task && json["images"] as? Int == 1)
        for (key, expected) in scores {
            if let expected {
                let value = try #require(json[key] as? Double, "\(task): \(key)")
                #expect(abs(value - expected) < 1e-12, "\(task), \(key): \(value), expected \(expected)")
            } else {
                #expect(json[key] is NSNull && (json["undefined"] as? [String: String])?[key] != nil, "\(task): \(key)")
            }
        }
        let perClass = json["per_class"] as? [[String: Any]] ?? []
        for (name, expected) in classes {
            let row = try #require(perClass.first { $0["name"] as? String == name }, "\(task): class \(name)")
            #expect(abs((row[classKey] as? Double ?? -1) - expected) < 1e-12, "\(task), \(name): \(row)")
        }
        let perImage = json["per_image"] as? [[String: Any]] ?? []
        #expect(perImage.count == 1 && perImage[0].count > 1, "\(task): \(perImage)")
        #expect((json["settings"] as? [String: String])?["truth"] == arguments[1])

        let report = try String(contentsOfFile: tool.path("report.html"), encoding: .utf8)
        #expect(report.contains("Images") && report.hasSuffix("</html>\n"))
        #expect(report.contains("Classes") == !classes.isEmpty, "\(task)")
        if hasCurve { #expect(report.contains("<svg") && report.contains("Precision and recall"), "\(task)") }

        let table = try tool.run(arguments: command)
        #expect(table.status == 0 && table.output.contains(", 1 image") && !table.output.contains("{"), "\(task)")
        let short = try tool.run(arguments: command + ["--no-images", "--json"])
        #expect(short.json["per_image"] == nil && short.json["task"] as? String == task)
    }

    @Test("coco: reaches 3/4 and 1, of the thresholds 6 and 10")
    func coco() throws {
        try check(
            "coco", files,
            scores: [
                "ap": 0.8, "ap50": 1, "ap75": 1, "ar1": 0.8, "ar10": 0.8, "ar100": 0.8, "ap_small": 0.8,
                "ap_large": nil,
                "ar_medium": nil, "truth_objects": 2, "detections": 2,
            ], classes: ["leaf": 0.6, "stone": 1], classKey: "ap", hasCurve: true
        ) { try $0.writeInstances() }
    }

    @Test("coco: takes other numbers of detections, and all objects for one class")
    func cocoOptions() throws {
        let tool = try Tool()
        defer { tool.remove() }
        let fixture = EvaluationFixture(tool: tool)
        try fixture.writeInstances()
        // Classes exchanged: nothing is right but the places.
        try fixture.writeDetections([(1, 7, 0.9), (2, 3, 0.8)])
        let wrong = try tool.run(arguments: ["evaluate", "coco"] + files + ["--json"])
        #expect(wrong.json["ap"] as? Double == 0 && wrong.json["ar100"] as? Double == 0)
        let agnostic = try tool.run(
            arguments: ["evaluate", "coco"] + files + ["--json", "--class-agnostic", "--max-detections", "1,1000"])
        #expect(agnostic.json["ap50"] as? Double == 1 && agnostic.json["ar1000"] as? Double == 0.8)
        // The better score reaches 3/4 only, and one object of two.
        #expect(abs((agnostic.json["ar1"] as? Double ?? -1) - 0.3) < 1e-12 && agnostic.json["per_class"] == nil)
        for numbers in ["0,1", "10,1", "1,,2", "x"] {
            let refused = try tool.run(arguments: ["evaluate", "coco"] + files + ["--max-detections", numbers])
            #expect(refused.isOneLineFailure && refused.messages.contains("--max-detections"))
        }
    }

    @Test("voc: above 0.1 to 0.7, and above 0.1 to 0.9")
    func voc() throws {
        try check(
            "voc", files, scores: ["ap_r_vol": 8.0 / 9, "ap_r_50": 1, "ap_r_70": 1, "ap_r_80": 0.5],
            classes: ["leaf": 7.0 / 9, "stone": 1], classKey: "ap_r_vol", hasCurve: true
        ) { try $0.writeInstances() }
    }

    @Test("cityscapes: above 0.5 to 0.7, and above 0.5 to 0.95")
    func cityscapes() throws {
        try check(
            "cityscapes", folders + ["--smallest-object", "1"], scores: ["ap": 0.75, "ap50": 1],
            classes: ["person": 0.5, "car": 1], classKey: "ap", hasCurve: true
        ) { try $0.writeCityscapes() }
    }

    @Test("panoptic: the mean of 3/4 and 1, of numbers in three channels")
    func panoptic() throws {
        try check(
            "panoptic", files,
            scores: ["pq": 0.875, "sq": 0.875, "rq": 1, "pq_things": 0.75, "pq_stuff": 1],
            classes: ["leaf": 0.75, "sky": 1], classKey: "pq"
        ) { try $0.writePanoptic() }
    }

    @Test("miou: the mean of 27/30, 3/4 and 1")
    func meanIntersectionOverUnion() throws {
        try check(
            "miou", folders + ["--classes", "4"],
            scores: ["miou": (0.9 + 0.75 + 1) / 3, "pixel_accuracy": 45.0 / 48, "mean_accuracy": 2.75 / 3],
            classes: ["0": 0.9, "1": 0.75, "2": 1], classKey: "iou"
        ) { try $0.writeLabelMaps() }
    }

    @Test("clustering: dice and unions of two objects")
    func clustering() throws {
        try check(
            "clustering", folders,
            scores: [
                "symmetric_best_dice": (18.0 / 21 + 1) / 2, "foreground_dice": 36.0 / 39, "abs_dic": 0,
                "mean_best_iou": 0.875, "covering_foreground": (12 * 0.75 + 9) / 21,
            ]
        ) { try $0.writeLabelMaps() }
    }

    @Test("objects: 18 pixels of 18 and of 21")
    func objects() throws {
        for rule in ["uois", "ucn"] {
            try check(
                "objects", folders + ["--boundary-rule", rule],
                scores: [
                    "overlap_precision": 1, "overlap_recall": 18.0 / 21, "overlap_f": 36.0 / 39,
                    "boundary_precision": 1,
                    "detected_share": 1,
                ]
            ) { try $0.writeLabelMaps() }
        }
    }

    @Test("proposals: from label maps and from files, in both readings")
    func proposals() throws {
        // Twice the mean of 1/4 and 1/2, but for the step of 0.001 of the integral.
        for arguments in [folders, files] {
            try check("proposals", arguments, scores: ["ar1000": 0.8, "mean_best_iou": 0.875, "truth_objects": 2]) {
                try arguments == folders ? $0.writeLabelMaps() : $0.writeInstances()
            }
        }
        let tool = try Tool()
        defer { tool.remove() }
        try EvaluationFixture(tool: tool).writeLabelMaps()
        let result = try tool.run(
            arguments: ["evaluate", "proposals"] + folders + ["--score", "area", "--json", "--report", "r.html"])
        #expect(abs((result.json["hosang_ar1000"] as? Double ?? -1) - 0.75) < 1e-3)
        let report = try String(contentsOfFile: tool.path("r.html"), encoding: .utf8)
        #expect(report.contains("Recall by intersection over union") && report.contains("by number of proposals"))
    }

    @Test("boundaries: half of the lines from one threshold on", arguments: ["exact", "published"])
    func boundaries(matching: String) throws {
        try check(
            "boundaries", folders + ["--matching", matching],
            scores: [
                "ods_f": 1, "ois_f": 1, "ap": 0.51, "r50": 1, "ods_threshold": 0.01, "ods_recall": 1,
                "ods_precision": 1,
            ], hasCurve: true
        ) { try $0.writeBoundaries() }
    }

    @Test("boundaries and regions: from contours of double size")
    func contours() throws {
        let contours = ["--truth", "truth", "--predictions", "contours", "--format", "ucm2"]
        try check("boundaries", contours, scores: ["ods_f": 1, "ois_f": 1, "ods_threshold": 0.01], hasCurve: true) {
            try $0.writeRegions()
        }
        try check("regions", contours, scores: ["covering_ods": 1, "covering_best": 1, "pri_ods": 1, "voi_ois": 0]) {
            try $0.writeRegions()
        }
        try check("regions", folders, scores: ["covering_ods": 1, "pri_ois": 1, "voi_ods": 0]) { try $0.writeRegions() }
    }

    @Test("keeps nothing between runs: new files of the same names have new scores")
    func noCache() throws {
        let tool = try Tool()
        defer { tool.remove() }
        try EvaluationFixture(tool: tool).writeLabelMaps()
        let arguments = ["evaluate", "clustering"] + folders + ["--json"]
        #expect(try tool.run(arguments: arguments).json["mean_best_iou"] as? Double == 0.875)
        try EvaluationFixture.truth.writeNPY(to: tool.path("predictions/a_labels.npy"))
        #expect(try tool.run(arguments: arguments).json["mean_best_iou"] as? Double == 1)
        #expect(tool.files == ["truth", "predictions"])
    }

    @Test("explains every task with examples")
    func help() throws {
        let tool = try Tool()
        defer { tool.remove() }
        let help = try tool.run("evaluate", "--help")
        for task in [
            "coco", "voc", "cityscapes", "panoptic", "miou", "clustering", "objects", "proposals", "boundaries",
            "regions",
        ] {
            #expect(help.output.contains("  \(task)"))
            let result = try tool.run("evaluate", task, "--help")
            #expect(result.status == 0 && result.output.contains("Examples:"), "\(task)")
        }
    }
}
