public import SphereKernels

extension NPYFile {
    /// The order of the elements in a file.
    public enum Order: Sendable {
        /// The last index runs fastest, as in memory.
        case c
        /// The first index runs fastest.
        case fortran
    }

    /// Writes `array` to the file at `path`, its elements converted to `elementType` (default: the type they have).
    ///
    /// The file is what `numpy.save` writes, byte for byte; like NumPy it declares C order when both orders are the
    /// same (at most one extent is not 1, or an extent is 0). It appears under its name when it is complete
    /// (``AtomicFile``).
    ///
    /// - Complexity: O(elements) in time; a quarter of a mebibyte of memory.
    /// - Throws: `NPYError.notRepresentable` for an element that `elementType` cannot hold (rules at ``NPYElement``),
    ///   `NPYError.file` if the file cannot be written. An older file is then untouched.
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    @specialized(where Element == Int)
    @specialized(where Element == Int32)
    public static func write<Element: NPYElement>(
        _ array: NPYArray<Element>, to path: String, as elementType: NPYElementType = Element.npyElementType,
        order: Order = .c
    ) throws(NPYError) {
        let isFortranOrder =
            order == .fortran && !array.shape.contains(0) && array.shape.count { $0 > 1 } > 1
        let header = header(shape: array.shape, elementType: elementType, isFortranOrder: isFortranOrder)
        var file = try NPYError.wrapping { () throws(FileError) in try AtomicFile(path) }
        try NPYError.wrapping { () throws(FileError) in try file.append(header.span) }

        let chunkCount = chunkByteCount / elementType.byteCount
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkByteCount, alignment: 8)
        defer { chunk.deallocate() }
        var order = FortranOrder(shape: array.shape)
        for start in stride(from: 0, to: array.elements.count, by: chunkCount) {
            let range = start..<min(start + chunkCount, array.elements.count)
            var elements = array.elements[range]
            if isFortranOrder {
                order.visit(range.count) { elements[start + $0] = array.elements[$1] }
            }
            if let failed = encode(elements, as: elementType, into: chunk) {
                throw .notRepresentable(
                    path: path, index: start + failed, value: elements[start + failed].npyScalar.description,
                    type: elementType.rawValue)
            }
            let bytes = UnsafeRawBufferPointer(rebasing: chunk[..<(range.count * elementType.byteCount)])
            try NPYError.wrapping { () throws(FileError) in try file.append(raw: bytes.bytes) }
        }
        do { try file.commit() } catch { throw .file(error) }
    }

    /// Writes `matrix` to the file at `path` as an array of shape (rows, columns).
    ///
    /// - Complexity: O(elements) in time; a quarter of a mebibyte of memory.
    /// - Throws: ``NPYError`` as ``write(_:to:as:order:)``.
    public static func write(
        _ matrix: Matrix, to path: String, as elementType: NPYElementType = .float32
    ) throws(NPYError) {
        try write(NPYArray(matrix), to: path, as: elementType)
    }

    /// Everything before the elements, as `numpy.save` writes it.
    ///
    /// NumPy leaves room for the extent along which a file could grow, 21 digits of it, then fills up with spaces so
    /// that the elements begin at a multiple of 64 bytes; a whole 64 spaces if they would anyway.
    private static func header(shape: [Int], elementType: NPYElementType, isFortranOrder: Bool) -> [UInt8] {
        let byteOrder = elementType.byteCount == 1 ? "|" : (NPYHeader.hostIsBigEndian ? ">" : "<")
        let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var text = "{'descr': '\(byteOrder)\(elementType.rawValue)', "
        text += "'fortran_order': \(isFortranOrder ? "True" : "False"), 'shape': (\(extents)), }"
        if let growing = isFortranOrder ? shape.last : shape.first {
            text += String(repeating: " ", count: 21 - String(growing).count)
        }
        let prefixCount = NPYHeader.magic.count + 4
        let unpadded = prefixCount + text.utf8.count + 1
        text += String(repeating: " ", count: 64 - unpadded % 64) + "\n"
        let length = UInt16(text.utf8.count)
        return NPYHeader.magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + text.utf8
    }

    /// Converts a chunk; returns the index of the first element that has no counterpart, if there is one.
    private static func encode<Element: NPYElement>(
        _ elements: ArraySlice<Element>, as type: NPYElementType, into chunk: UnsafeMutableRawBufferPointer
    ) -> Int? {
        func encode<Stored: NPYElement>(_ type: Stored.Type) -> Int? {
            elements.withUnsafeBufferPointer { convertElements($0, into: chunk.bindMemory(to: Stored.self)) }
        }
        return switch type {
        case .float16: encode(HalfFloat.self)
        case .float32: encode(Float.self)
        case .float64: encode(Double.self)
        case .int8: encode(Int8.self)
        case .int16: encode(Int16.self)
        case .int32: encode(Int32.self)
        case .int64: encode(Int64.self)
        case .uint8: encode(UInt8.self)
        case .uint16: encode(UInt16.self)
        case .uint32: encode(UInt32.self)
        case .uint64: encode(UInt64.self)
        case .bool: encode(TruthByte.self)
        }
    }
}
