import SphereData
import SphereKernels
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite("NPYFile reading")
struct NPYFileReadTests {
    /// The files of one element type; single bytes have no order.
    private static func names(of code: String) -> [String] {
        let byteOrders = code.hasSuffix("1") ? ["little"] : ["little", "big"]
        return byteOrders.flatMap { ["\(code)_\($0)_c.npy", "\(code)_\($0)_fortran.npy"] }
    }

    private func checkIntegers<Integer: NPYElement & FixedWidthInteger>(_ type: Integer.Type) throws {
        let expected = [Integer.min, Integer.max] + (0...9).map { Integer($0) }
        for name in Self.names(of: Integer.npyElementType.rawValue) {
            let array = try NPYFile.read(Fixture.path(name), as: type)
            #expect(array == NPYArray(shape: [3, 4], elements: expected), "\(name)")
            let header = try NPYFile.readHeader(Fixture.path(name))
            #expect(header.elementType == Integer.npyElementType)
            #expect(header.isBigEndian == name.contains("big") && header.isFortranOrder == name.contains("fortran"))
            // The same numbers as floats, each rounded once.
            #expect(try NPYFile.read(Fixture.path(name), as: Float.self).elements == expected.map { Float($0) })
            #expect(try NPYFile.read(Fixture.path(name), as: Double.self).elements == expected.map { Double($0) })
        }
    }

    @Test("gives the extreme values of every integer type in both byte orders and both element orders")
    func integerTypes() throws {
        try checkIntegers(Int8.self)
        try checkIntegers(Int16.self)
        try checkIntegers(Int32.self)
        try checkIntegers(Int64.self)
        try checkIntegers(UInt8.self)
        try checkIntegers(UInt16.self)
        try checkIntegers(UInt32.self)
        try checkIntegers(UInt64.self)
    }

    @Test("gives the extreme values of every floating-point type in both byte orders and both element orders")
    func floatingTypes() throws {
        func expected<Value: BinaryFloatingPoint>(_ tenth: Value, _ limits: (Value, Value, Value)) -> [Value] {
            [0, -0.0, 1, -1.5, limits.0, limits.1, limits.2, .infinity, -.infinity, .nan, tenth, 100]
        }
        func isSame<Value: BinaryFloatingPoint>(_ a: Value, _ b: Value) -> Bool {
            a.isNaN ? b.isNaN : a == b && a.sign == b.sign
        }
        for name in Self.names(of: "f2") {
            let array = try NPYFile.read(Fixture.path(name), as: Float.self)
            #expect(array.shape == [3, 4])
            let values = expected(Float(0.0999755859375), (65504, 0x1p-14, 0x1p-24))
            #expect(zip(array.elements, values).allSatisfy(isSame), "\(name)")
        }
        for name in Self.names(of: "f4") {
            let array = try NPYFile.read(Fixture.path(name), as: Float.self)
            #expect(array.shape == [3, 4])
            let limits = (Float.greatestFiniteMagnitude, Float.leastNormalMagnitude, Float.leastNonzeroMagnitude)
            #expect(zip(array.elements, expected(Float(0.1), limits)).allSatisfy(isSame), "\(name)")
        }
        for name in Self.names(of: "f8") {
            let array = try NPYFile.read(Fixture.path(name), as: Double.self)
            #expect(array.shape == [3, 4])
            let limits = (Double.greatestFiniteMagnitude, Double.leastNormalMagnitude, Double.leastNonzeroMagnitude)
            let values = expected(0.1, limits)
            #expect(zip(array.elements, values).allSatisfy(isSame), "\(name)")
            let floats = try NPYFile.read(Fixture.path(name), as: Float.self)
            #expect(zip(floats.elements, values.map { Float($0) }).allSatisfy(isSame), "\(name)")
        }
    }

    @Test("gives 0 and 1 for truth values, whatever byte stands for true")
    func truthValues() throws {
        let expected: [UInt8] = [1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0]
        for name in Self.names(of: "b1") {
            #expect(try NPYFile.read(Fixture.path(name)) == NPYArray(shape: [3, 4], elements: expected))
        }
        let directory = TemporaryDirectory()
        var bytes = try Fixture.bytes("b1_little_c.npy")
        bytes[bytes.count - 1] = 200
        let array: NPYArray<Float> = try NPYFile.read(directory.file("a.npy", holding: bytes))
        #expect(array.elements.last == 1)
    }

