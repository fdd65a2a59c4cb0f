import SphereData
import SphereKernels
import Testing

@Suite("NPYFile writing")
struct NPYFileWriteTests {
    /// Whether the array of `name` is written as that file to the byte.
    private func expectSameBytes<Element: NPYElement>(
        _ name: String, _ type: Element.Type, as elementType: NPYElementType = Element.npyElementType
    ) throws {
        let directory = TemporaryDirectory()
        let array = try NPYFile.read(Fixture.path(name), as: type)
        let order: NPYFile.Order = name.contains("fortran") ? .fortran : .c
        try NPYFile.write(array, to: directory.file("a.npy"), as: elementType, order: order)
        #expect(try FileContents.read(directory.file("a.npy")) == Fixture.bytes(name), "\(name)")
    }

    @Test("writes every element type in both orders as numpy.save does, byte for byte")
    func elementTypes() throws {
        for order in ["c", "fortran"] {
            try expectSameBytes("f2_little_\(order).npy", Float.self, as: .float16)
            try expectSameBytes("f4_little_\(order).npy", Float.self)
            try expectSameBytes("f8_little_\(order).npy", Double.self)
            try expectSameBytes("i1_little_\(order).npy", Int8.self)
            try expectSameBytes("i2_little_\(order).npy", Int16.self)
            try expectSameBytes("i4_little_\(order).npy", Int32.self)
            try expectSameBytes("i8_little_\(order).npy", Int.self)
            try expectSameBytes("u1_little_\(order).npy", UInt8.self)
            try expectSameBytes("u2_little_\(order).npy", UInt16.self)
            try expectSameBytes("u4_little_\(order).npy", UInt32.self)
            try expectSameBytes("u8_little_\(order).npy", UInt64.self)
            try expectSameBytes("b1_little_\(order).npy", UInt8.self, as: .bool)
        }
    }

    @Test("writes every shape in both orders as numpy.save does, byte for byte")
    func shapes() throws {
        for shape in ["scalar", "1", "5", "0", "0x3", "1x5", "4x5", "3x4x2", "2x3x1x4"] {
            try expectSameBytes("shape_\(shape)_c.npy", Float.self)
            try expectSameBytes("shape_\(shape)_fortran.npy", Float.self)
        }
    }

    @Test("rounds float64 to f4 and f2 and 64-bit integers to f4 as NumPy does, once")
    func rounding() throws {
        func expectRounded<Element: NPYElement>(
            _ name: String, _ type: Element.Type, as elementType: NPYElementType
        ) throws {
            let directory = TemporaryDirectory()
            let path = directory.file("a.npy")
            try NPYFile.write(try NPYFile.read(Fixture.path(name + ".npy"), as: type), to: path, as: elementType)
            let expected = Fixture.path("\(name)_as_\(elementType.rawValue).npy")
            let found = try NPYFile.read(path, as: Double.self).elements
            let rounded = try NPYFile.read(expected, as: Double.self).elements
            let wrong = found.indices.filter { found[$0].isNaN ? !rounded[$0].isNaN : found[$0] != rounded[$0] }
            #expect(found.count == rounded.count && wrong.isEmpty, "\(name)")
        }
        try expectRounded("doubles", Double.self, as: .float32)
        try expectRounded("doubles", Double.self, as: .float16)
        try expectRounded("signed", Int.self, as: .float32)
        try expectRounded("unsigned", UInt64.self, as: .float32)
    }

    @Test("adds a whole block of spaces to a header that ends at a multiple of 64 bytes, as numpy.save does")
    func wholeBlockOfPadding() throws {
        try expectSameBytes("aligned_header.npy", Float.self)
    }

    @Test("writes the rows of a matrix as an array of rank 2")
    func matrices() throws {
        let directory = TemporaryDirectory()
        let matrix = Matrix(rows: 4, columns: 5, elements: (0..<20).map { Float($0) })
        try NPYFile.write(matrix, to: directory.file("a.npy"))
        #expect(try FileContents.read(directory.file("a.npy")) == Fixture.bytes("shape_4x5_c.npy"))
        try NPYFile.write(matrix, to: directory.file("b.npy"), as: .float16)
        #expect(try NPYFile.readMatrix(directory.file("b.npy")).matrix == matrix)
    }

    @Test("refuses numbers that the element type does not hold, and leaves no file")
    func notRepresentable() throws {
        let directory = TemporaryDirectory()
        let path = directory.file("a.npy")
        let refused: [(Float, NPYElementType)] = [
            (300, .uint8), (-1, .uint16), (0.5, .int32), (.nan, .int64), (.infinity, .int8), (2, .bool),
        ]
        for (value, elementType) in refused {
            #expect(
                throws: NPYError.notRepresentable(
                    path: path, index: 1, value: "\(Double(value))", type: elementType.rawValue)
            ) {
                try NPYFile.write(NPYArray(shape: [2], elements: [0, value]), to: path, as: elementType)
            }
        }
        #expect(directory.names.isEmpty)
    }

    @Test("leaves an older file untouched when it fails")
    func olderFile() throws {
        let directory = TemporaryDirectory()
        let path = directory.file("a.npy", holding: [1, 2, 3])
        // The refused number lies in a later chunk, when part of the file has been written.
        var elements = [Float](repeating: 1, count: 200_000)
        elements[199_999] = 0.5
        #expect(
            throws: NPYError.notRepresentable(path: path, index: 199_999, value: "0.5", type: "i4")
        ) { try NPYFile.write(NPYArray(shape: [200_000], elements: elements), to: path, as: .int32) }
        #expect(try FileContents.read(path) == [1, 2, 3])
        #expect(directory.names == ["a.npy"])
    }

    @Test("reports a directory that does not exist")
    func unwritable() {
        let directory = TemporaryDirectory()
        let path = directory.file("missing/a.npy")
        #expect(throws: NPYError.file(.cannotWrite(path: path, reason: "No such file or directory"))) {
            try NPYFile.write(NPYArray(shape: [1], elements: [Float(0)]), to: path)
        }
    }
}
