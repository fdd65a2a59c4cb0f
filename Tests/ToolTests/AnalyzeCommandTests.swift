import Foundation
import SphereData
import TestSupport
import Testing

@Suite("sphereshift analyze", .enabled(if: !keepsToSmallSizes, "too slow when emulated"))
struct AnalyzeCommandTests {
    /// Bright squares side by side on a dark ground, of other sizes and at other places in every picture.
    private func makeData(_ tool: Tool, pictures: Int = 3) throws {
        try FileManager.default.createDirectory(atPath: tool.path("data"), withIntermediateDirectories: true)
        for number in 0..<pictures {
            var labels = LabelMap(width: 56, height: 48, labels: [Int32](repeating: 0, count: 56 * 48))
            for y in 4..<14 + 2 * number {
                for x in 3..<13 + number { labels[x, y] = 1 }
                for x in 13 + number..<24 { labels[x, y] = 2 }
            }
            for y in 30..<42 { for x in 34 - number..<46 { labels[x, y] = 3 } }
            let samples = labels.labels.map { UInt8($0 == 0 ? 5 : 100 + 40 * $0) }
            try PNGFile.write(
                Image(width: 56, height: 48, channels: 1, samples: samples), to: tool.path("data/n\(number).png"))
            try labels.writePNG(to: tool.path("data/n\(number)_labels.png"))
        }
    }

    @Test("prints its numbers and writes the report and the figures")
    func wholeWay() throws {
        let tool = try Tool()
        defer { tool.remove() }
        try makeData(tool)
        let result = try tool.run(
            "analyze", "--model", "nuclei", "--data", "data", "--output", "a.html", "--figures", "figures", "--json")
        #expect(result.status == 0, "\(result.messages)")
        #expect(result.json["objects"] as? Int == 9 && result.json["images"] as? Int == 3)
        let predictions = result.json["predictions"] as? [[String: Any]] ?? []
        #expect(predictions.compactMap { $0["target"] as? String } == ["log_area", "x", "y", "phase"])
        let measures = result.json["measures"] as? [String: Double] ?? [:]
        #expect(measures["place_error"] ?? -1 >= 0 && measures["remaining_deviation"] != nil)
        let focus = result.json["focus"] as? [[String: Any]] ?? []
        #expect(focus.compactMap { $0["loops"] as? Int } == [0, 1, 2, 5])
        for row in focus {
            for key in ["border_gradient", "border_pixels", "half_of_gradient"] {
                let value = row[key] as? Double ?? -1
                #expect((0...1).contains(value), "\(key)")
            }
        }
        let loops = result.json["loops"] as? [[String: Any]] ?? []
        #expect(loops.compactMap { $0["loops"] as? Int } == [0, 1, 2, 3, 5, 10])
        let report = try String(contentsOfFile: tool.path("a.html"), encoding: .utf8)
        #expect(report.contains("Focus of the gradient") && report.contains("<svg"))
        for file in ["loops.svg", "predicted-log-area.svg", "gradient-pictures.png", "embedding-loops.png"] {
            #expect(tool.hasFile("figures/\(file)"), "\(file)")
        }

        let table = try tool.run("analyze", "--model", "nuclei", "--data", "data", "--limit", "2", "--threads", "1")
        #expect(table.status == 0 && table.output.contains("6 objects in 2 images"), "\(table.messages)")
        #expect(tool.hasFile("analysis.html"))
    }

    @Test("fails with one line on bad input, before anything is written")
    func badInput() throws {
        let tool = try Tool()
        defer { tool.remove() }
        try makeData(tool, pictures: 1)
        try FileManager.default.createDirectory(atPath: tool.path("none"), withIntermediateDirectories: true)
        let model = ["analyze", "--model", "nuclei", "--data"]
        let cases: [([String], String)] = [
            (model + ["absent"], "absent"), (model + ["none"], "ID_labels.png"),
            (model + ["data"], "objects in 1 of the pictures"),
            (["analyze", "--model", "data/n0.png", "--data", "data"], "n0.png"),
            (model + ["data", "--output", "none"], "is a directory"),
            (model + ["data", "--figures", "data/n0.png"], "n0.png"),
            (model + ["data", "--limit", "1"], "--limit must be 2 or more"),
            (model + ["data", "--margin", "1"], "--margin must be in (0, 1)"),
            (model + ["data", "--positive-weight", "0"], "--positive-weight"),
            (["analyze", "--data", "data"], "--model"),
        ]
        for (arguments, text) in cases {
            let result = try tool.run(arguments: arguments)
            #expect(result.status != 0 && result.messages.contains(text), "\(arguments): \(result.messages)")
            #expect(!tool.hasFile("analysis.html"), "\(arguments)")
        }
        for arguments in cases.prefix(4).map(\.0) {
            #expect(try tool.run(arguments: arguments).isOneLineFailure, "\(arguments)")
        }
    }
}
