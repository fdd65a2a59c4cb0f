import Foundation
import SphereData
import SphereTensor
import Testing

@Suite("Module")
struct ModuleTests {
    final class Inner: Module {
        let weights: Parameter
        init(_ value: Float) { weights = Parameter(shape: [2, 2], repeating: value) }
    }

    final class Outer: Module {
        let first = Inner(1)
        let rest = [Inner(2), Inner(3)]
        let bias = Parameter(shape: [3], elements: [0.5, -0.25, 65504])
        let running = Parameter(shape: [1], repeating: 9, isTrainable: false)
        let absent: Inner? = nil
        let present: Inner? = Inner(4)
        let name = "no parameter"
    }

    private static func path() -> String {
        FileManager.default.temporaryDirectory.path + "/sphereshift-\(UUID().uuidString).safetensors"
    }

    @Test("names parameters by the path of properties")
    func names() {
        let model = Outer()
        #expect(
            model.namedParameters.map(\.name)
                == ["first.weights", "rest.0.weights", "rest.1.weights", "bias", "running", "present.weights"])
        #expect(model.namedModules.map(\.name) == ["", "first", "rest.0", "rest.1", "present"])
        #expect(model.parameterCount == 19)
    }

    @Test("writes and reads its parameters to the bit, and in half precision rounded")
    func files() throws {
        let path = Self.path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let (model, other) = (Outer(), Outer())
        model.bias.elements = [0.1, -3, 7]
        model.rest[1].weights.elements = [1, 2, 3, 4]
        try model.save(to: path, metadata: ["recipe": "a \"test\"\n"])
        try other.load(from: path)
        #expect(other.bias.elements == [0.1, -3, 7] && other.rest[1].weights.elements == [1, 2, 3, 4])
        #expect(try SafetensorsFile(path).metadata == ["recipe": "a \"test\"\n"])
        try model.save(to: path, as: .float16)
        try other.load(from: path)
        #expect(
            other.bias.elements == [
                Float(HalfPrecision.float(fromBits: HalfPrecision.bits(of: Double(Float(0.1))))), -3, 7,
            ])
    }

    @Test("refuses files of another model and changes nothing")
    func mismatch() throws {
        let path = Self.path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let inner = Inner(5)
        try inner.save(to: path)
        let outer = Outer()
        #expect(throws: ModuleFileError.missing(path: path, parameter: "first.weights")) { try outer.load(from: path) }
        try outer.save(to: path)
        #expect(throws: ModuleFileError.missing(path: path, parameter: "weights")) { try inner.load(from: path) }
        #expect(inner.weights.elements == [5, 5, 5, 5])
        try SafetensorsFile.write([.init(name: "weights", shape: [4], elements: [1, 2, 3, 4])], to: path)
        #expect(throws: ModuleFileError.shape(path: path, parameter: "weights", expected: [2, 2], found: [4])) {
            try inner.load(from: path)
        }
        try SafetensorsFile.write(
            [
                .init(name: "weights", shape: [2, 2], elements: [1, 2, 3, 4]),
                .init(name: "more", shape: [], elements: [1]),
            ], to: path)
        #expect(throws: ModuleFileError.unexpected(path: path, array: "more")) { try inner.load(from: path) }
        try SafetensorsFile.write([.init(name: "weights", shape: [2, 2], elements: [1, 2, .infinity, 4])], to: path)
        #expect(throws: ModuleFileError.notFinite(path: path, parameter: "weights", index: 2, value: .infinity)) {
            try inner.load(from: path)
        }
        #expect(inner.weights.elements == [5, 5, 5, 5])
    }
}
