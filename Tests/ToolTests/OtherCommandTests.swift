import Foundation
import SphereData
import SphereKernels
import SphereRecipes
import TestSupport
import Testing

@Suite("sphereshift segment") struct SegmentCommandTests {
    @Test("writes labels, overlay, embedding and a report, and says so in JSON")
    func photographs() throws {
        let tool = try Tool()
        defer { tool.remove() }
        let folder = try BundledPhotographs.folder()
        let result = try tool.run(
            "segment", "\(folder)/chelsea.png", "\(folder)/rocket.jpg", "--output", "deep/out", "--working-side", "40",
            "--json")
        #expect(result.status == 0, "\(result.messages)")
        let rows = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]] ?? []
        #expect(rows.count == 2 && rows[0]["width"] as? Int == 451 && rows[1]["groups"] as? Int ?? 0 >= 1)
        for (name, size) in [("chelsea", (451, 300)), ("rocket", (640, 427))] {
            let labels = try LabelMap.readPNG(tool.path("deep/out/\(name)_labels.png"))
            #expect(labels.width == size.0 && labels.height == size.1 && labels.labels.contains(0))
            let overlay = try ImageFile.readRGB(tool.path("deep/out/\(name)_overlay.png"))
            #expect(overlay.width == size.0 && overlay.height == size.1)
            #expect(try ImageFile.readRGB(tool.path("deep/out/\(name)_embedding.png")).width == 40)
        }
        let report = try String(contentsOfFile: tool.path("deep/out/report.html"), encoding: .utf8)
        #expect(report.contains("chelsea") && report.contains("loop 1") && report.contains("data:image/png;base64,"))
    }

    @Test("fails with one line on bad input and leaves no file behind")
    func badInput() throws {
        let tool = try Tool()
        defer { tool.remove() }
        let folder = try BundledPhotographs.folder()
        let photograph = try Data(contentsOf: URL(filePath: "\(folder)/chelsea.png"))
        try photograph.prefix(photograph.count / 2).write(to: URL(filePath: tool.path("half.png")))
        try Data("no picture".utf8).write(to: URL(filePath: tool.path("text.png")))
        try Data("in the way".utf8).write(to: URL(filePath: tool.path("file")))
        let before = tool.files
        let cases: [(arguments: [String], expected: String)] = [
            (["missing.png", "--output", "out"], "missing.png"), (["half.png", "--output", "out"], "half.png"),
            (["text.png", "--output", "out"], "text.png"), (["\(folder)/chelsea.png"], "--output"),
            (["\(folder)/chelsea.png", "--output", "file/out"], "cannot be written"),
            (["a/x.png", "b/x.png", "--output", "out"], "two pictures are called 'x'"),
            (["\(folder)/chelsea.png", "--output", "out", "--color-bandwidth", "0"], "--color-bandwidth"),
            (["\(folder)/chelsea.png", "--output", "out", "--working-side", "100000"], "--working-side"),
        ]
        for (arguments, expected) in cases {
            let result = try tool.run(arguments: ["segment"] + arguments)
            #expect(result.isOneLineFailure && result.messages.contains(expected), "\(arguments): \(result.messages)")
        }
        #expect(tool.files == before)
    }
}

@Suite("sphereshift") struct RootCommandTests {
    @Test("explains itself and its subcommands with examples")
    func help() throws {
        let tool = try Tool()
        defer { tool.remove() }
        let help = try tool.run("--help")
        #expect(help.status == 0 && help.output.contains("Exit codes"))
        for command in ["group", "segment", "train", "evaluate", "verify", "benchmark", "demo"] {
            #expect(help.output.contains(command))
            let result = try tool.run(command, "--help")
            #expect(result.status == 0 && result.output.contains("Examples:"), "\(command)")
        }
        #expect(try tool.run("--version").output.hasPrefix("0."))
    }

    @Test("refuses unknown commands and options with one line")
    func unknown() throws {
        let tool = try Tool()
        defer { tool.remove() }
        #expect(try tool.run("fly").isOneLineFailure)
        #expect(try tool.run("verify", "--fast").isOneLineFailure)
        #expect(try tool.run("demo", "extra").isOneLineFailure)
    }

