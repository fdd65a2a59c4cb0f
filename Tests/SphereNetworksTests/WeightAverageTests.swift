import Foundation
import SphereData
import SphereNetworks
import SphereTensor
import Testing

@Suite struct WeightAverageTests {
    /// A folder of its own, removed afterwards.
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weights-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test("is the mean of every element, with the texts of the header")
    func mean() throws {
        try withFolder { folder in
            let networks = [1, 2, 3].map { ToyDigitNetwork(seed: $0) }
            let paths = networks.indices.map { "\(folder)/\($0).safetensors" }
            for (network, path) in zip(networks, paths) { try network.save(to: path, metadata: ["model": "toy"]) }
            try WeightAverage.write(of: paths, to: "\(folder)/mean.safetensors")
            let mean = ToyDigitNetwork(seed: 4)
            try mean.load(from: "\(folder)/mean.safetensors")
            #expect(try SafetensorsFile("\(folder)/mean.safetensors").metadata == ["model": "toy"])
            for (index, parameter) in mean.parameters.enumerated() {
                let all = networks.map { $0.parameters[index].elements }
                let exact = all[0].indices.map {
                    Float((Double(all[0][$0]) + Double(all[1][$0]) + Double(all[2][$0])) / 3)
                }
                #expect(parameter.elements == exact, "parameter \(index)")
            }
        }
    }

    @Test("refuses weights of other models, wrong and missing arrays, NaN and whole numbers, and writes nothing")
    func refusals() throws {
        typealias Array = SafetensorsFile.Array
        try withFolder { folder in
            func write(_ name: String, _ arrays: [Array], _ metadata: [String: String] = ["d": "3"]) throws -> String {
                try SafetensorsFile.write(arrays, metadata: metadata, to: "\(folder)/\(name)")
                return "\(folder)/\(name)"
            }
            let plain = Array(name: "a", shape: [2], elements: [1, 2])
            let first = try write("first", [plain])
            let output = "\(folder)/mean"
            func failure(_ path: String) -> WeightAverage.Failure? {
                do { try WeightAverage.write(of: [first, path], to: output) } catch { return error }
                return nil
            }
            let other = try write("other", [plain], ["d": "8"])
            #expect(failure(other) == .metadata(path: other, name: "d", expected: "3", found: "8"))
            let unnamed = try write("unnamed", [plain], [:])
            #expect(failure(unnamed) == .metadata(path: unnamed, name: "d", expected: "3", found: nil))
            let more = try write("more", [plain, Array(name: "b", shape: [1], elements: [0])])
            #expect(failure(more) == .module(.unexpected(path: more, array: "b")))
            let fewer = try write("fewer", [])
            #expect(failure(fewer) == .module(.missing(path: fewer, parameter: "a")))
            let wide = try write("wide", [Array(name: "a", shape: [1, 2], elements: [1, 2])])
            #expect(failure(wide) == .module(.shape(path: wide, parameter: "a", expected: [2], found: [1, 2])))
            let bad = try write("bad", [Array(name: "a", shape: [2], elements: [1, .infinity])])
            #expect(failure(bad) == .module(.notFinite(path: bad, parameter: "a", index: 1, value: .infinity)))
            let whole = try write("whole", [Array(name: "a", shape: [2], elements: [1, 2], as: .int8)])
            #expect(failure(whole) == .quantized(path: whole, array: "a"))
            guard case .file = failure("\(folder)/none") else {
                Issue.record("no error for a missing file")
                return
            }
            #expect(!FileManager.default.fileExists(atPath: output))
        }
    }
}
