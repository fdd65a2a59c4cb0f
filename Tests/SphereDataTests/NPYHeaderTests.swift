import SphereData
import Testing

@Suite("NPYHeader")
struct NPYHeaderTests {
    /// A file of format version 1.0 (or `version`) with the header `text` and `dataBytes` zeros.
    private static func file(_ text: String, version: UInt8 = 1, dataBytes: Int = 0) -> [UInt8] {
        let count = text.utf8.count
        let length = (0..<(version == 1 ? 2 : 4)).map { UInt8(count >> (8 * $0) & 0xFF) }
        return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + text.utf8
            + [UInt8](repeating: 0, count: dataBytes)
    }

    @Test(
        "accepts every spelling of the same dictionary",
        arguments: [
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n",
            "{'shape':(2,3),'fortran_order':False,'descr':'<f4'}",
            "{ \"fortran_order\" : False , 'descr' : \"<f4\" , 'shape' : ( 2 , 3 , ) , } \t\n  \r\n",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 3L), }\n",
        ])
    func spellings(text: String) throws {
        let directory = TemporaryDirectory()
        let header = try NPYFile.readHeader(directory.file("a.npy", holding: Self.file(text, dataBytes: 24)))
        #expect(header.shape == [2, 3] && header.elementType == .float32)
        #expect(!header.isBigEndian && !header.isFortranOrder && header.dataOffset == 10 + text.utf8.count)
        #expect(header.count == 6)
    }

    @Test("takes = and | for the byte order of the machine")
    func nativeOrder() throws {
        let directory = TemporaryDirectory()
        for mark in ["=", "|"] {
            let text = "{'descr': '\(mark)i2', 'fortran_order': True, 'shape': (1,)}"
            let bytes = Self.file(text) + withUnsafeBytes(of: Int16(-2)) { Array($0) }
            let array = try NPYFile.read(directory.file("a.npy", holding: bytes), as: Int.self)
            #expect(array.elements == [-2])
        }
    }

    private static let malformed: [(text: String, byteOffset: Int, expected: String)] = [
        ("", 10, "'{'"),
        ("   ", 13, "'{'"),
        ("[]", 10, "'{'"),
        ("{", 11, "a quoted string"),
        ("{}", 12, "a dictionary with the key 'descr'"),
        ("{'descr': '<f4'}", 26, "a dictionary with the key 'fortran_order'"),
        ("{'descr': '<f4', 'fortran_order': True}", 49, "a dictionary with the key 'shape'"),
        ("{'descr': '<f4', 'descr': '<f4'}", 27, "each key once"),
        ("{'shape': (1,), 'shape': (1,)}", 26, "each key once"),
        ("{'fortran_order': True, 'fortran_order': True}", 34, "each key once"),
        ("{'color': 3}", 11, "one of the keys 'descr', 'fortran_order', 'shape'"),
        ("{'descr' '<f4'}", 19, "':'"),
        ("{'descr': <f4}", 20, "a quoted string"),
        ("{'descr': '<f4}", 25, "the end of the string"),
        ("{'descr", 17, "the end of the string"),
        ("{'des\u{e9}r': '<f4'}", 15, "a string of plain ASCII characters"),
        ("{'des\\x63r': '<f4'}", 15, "a string of plain ASCII characters"),
        ("{'fortran_order': 1}", 28, "True or False"),
        ("{'fortran_order': Falsey}", 33, "',' or '}'"),
        ("{'shape': 3}", 20, "'('"),
        ("{'shape': [3]}", 20, "'('"),
        ("{'shape': (3)}", 22, "','"),
        ("{'shape': (,)}", 21, "an extent (a number from 0 up)"),
        ("{'shape': (-1,)}", 21, "an extent (a number from 0 up)"),
        ("{'shape': (1.0,)}", 22, "','"),
        ("{'shape': (1_0,)}", 22, "','"),
        ("{'shape': (0x10,)}", 22, "','"),
        ("{'shape': (3 4)}", 23, "','"),
        ("{'shape': (3, 4", 25, "','"),
        ("{'shape': ((3,),)}", 21, "an extent (a number from 0 up)"),
        ("{'shape': (007,)}", 21, "an extent without leading zeros"),
        ("{'shape': (9223372036854775808,)}", 21, "an extent below 2^63"),
        ("{'shape': (99999999999999999999999,)}", 21, "an extent below 2^63"),
        ("{'shape': (\(String(repeating: "1,", count: 65)))}", 21 + 128, "a shape of at most 64 axes"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': ()} x", 64, "only spaces after the dictionary"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': ()}\0", 63, "only spaces after the dictionary"),
    ]

    @Test("refuses a malformed dictionary and says where and what was expected", arguments: malformed.indices)
    func malformedHeaders(index: Int) {
        let (text, place, wanted) = Self.malformed[index]
        let directory = TemporaryDirectory()
        for version in [1, 3] as [UInt8] {
            let path = directory.file("a.npy", holding: Self.file(text, version: version, dataBytes: 4))
            let error = #expect(throws: NPYError.self) { try NPYFile.readHeader(path) }
            guard case .malformedHeader(path, let byteOffset, let expected, _) = error else {
                Issue.record("\(text): \(String(describing: error))")
                continue
            }
            #expect(byteOffset == place + (version == 1 ? 0 : 2), "\(text)")
            #expect(expected == wanted, "\(text)")
        }
    }

    @Test("accepts 64 axes")
    func manyAxes() throws {
        let directory = TemporaryDirectory()
        let text =
            "{'descr': '|u1', 'fortran_order': True, 'shape': (\(String(repeating: "1, ", count: 63))7)}"
        let array = try NPYFile.read(directory.file("a.npy", holding: Self.file(text, dataBytes: 7)), as: Float.self)
        #expect(array.shape.count == 64 && array.elements.count == 7)
    }

    @Test(
        "refuses shapes that the file cannot hold, before it allocates anything",
        arguments: [
            ("(1000000000000000,)", 8_000_000_000_000_000), ("(1000000, 1000000, 1000)", 8_000_000_000_000_000),
            ("(1, 2)", 16), ("(0,)", 0), ("()", 8),
        ])
    func wrongShapes(shape: String, bytes: Int) {
        let directory = TemporaryDirectory()
        let text = "{'descr': '<f8', 'fortran_order': False, 'shape': \(shape), }"
        let path = directory.file("a.npy", holding: Self.file(text, dataBytes: 24))
        #expect(
            throws: NPYError.wrongSize(
                path: path, byteOffset: 10 + text.utf8.count, expectedBytes: bytes, foundBytes: 24)
        ) { try NPYFile.read(path, as: Float.self) }
    }

    @Test(
        "refuses shapes whose product overflows, also if an extent is 0",
        arguments: [
            [4_294_967_296, 4_294_967_296], [9_223_372_036_854_775_807], [0, 4_611_686_018_427_387_904, 4],
            [4_611_686_018_427_387_904, 4, 0],
        ])
    func overflowingShapes(shape: [Int]) {
        let directory = TemporaryDirectory()
        let extents = shape.map(String.init).joined(separator: ", ")
        let text = "{'descr': '<f4', 'fortran_order': True, 'shape': (\(extents),), }"
        let path = directory.file("a.npy", holding: Self.file(text))
        #expect(throws: NPYError.shapeTooLarge(path: path, shape: shape)) { try NPYFile.read(path, as: Int.self) }
    }

    @Test("refuses another magic string, another version and a header longer than the file or the limit")
    func prefixes() throws {
        let directory = TemporaryDirectory()
        let good = Self.file("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", dataBytes: 4)
        _ = try NPYFile.readHeader(directory.file("good.npy", holding: good))

        for index in 0..<6 {
            var bytes = good
            bytes[index] ^= 1
            let error = #expect(throws: NPYError.self) {
                try NPYFile.readHeader(directory.file("magic.npy", holding: bytes))
            }
            guard case .notNPY = error else {
                Issue.record("byte \(index): \(String(describing: error))")
                continue
            }
        }
        for (major, minor) in [(0, 0), (4, 0), (1, 1), (255, 255)] as [(UInt8, UInt8)] {
            let path = directory.file("version.npy", holding: Array(good[..<6]) + [major, minor] + good[8...])
            #expect(throws: NPYError.unsupportedVersion(path: path, major: Int(major), minor: Int(minor))) {
                try NPYFile.readHeader(path)
            }
        }
        let long = directory.file("long.npy", holding: Array(good[..<8]) + [0xFF, 0xFF] + good[10...])
        #expect(
            throws: NPYError.wrongSize(
                path: long, byteOffset: 10, expectedBytes: 65_535, foundBytes: good.count - 10)
        ) { try NPYFile.readHeader(long) }
        let endless = directory.file(
            "endless.npy", holding: Array(good[..<6]) + [2, 0, 0xFF, 0xFF, 0xFF, 0xFF] + good[10...])
        #expect(
            throws: NPYError.malformedHeader(
                path: endless, byteOffset: 8, expected: "a header of at most 65536 bytes",
                found: "a length of 4294967295 bytes")
        ) { try NPYFile.readHeader(endless) }
    }

    @Test("describes an error in one line of printable characters")
    func descriptions() {
        let directory = TemporaryDirectory()
        let path = directory.file("a.npy", holding: Self.file("{'shape': (\n\u{1b}[2J"))
        let error = #expect(throws: NPYError.self) { try NPYFile.readHeader(path) }
        #expect(
            error?.description
                == "\(path): byte 22: NPY header: expected an extent (a number from 0 up), found \"\\x1b[2J\"")
    }
}