    @Test(
        "delivers every shape in row-major order, from rank 0 on and with empty extents",
        arguments: [[], [1], [5], [0], [0, 3], [1, 5], [4, 5], [3, 4, 2], [2, 3, 1, 4]])
    func shapes(shape: [Int]) throws {
        let name = shape.isEmpty ? "scalar" : shape.map(String.init).joined(separator: "x")
        let count = shape.reduce(1, *)
        for order in ["c", "fortran"] {
            let array = try NPYFile.read(Fixture.path("shape_\(name)_\(order).npy"), as: Float.self)
            #expect(array == NPYArray(shape: shape, elements: (0..<count).map { Float($0) }))
        }
    }

    @Test("reads format versions 1.0, 2.0 and 3.0", arguments: 1...3)
    func versions(major: Int) throws {
        let array = try NPYFile.read(Fixture.path("version_\(major).npy"), as: Int.self)
        #expect(array == NPYArray(shape: [2, 3], elements: [0, 1, 2, 3, 4, 5]))
    }

    @Test("rounds float64 and 64-bit integers to Float as NumPy does")
    func rounding() throws {
        for name in ["doubles", "signed", "unsigned"] {
            let found = try NPYFile.read(Fixture.path("\(name).npy"), as: Float.self).elements
            let expected = try NPYFile.read(Fixture.path("\(name)_as_f4.npy"), as: Float.self).elements
            #expect(found.count == expected.count)
            let wrong = found.indices.filter {
                found[$0].isNaN ? !expected[$0].isNaN : found[$0].bitPattern != expected[$0].bitPattern
            }
            #expect(wrong.isEmpty, "\(name)")
        }
    }

    @Test("keeps the payload of a NaN of the same type")
    func payload() throws {
        let directory = TemporaryDirectory()
        let signaling = Float(bitPattern: 0x7FA1_2345)
        try NPYFile.write(NPYArray(shape: [1], elements: [signaling]), to: directory.file("a.npy"))
        let array = try NPYFile.read(directory.file("a.npy"), as: Float.self)
        #expect(array.elements[0].bitPattern == signaling.bitPattern)
    }

    @Test("reads arrays longer than one chunk in both orders and both byte orders")
    func chunks() throws {
        let directory = TemporaryDirectory()
        let (rows, columns) = (257, 1031)
        let elements = (0..<rows * columns).map { Double($0) }
        let array = NPYArray(shape: [rows, columns], elements: elements)
        try NPYFile.write(array, to: directory.file("c.npy"))
        try NPYFile.write(array, to: directory.file("f.npy"), order: .fortran)
        #expect(try NPYFile.readHeader(directory.file("f.npy")).isFortranOrder)
        #expect(try NPYFile.read(directory.file("c.npy"), as: Double.self) == array)
        #expect(try NPYFile.read(directory.file("f.npy"), as: Double.self) == array)
        #expect(try NPYFile.read(directory.file("f.npy"), as: Int.self).elements == Array(0..<rows * columns))
        #expect(try FileContents.read(directory.file("c.npy")) != FileContents.read(directory.file("f.npy")))

        var swapped = try FileContents.read(directory.file("c.npy"))
        let start = try NPYFile.readHeader(directory.file("c.npy")).dataOffset
        swapped[swapped.firstIndex(of: UInt8(ascii: "<"))!] = UInt8(ascii: ">")
        for item in stride(from: start, to: swapped.count, by: 8) { swapped[item..<item + 8].reverse() }
        #expect(try NPYFile.read(directory.file("b.npy", holding: swapped), as: Double.self) == array)
    }