    @Test("demonstrates itself on the bundled photographs", .enabled(if: !keepsToSmallSizes, "too slow when emulated"))
    func demo() throws {
        let tool = try Tool()
        defer { tool.remove() }
        let result = try tool.run("demo", "--json")
        #expect(result.status == 0)
        let photographs = result.json["photographs"] as? [[String: Any]] ?? []
        #expect(photographs.count == BundledPhotographs.names.count)
        #expect(photographs.allSatisfy { $0["groups"] as? Int ?? 0 > 1 })
        let scenes = result.json["digit_scenes"] as? [[String: Int]] ?? []
        #expect(scenes.count == 4)
        // The background is a group; a digit may be missed or split.
        for scene in scenes { #expect(abs((scene["groups"] ?? 0) - 1 - (scene["digits"] ?? 99)) <= 2, "\(scene)") }
        let report = try String(contentsOfFile: tool.path("demo/report.html"), encoding: .utf8)
        #expect(report.contains("astronaut") && report.hasSuffix("</html>\n"))
    }

    @Test("verifies the accuracy table", .enabled(if: !keepsToSmallSizes, "too slow when emulated"))
    func verify() throws {
        let tool = try Tool()
        defer { tool.remove() }
        let set = InstructionSet.widest.rawValue
        let result = try tool.run("verify", "--json", "--instruction-set", set)
        #expect(result.status == 0 && result.json["holds"] as? Bool == true)
        let checks = result.json["checks"] as? [[String: Any]] ?? []
        #expect(checks.count > 30 && checks.allSatisfy { $0["instruction_set"] as? String == set })
    }
}

@Suite("sphereshift benchmark") struct BenchmarkCommandTests {
    @Test("times a family and reports the documented keys")
    func rows() throws {
        let tool = try Tool()
        defer { tool.remove() }
        let result = try tool.run("benchmark", "step", "-n", "200", "-d", "5", "--seconds", "0", "--json")
        #expect(result.status == 0, "\(result.messages)")
        let rows = result.json["rows"] as? [[String: Any]] ?? []
        // Each instruction set with every tile and with negligible ones skipped, and the naive twin.
        #expect(rows.count == 2 * InstructionSet.available.count + 1)
        for row in rows {
            for key in ["median_ms", "min_ms", "useful_gflops", "peak_gflops", "percent_of_peak"] {
                #expect(row[key] as? Double ?? 0 > 0, "\(key)")
            }
            #expect(row["n"] as? Int == 200 && row["d"] as? Int == 5)
        }
        let table = try tool.run("benchmark", "exp", "-n", "1000", "--seconds", "0")
        #expect(table.status == 0 && table.output.contains("naive"))
    }

    @Test("times one operation")
    func operation() throws {
        let tool = try Tool()
        defer { tool.remove() }
        let result = try tool.run(
            "benchmark", "norms", "--operation", "normalize", "-n", "99", "--seconds", "0", "--json")
        let rows = result.json["rows"] as? [[String: Any]] ?? []
        #expect(rows.count > 1 && rows.allSatisfy { $0["operation"] as? String == "normalize" })
    }

    @Test("times the loops of the recurrent layer and tells the memory")
    func loops() throws {
        let tool = try Tool()
        defer { tool.remove() }
        let result = try tool.run("benchmark", "loops", "-n", "300", "-d", "5", "--threads", "2", "--json")
        #expect(result.status == 0, "\(result.messages)")
        let times = result.json["times"] as? [String: Any] ?? [:]
        for key in ["forward", "backward", "peak_tensor_bytes", "peak_resident_bytes", "gradient_length"] {
            #expect(times[key] as? Double ?? 0 > 0, "\(key)")
        }
        #expect(result.json["points"] as? Int == 300 && result.json["loops"] as? Int == 10)
        #expect(try tool.run("benchmark", "loops", "-n", "300", "-d", "5").output.contains("10 loops of 300 points"))
    }

    @Test("takes turns: writes input and result, then times on demand")
    func turns() throws {
        let tool = try Tool()
        defer { tool.remove() }
        let arguments = ["benchmark", "sums", "-n", "120", "-m", "7", "-d", "5", "--turns", "new/folder"]
        let result = try tool.run(arguments: arguments, input: "sample\npeak\nsample\n")
        #expect(result.status == 0, "\(result.messages)")
        let lines = result.output.split(separator: "\n")
        #expect(lines.first == "ready \(InstructionSet.widest.rawValue)" && lines.count == 4)
        for line in lines.dropFirst() { #expect(Double(line) ?? 0 > 0, "\(line)") }
        for (name, rows, columns) in [("points", 120, 5), ("targets", 7, 5), ("result", 7, 1)] {
            let matrix = try NPYFile.readMatrix(tool.path("new/folder/\(name).npy")).matrix
            #expect(matrix.rows == rows && matrix.columns == columns, "\(name)")
        }
        let unknown = try tool.run(arguments: arguments, input: "dance\n")
        #expect(unknown.status == 1 && unknown.messages.contains("dance"))
    }

    @Test("fails with one line on bad input")
    func badInput() throws {
        let tool = try Tool()
        defer { tool.remove() }
        for arguments in [
            ["flight"], ["step", "-n", "0"], ["step", "--threads", "0"], ["cosine", "-n", "1000000"],
            ["cosine", "--operation", "step"], ["--operation", "step"], ["norms", "--turns", "folder"],
            ["cosine", "--operation", "symmetric_float32", "-n", "1000000"],
        ] {
            #expect(try tool.run(arguments: ["benchmark"] + arguments).isOneLineFailure, "\(arguments)")
        }
    }
}
