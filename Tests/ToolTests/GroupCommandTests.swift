import Foundation
import SphereData
import SphereKernels
import SphereReference
import TestSupport
import Testing

@Suite("sphereshift group") struct GroupCommandTests {
    /// 300 points in 3 clusters as an .npy file of the given shape.
    private func writePoints(_ tool: Tool, _ name: String, shape: [Int] = [300, 4], scale: Float = 1) throws {
        var generator = SeededGenerator(seed: 1)
        let points = generator.clusteredRows(300, dimension: 4, clusters: 3, noise: 0.05)
        try NPYFile.write(NPYArray(shape: shape, elements: points.elements.map { $0 * scale }), to: tool.path(name))
    }

    @Test("prints a table, or JSON with the documented keys")
    func summary() throws {
        let tool = try Tool()
        defer { tool.remove() }
        try writePoints(tool, "points.npy")
        let table = try tool.run("group", "points.npy", "--concentration", "100")
        #expect(table.status == 0 && table.output.contains("300 points of dimension 4: 3 groups"))
        let result = try tool.run("group", "points.npy", "--concentration", "100", "--json")
        #expect(result.json["groups"] as? Int == 3)
        #expect((result.json["sizes"] as? [Int])?.reduce(0, +) == 300)
        #expect(result.json["certified_angle"] as? Double == 0)
        #expect(result.json["iterations"] as? Int ?? 0 > 0)
        #expect(result.json["seconds"] as? Double ?? -1 >= 0)
        #expect(result.messages.isEmpty)
    }

    @Test("writes labels, modes, shifted points and scores")
    func outputs() throws {
        let tool = try Tool()
        defer { tool.remove() }
        try writePoints(tool, "points.npy")
        let result = try tool.run(
            "group", "points.npy", "--bandwidth", "0.1", "--labels", "l.npy", "--modes", "m.npy", "--shifted", "x.npy",
            "--scores", "s.npy")
        #expect(result.status == 0)
        let labels = try NPYFile.read(tool.path("l.npy"), as: Int32.self)
        #expect(labels.shape == [300] && Set(labels.elements) == [0, 1, 2])
        #expect(try NPYFile.readMatrix(tool.path("m.npy")).matrix.rows == 3)
        #expect(try NPYFile.readMatrix(tool.path("x.npy")).spatialShape == [300])
        #expect(try NPYFile.read(tool.path("s.npy"), as: Float.self).shape == [3])
    }

    @Test("writes the labels of an embedding picture as a picture")
    func picture() throws {
        let tool = try Tool()
        defer { tool.remove() }
        try writePoints(tool, "points.npy", shape: [15, 20, 4])
        let result = try tool.run(
            "group", "points.npy", "--concentration", "100", "--labels", "l.png", "--shifted", "x.npy")
        #expect(result.status == 0)
        let map = try LabelMap.readPNG(tool.path("l.png"))
        #expect(map.width == 20 && map.height == 15 && Set(map.labels) == [0, 1, 2])
        #expect(try NPYFile.readMatrix(tool.path("x.npy")).spatialShape == [15, 20])
    }

    @Test("takes rows of any length with --normalize and refuses them without")
    func lengths() throws {
        let tool = try Tool()
        defer { tool.remove() }
        try writePoints(tool, "points.npy", scale: 7)
        #expect(try tool.run("group", "points.npy", "--normalize", "--json").json["groups"] as? Int == 3)
        let refused = try tool.run("group", "points.npy")
        #expect(refused.isOneLineFailure && refused.messages.contains("row 0 has the length 7"))
        #expect(try tool.run("group", "points.npy", "--center", "--json").status == 0)
    }

    @Test(
        "takes every instruction set, seeds, step sizes and read-out options",
        arguments: [
            ["--seeds", "20"], ["--step-size", "0.5"], ["--iterations", "4"], ["--margin", "0.97"],
            ["--merge-cosine", "0.9"], ["--minimum-size", "5"],
            ["--minimum-size", "5", "--small-groups", "unlabelled"],
            ["--keep-fragments"], ["--threads", "1"], ["--instruction-set", "baseline"], ["--concentration", "auto"],
        ])
    func options(arguments: [String]) throws {
        let tool = try Tool()
        defer { tool.remove() }
        try writePoints(tool, "points.npy")
        let kernel = arguments[0] == "--margin" || arguments[0] == "--concentration" ? [] : ["--concentration", "100"]
        let all = ["group", "points.npy", "--json"] + kernel + arguments
        let result = try tool.run(arguments: all)
        #expect(result.status == 0 && result.json["groups"] as? Int == 3, "\(arguments): \(result.messages)")
    }