    @Test("refuses numbers that the integer type does not hold, and says which one")
    func notRepresentable() throws {
        let directory = TemporaryDirectory()
        let path = directory.file("a.npy")
        func expectRefusal<Target: NPYElement>(_ values: [Double], _ type: Target.Type, value: String) throws {
            try NPYFile.write(NPYArray(shape: [values.count], elements: values), to: path)
            #expect(
                throws: NPYError.notRepresentable(
                    path: path, index: values.count - 1, value: value, type: "\(Target.self)")
            ) { try NPYFile.read(path, as: type) }
        }
        try expectRefusal([1, 2, 2.5], Int32.self, value: "2.5")
        try expectRefusal([2_147_483_648], Int32.self, value: "2147483648.0")
        try expectRefusal([-1], UInt8.self, value: "-1.0")
        try expectRefusal([.nan], Int.self, value: "nan")
        try expectRefusal([0x1p63], Int.self, value: "9.223372036854776e+18")
        #expect(throws: NPYError.self) { try NPYFile.read(Fixture.path("u8_little_c.npy"), as: Int.self) }
        #expect(throws: NPYError.self) { try NPYFile.read(Fixture.path("i8_little_c.npy"), as: Int32.self) }
        try NPYFile.write(NPYArray(shape: [4], elements: [-0.0, 7, -2_147_483_648, 2_147_483_647]), to: path)
        #expect(try NPYFile.read(path, as: Int32.self).elements == [0, 7, .min, .max])
    }

    @Test("makes one row per vector of an (N, D) or (H, W, D) array")
    func matrices() throws {
        let flat = try NPYFile.readMatrix(Fixture.path("shape_4x5_c.npy"))
        #expect(flat.matrix == Matrix(rows: 4, columns: 5, elements: (0..<20).map { Float($0) }))
        #expect(flat.spatialShape == [4])
        let picture = try NPYFile.readMatrix(Fixture.path("shape_3x4x2_fortran.npy"))
        #expect(picture.matrix == Matrix(rows: 12, columns: 2, elements: (0..<24).map { Float($0) }))
        #expect(picture.spatialShape == [3, 4])
        let empty = try NPYFile.readMatrix(Fixture.path("shape_0x3_c.npy"))
        #expect(empty.matrix.rows == 0 && empty.matrix.columns == 3)
        for name in ["shape_scalar_c.npy", "shape_5_c.npy", "shape_2x3x1x4_c.npy"] {
            let path = Fixture.path(name)
            let shape = try NPYFile.readHeader(path).shape
            #expect(
                throws: NPYError.unexpectedShape(path: path, expected: "shape (N, D) or (H, W, D)", found: shape)
            ) { try NPYFile.readMatrix(path) }
        }
    }

    @Test("names the element type that it does not support")
    func unsupportedTypes() {
        let expected = [
            "complex": "'<c8'", "text": "'<U5'", "objects": "'|O'",
            "record": "\"[('x', '<f4'), ('y', '<i2', (2,))]\"",
        ]
        for (name, descr) in expected {
            let path = Fixture.path("\(name).npy")
            #expect(throws: NPYError.unsupportedElementType(path: path, descr: descr)) {
                try NPYFile.readHeader(path)
            }
        }
    }

    @Test("refuses what is not a readable regular file, with the reason of the system")
    func unreadable() throws {
        let directory = TemporaryDirectory()
        let missing = directory.file("missing.npy")
        #expect(throws: NPYError.file(.cannotOpen(path: missing, reason: "No such file or directory"))) {
            try NPYFile.readHeader(missing)
        }
        #expect(throws: NPYError.file(.notRegularFile(path: directory.path, kind: "a directory"))) {
            try NPYFile.readHeader(directory.path)
        }
        let pipe = directory.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(throws: NPYError.file(.notRegularFile(path: pipe, kind: "a pipe"))) { try NPYFile.readHeader(pipe) }
        #expect(throws: NPYError.file(.notRegularFile(path: "/dev/null", kind: "a device"))) {
            try NPYFile.readHeader("/dev/null")
        }
    }

    @Test("refuses a file cut at any byte and one with a byte too many")
    func truncation() throws {
        let directory = TemporaryDirectory()
        for name in ["i2_big_fortran.npy", "version_2.npy"] {
            let bytes = try Fixture.bytes(name)
            let dataOffset = try NPYFile.readHeader(Fixture.path(name)).dataOffset
            for count in bytes.indices {
                let path = directory.file("cut.npy", holding: Array(bytes.prefix(count)))
                let error = #expect(throws: NPYError.self) { try NPYFile.read(path, as: Float.self) }
                guard case .wrongSize(path, let byteOffset, let expectedBytes, let foundBytes) = error else {
                    Issue.record("\(name) cut to \(count) bytes: \(String(describing: error))")
                    continue
                }
                #expect(foundBytes == count - byteOffset && foundBytes < expectedBytes)
                if count >= dataOffset {
                    #expect(byteOffset == dataOffset && expectedBytes == bytes.count - dataOffset)
                }
            }
            let path = directory.file("long.npy", holding: bytes + [0])
            #expect(
                throws: NPYError.wrongSize(
                    path: path, byteOffset: dataOffset, expectedBytes: bytes.count - dataOffset,
                    foundBytes: bytes.count - dataOffset + 1)
            ) { try NPYFile.read(path, as: Float.self) }
        }
    }
}
