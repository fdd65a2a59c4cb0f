public import SphereKernels

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension NPYFile {
    /// The array in the file at `path`, its elements converted to `Element`.
    ///
    /// - Complexity: O(elements) in time; memory is that of the result and a quarter of a mebibyte.
    /// - Throws: ``NPYError`` if the file is missing, not a regular file, not an NPY file, of another size than its
    ///   header declares, of an unsupported element type, or holds an element that `Element` cannot represent.
    public static func read<Element: NPYElement>(
        _ path: String, as type: Element.Type = Element.self
    ) throws(NPYError) -> NPYArray<Element> {
        let file = try open(path)
        let header = try NPYHeader(of: file)
        return NPYArray(shape: header.shape, elements: try elements(of: file, header: header))
    }

    /// The vectors in the file at `path`, one a row, rounded to `Float`.
    ///
    /// An array of shape (N, D) gives N rows and spatial shape [N]; one of shape (H, W, D), a picture of vectors, gives
    /// H * W rows in row-major order of the pixels and spatial shape [H, W].
    ///
    /// - Complexity: O(elements) in time; memory is that of the result and a quarter of a mebibyte.
    /// - Throws: ``NPYError`` as ``read(_:as:)``, and `NPYError.unexpectedShape` for another rank than 2 or 3.
    public static func readMatrix(_ path: String) throws(NPYError) -> (matrix: Matrix, spatialShape: [Int]) {
        let file = try open(path)
        let header = try NPYHeader(of: file)
        guard (2...3).contains(header.shape.count), let columns = header.shape.last else {
            throw .unexpectedShape(path: path, expected: "shape (N, D) or (H, W, D)", found: header.shape)
        }
        let spatialShape = Array(header.shape.dropLast())
        let elements: [Float] = try elements(of: file, header: header)
        return (Matrix(rows: spatialShape.reduce(1, *), columns: columns, elements: elements), spatialShape)
    }

    private static func elements<Element: NPYElement>(
        of file: borrowing RegularFile, header: NPYHeader
    ) throws(NPYError) -> [Element] {
        let count = header.count
        let (byteCount, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        if overflow { throw .outOfMemory(path: file.path, bytes: .max) }
        try requireMemory(byteCount, for: file.path)
        return try [Element](unsafeUninitializedCapacity: count) { (buffer, initializedCount) throws(NPYError) in
            let target = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
            try read(file, header: header, into: target)
            initializedCount = count
        }
    }

    /// Asks the system for `byteCount` bytes and gives them back: an array that cannot be allocated ends the program.
    private static func requireMemory(_ byteCount: Int, for path: String) throws(NPYError) {
        // Not with malloc: the optimiser takes a call of malloc followed by free for granted and removes both.
        let memory = mmap(nil, max(byteCount, 1), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
        guard memory != MAP_FAILED else { throw .outOfMemory(path: path, bytes: byteCount) }
        munmap(memory, max(byteCount, 1))
    }

    /// Reads, swaps, converts and places the elements one chunk after the other.
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    @specialized(where Element == Int)
    @specialized(where Element == Int32)
    @specialized(where Element == Int64)
    @specialized(where Element == UInt8)
    @specialized(where Element == UInt16)
    private static func read<Element: NPYElement>(
        _ file: borrowing RegularFile, header: NPYHeader, into target: UnsafeMutableBufferPointer<Element>
    ) throws(NPYError) {
        let itemBytes = header.elementType.byteCount
        let chunkCount = chunkByteCount / itemBytes
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkByteCount, alignment: 8)
        defer { chunk.deallocate() }
        let scattered = UnsafeMutableBufferPointer<Element>.allocate(capacity: header.isFortranOrder ? chunkCount : 0)
        defer { scattered.deallocate() }
        var order = FortranOrder(shape: header.shape)

        for start in stride(from: 0, to: target.count, by: chunkCount) {
            let count = min(chunkCount, target.count - start)
            let bytes = UnsafeMutableRawBufferPointer(rebasing: chunk[..<(count * itemBytes)])
            try NPYError.wrapping { () throws(FileError) in
                try file.read(into: bytes, at: header.dataOffset + start * itemBytes)
            }
            if header.isBigEndian != NPYHeader.hostIsBigEndian { swapBytes(bytes, ofItems: itemBytes) }

            let converted = UnsafeMutableBufferPointer(
                rebasing: header.isFortranOrder ? scattered[..<count] : target[start..<start + count])
            if let failed = decode(bytes, as: header.elementType, into: converted) {
                throw .notRepresentable(
                    path: file.path, index: start + failed.index, value: failed.value, type: "\(Element.self)")
            }
            if header.isFortranOrder {
                order.visit(count) { target.initializeElement(at: $1, to: converted[$0]) }
            }
        }
    }

    /// Reverses the bytes of every item of a chunk.
    private static func swapBytes(_ bytes: UnsafeMutableRawBufferPointer, ofItems itemBytes: Int) {
        func swap<Bits: FixedWidthInteger>(_ type: Bits.Type) {
            let items = bytes.bindMemory(to: Bits.self)
            for index in items.indices { items[index] = items[index].byteSwapped }
        }
        switch itemBytes {
        case 2: swap(UInt16.self)
        case 4: swap(UInt32.self)
        case 8: swap(UInt64.self)
        default: break
        }
    }

    /// Converts a chunk; returns the first element that has no counterpart, if there is one.
    private static func decode<Element: NPYElement>(
        _ bytes: UnsafeMutableRawBufferPointer, as type: NPYElementType,
        into target: UnsafeMutableBufferPointer<Element>
    ) -> (index: Int, value: String)? {
        func decode<Stored: NPYElement>(_ type: Stored.Type) -> (index: Int, value: String)? {
            let source = UnsafeBufferPointer(bytes.bindMemory(to: Stored.self))
            return convertElements(source, into: target).map { ($0, source[$0].npyScalar.description) }
        }
        return switch type {
        case .float16: decode(HalfFloat.self)
        case .float32: decode(Float.self)
        case .float64: decode(Double.self)
        case .int8: decode(Int8.self)
        case .int16: decode(Int16.self)
        case .int32: decode(Int32.self)
        case .int64: decode(Int64.self)
        case .uint8: decode(UInt8.self)
        case .uint16: decode(UInt16.self)
        case .uint32: decode(UInt32.self)
        case .uint64: decode(UInt64.self)
        case .bool: decode(TruthByte.self)
        }
    }
}
