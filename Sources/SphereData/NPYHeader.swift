/// What the header of an NPY file declares.
public struct NPYHeader: Equatable, Sendable {
    /// Type of the elements in the file.
    public let elementType: NPYElementType
    /// Whether the bytes of an element run from the most to the least significant one.
    public let isBigEndian: Bool
    /// Whether the first index runs fastest in the file (Fortran) instead of the last one (C).
    public let isFortranOrder: Bool
    /// Extent of every axis; empty for a single number.
    public let shape: [Int]
    /// Where the elements begin, in bytes from the start of the file.
    public let dataOffset: Int

    /// Number of elements: the product of the shape, 1 for a single number.
    public var count: Int { shape.reduce(1, *) }

    /// Most axes that an array may have, as in NumPy 2.
    public static let maximumRank = 64

    /// Longest header that is read, in bytes.
    ///
    /// Headers of numbers have about 100 bytes, and NumPy itself stops at 10,000.
    static let maximumByteCount = 65_536

    /// What every NPY file begins with.
    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    /// Whether this machine stores the most significant byte first.
    static let hostIsBigEndian = UInt16(1).bigEndian == 1

    /// Bytes of all elements, `nil` if that number, or any product of extents other than 0, is beyond `Int`.
    ///
    /// Extents of 0 count as 1 in the check, so that partial products of an empty shape do not overflow later.
    static func byteCount(shape: [Int], elementType: NPYElementType) -> Int? {
        var product = elementType.byteCount
        for extent in shape {
            let (next, overflow) = product.multipliedReportingOverflow(by: max(extent, 1))
            if overflow { return nil }
            product = next
        }
        return shape.contains(0) ? 0 : product
    }

    /// The header of an open file, checked against the size of that file.
    ///
    /// Nothing that the file declares is allocated here beyond `maximumByteCount`.
    init(of file: borrowing RegularFile) throws(NPYError) {
        let path = file.path
        let prefix = try Self.bytes(of: file, at: 0, count: min(file.byteCount, Self.magic.count + 6))
        guard prefix.starts(with: Self.magic.prefix(prefix.count)) else {
            throw .notNPY(path: path, found: excerpt(prefix[...], limit: Self.magic.count))
        }
        func requireBytes(_ count: Int, at offset: Int) throws(NPYError) {
            if file.byteCount - offset < count {
                throw .wrongSize(
                    path: path, byteOffset: offset, expectedBytes: count, foundBytes: file.byteCount - offset)
            }
        }
        try requireBytes(Self.magic.count + 2, at: 0)
        let (major, minor) = (Int(prefix[6]), Int(prefix[7]))
        guard (1...3).contains(major), minor == 0 else {
            throw .unsupportedVersion(path: path, major: major, minor: minor)
        }
        let lengthBytes = major == 1 ? 2 : 4
        try requireBytes(lengthBytes, at: 8)
        let length = prefix[8..<8 + lengthBytes].reversed().reduce(0) { $0 << 8 | Int($1) }
        let start = 8 + lengthBytes
        guard length <= Self.maximumByteCount else {
            throw .malformedHeader(
                path: path, byteOffset: 8, expected: "a header of at most \(Self.maximumByteCount) bytes",
                found: "a length of \(length) bytes")
        }
        try requireBytes(length, at: start)

        let text = try Self.bytes(of: file, at: start, count: length)
        var parser = NPYHeaderParser(path: path, text: text, textOffset: start)
        let fields = try parser.parse()
        elementType = fields.elementType
        isBigEndian = fields.isBigEndian
        isFortranOrder = fields.isFortranOrder
        shape = fields.shape
        dataOffset = start + length

        guard let expected = Self.byteCount(shape: shape, elementType: elementType) else {
            throw .shapeTooLarge(path: path, shape: shape)
        }
        guard file.byteCount - dataOffset == expected else {
            throw .wrongSize(
                path: path, byteOffset: dataOffset, expectedBytes: expected,
                foundBytes: file.byteCount - dataOffset)
        }
    }

    private static func bytes(
        of file: borrowing RegularFile, at offset: Int, count: Int
    ) throws(NPYError) -> [UInt8] {
        try NPYError.wrapping { () throws(FileError) in try file.bytes(at: offset, count: count) }
    }
}
