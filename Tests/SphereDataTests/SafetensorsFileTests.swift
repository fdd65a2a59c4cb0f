import Foundation
import SphereData
import Testing

@Suite("SafetensorsFile")
struct SafetensorsFileTests {
    private static func file(header: String, data: [UInt8] = [], length: UInt64? = nil) -> [UInt8] {
        let count = length ?? UInt64(header.utf8.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * UInt64($0))) } + Array(header.utf8) + data
    }

    private static func read(_ bytes: [UInt8]) throws -> SafetensorsFile {
        let path = FileManager.default.temporaryDirectory.path + "/sphereshift-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try AtomicFile.write(bytes, to: path)
        return try SafetensorsFile(path)
    }

    @Test("reads every type of elements as float32")
    func types() throws {
        func entry(_ type: String, _ bytes: [UInt8]) -> [UInt8] {
            Self.file(
                header: "{\"a\":{\"dtype\":\"\(type)\",\"shape\":[1],\"data_offsets\":[0,\(bytes.count)]}}", data: bytes
            )
        }
        #expect(try Self.read(entry("F32", [0, 0, 0x80, 0x3f])).floats("a") == [1])
        #expect(try Self.read(entry("F64", [0, 0, 0, 0, 0, 0, 0xf0, 0xbf])).floats("a") == [-1])
        #expect(try Self.read(entry("F16", [0, 0x3c])).floats("a") == [1])
        #expect(try Self.read(entry("BF16", [0x80, 0x3f])).floats("a") == [1])
        #expect(try Self.read(entry("I8", [0xff])).floats("a") == [-1])
        #expect(try Self.read(entry("U8", [0xff])).floats("a") == [255])
        #expect(try Self.read(entry("BOOL", [1])).floats("a") == [1])
        #expect(try Self.read(entry("I16", [0xfe, 0xff])).floats("a") == [-2])
        #expect(try Self.read(entry("I32", [1, 0, 0, 0])).floats("a") == [1])
        #expect(try Self.read(entry("I64", [1, 0, 0, 0, 0, 0, 0, 0])).floats("a") == [1])
    }

    @Test("takes arrays without elements and scalars, in any order of the header")
    func emptyArrays() throws {
        let file = try Self.read(
            Self.file(
                header: """
                    {"b":{"dtype":"U8","shape":[],"data_offsets":[0,1]},"a":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]}}
                    """, data: [7]))
        #expect(try file.floats("a") == [] && file.floats("b") == [7])
        #expect(file.entries["a"]?.shape == [0, 3])
        #expect(throws: SafetensorsError.missingArray(path: file.path, name: "c")) { try file.floats("c") }
    }

    @Test(
        "refuses files that contradict themselves",
        arguments: [
            [], [1, 2, 3], file(header: "{}", length: 3), file(header: "{}", length: .max), file(header: "[]"),
            file(header: "{"), file(header: "{}", data: [1]), file(header: "{\"__metadata__\":{\"a\":1}}"),
            file(header: "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}"),
            file(
                header: "{\"a\":{\"dtype\":\"C64\",\"shape\":[1],\"data_offsets\":[0,8]}}",
                data: [0, 0, 0, 0, 0, 0, 0, 0]),
            file(header: "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,1]}}", data: [0]),
            file(header: "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}", data: [0]),
            file(header: "{\"a\":{\"dtype\":\"U8\",\"shape\":[-1],\"data_offsets\":[0,0]}}"),
            file(header: "{\"a\":{\"dtype\":\"F64\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}"),
            file(header: "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}", data: [0, 0]),
            file(
                header: """
                    {"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}
                    """, data: [0, 0, 0]),
        ] as [[UInt8]])
    func hostile(_ bytes: [UInt8]) {
        #expect(throws: SafetensorsError.self) { try Self.read(bytes) }
    }

    @Test("says in one line what is wrong")
    func messages() {
        #expect(
            SafetensorsError.badHeader(path: "w", reason: "no").description == "w: not a safetensors file: no")
    }
}