    @Test("fails with one line on bad input and leaves no file behind")
    func badInput() throws {
        let tool = try Tool()
        defer { tool.remove() }
        func write(_ name: String, _ shape: [Int], _ elements: [Float]) throws {
            try NPYFile.write(NPYArray(shape: shape, elements: elements), to: tool.path(name))
        }
        try writePoints(tool, "good.npy")
        try write("nan.npy", [2, 2], [1, 0, .nan, 1])
        try write("zero.npy", [2, 2], [1, 0, 0, 0])
        try write("no-rows.npy", [0, 3], [])
        try write("no-columns.npy", [3, 0], [])
        try write("rank-1.npy", [3], [1, 2, 3])
        let bytes = try Data(contentsOf: URL(filePath: tool.path("good.npy")))
        try bytes.prefix(bytes.count / 2).write(to: URL(filePath: tool.path("truncated.npy")))
        try Data("hello, this is no array".utf8).write(to: URL(filePath: tool.path("text.npy")))
        try Data().write(to: URL(filePath: tool.path("empty.npy")))
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000, 64), }"
        let padded = header + String(repeating: " ", count: 117 - header.count) + "\n"
        try (Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, 118, 0]) + Data(padded.utf8))
            .write(to: URL(filePath: tool.path("huge.npy")))
        let before = tool.files

        let cases: [(arguments: [String], expected: String)] = [
            (["missing.npy"], "missing.npy: cannot be opened"),
            (["text.npy"], "text.npy"), (["empty.npy"], "empty.npy"), (["truncated.npy"], "truncated.npy"),
            (["huge.npy"], "huge.npy"), (["."], "regular file"),
            (["nan.npy", "--normalize"], "row 1, column 0 is nan"),
            (["zero.npy", "--normalize"], "row 1 is the zero vector"),
            (["no-rows.npy"], "has no points to group"), (["no-columns.npy"], "has no points to group"),
            (["rank-1.npy"], "shape (N, D) or (H, W, D)"),
            (["good.npy", "--labels", "missing/l.npy"], "cannot be written"),
            (["good.npy", "--labels", "l.txt"], ".npy or .png"),
            (["good.npy", "--labels", "l.png"], "shape (H, W, D)"),
            (["good.npy", "--unknown"], "Unknown option"), ([], "Missing expected argument"),
            (["good.npy", "--concentration", "many"], "found 'many'"),
            (["good.npy", "--concentration", "0"], "found '0'"),
            (["good.npy", "--concentration", "9", "--bandwidth", "1"], "name the same number"),
            (["good.npy", "--bandwidth", "0"], "--bandwidth"), (["good.npy", "--margin", "1"], "--margin"),
            (["good.npy", "--iterations", "three"], "three"), (["good.npy", "--step-size", "2"], "found 2.0"),
            (["good.npy", "--concentration", "1e-300"], "found '1e-300'"),
            (["good.npy", "--coarse-concentration", "1e-300"], "--coarse-concentration must be in [1e-6"),
            (["good.npy", "--threads", "9223372036854775807"], "--threads must be in 1...1024"),
            (["good.npy", "--labels", "x.npy", "--shifted", "x.npy"], "two results would be written to 'x.npy'"),
            (["good.npy", "--threads", "0"], "--threads"), (["good.npy", "--seeds", "0"], "--seeds"),
            (["good.npy", "--instruction-set", "mmx"], "unknown instruction set 'mmx'"),
            (["good.npy", "--merge-cosine", "nan"], "--merge-cosine"),
        ]
        for (arguments, expected) in cases {
            let result = try tool.run(arguments: ["group"] + arguments)
            #expect(result.isOneLineFailure && result.messages.contains(expected), "\(arguments): \(result.messages)")
        }
        #expect(tool.files == before)
        let environment = try tool.run("group", "good.npy", environment: ["SPHERESHIFT_INSTRUCTION_SET": "mmx"])
        #expect(environment.isOneLineFailure && environment.messages.contains("SPHERESHIFT_INSTRUCTION_SET"))
    }
}
