internal import Foundation
internal import SphereKernels

/// The types of elements that a safetensors file can have and this package reads.
public enum SafetensorsElement: String, Sendable, CaseIterable {
    case float64 = "F64"
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case int64 = "I64"
    case int32 = "I32"
    case int16 = "I16"
    case int8 = "I8"
    case uint8 = "U8"
    case bool = "BOOL"

    /// Bytes of an element.
    public var byteCount: Int {
        switch self {
        case .float64, .int64: 8
        case .float32, .int32: 4
        case .float16, .bfloat16, .int16: 2
        case .int8, .uint8, .bool: 1
        }
    }
}

/// Named arrays in the safetensors format of Hugging Face: an 8-byte length, a JSON header, the elements.
///
/// Read into memory as a whole. The header is checked in full before any array is looked at: types, shapes, ranges inside the
/// file, no overlap and no hole.
public struct SafetensorsFile: Sendable {
    /// An array's type, shape and place.
    public struct Entry: Sendable, Hashable {
        /// The type of the elements.
        public let element: SafetensorsElement
        /// The sizes of the dimensions, row-major.
        public let shape: [Int]
        /// The bytes after the header.
        let range: Range<Int>
    }

    /// The longest header that is read, 100 MB as in the reference implementation.
    public static let maximumHeaderBytes = 100_000_000

    /// Where the file was read from.
    public let path: String
    /// The free texts of the header's `__metadata__`.
    public let metadata: [String: String]
    /// The arrays by name.
    public let entries: [String: Entry]
    private let bytes: [UInt8]
    private let dataStart: Int

    /// Elements of all arrays.
    public var elementCount: Int { entries.values.reduce(0) { $0 + $1.shape.reduce(1, *) } }

    /// Reads the file at `path`.
    ///
    /// - Complexity: O(bytes) time and memory.
    /// - Throws: ``SafetensorsError``.
    public init(_ path: String) throws(SafetensorsError) {
        let bytes = try SafetensorsError.wrapping { () throws(FileError) in try FileContents.read(path) }
        self.path = path
        self.bytes = bytes
        let header = try SafetensorsHeader(bytes, path: path)
        metadata = header.metadata
        entries = header.entries
        dataStart = header.dataStart
    }

    /// The elements of an array as float32, row-major.
    ///
    /// Integers and float64 are rounded to the nearest float32.
    ///
    /// - Complexity: O(elements).
    /// - Throws: ``SafetensorsError/missingArray(path:name:)``.
    public func floats(_ name: String) throws(SafetensorsError) -> [Float] {
        guard let entry = entries[name] else { throw .missingArray(path: path, name: name) }
        let start = dataStart + entry.range.lowerBound
        let count = entry.range.count / entry.element.byteCount
        return bytes.withUnsafeBytes { raw in
            func elements<Number: FixedWidthInteger>(_ type: Number.Type, _ convert: (Number) -> Float) -> [Float] {
                let size = MemoryLayout<Number>.size
                return (0..<count).map {
                    convert(
                        Number(littleEndian: raw.loadUnaligned(fromByteOffset: start + $0 * size, as: Number.self)))
                }
            }
            return switch entry.element {
            case .float64: elements(UInt64.self) { Float(Double(bitPattern: $0)) }
            case .float32: elements(UInt32.self) { Float(bitPattern: $0) }
            case .float16: elements(UInt16.self) { HalfPrecision.float(fromBits: $0) }
            case .bfloat16: elements(UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
            case .int64: elements(Int64.self) { Float($0) }
            case .int32: elements(Int32.self) { Float($0) }
            case .int16: elements(Int16.self) { Float($0) }
            case .int8: elements(Int8.self) { Float($0) }
            case .uint8, .bool: elements(UInt8.self) { Float($0) }
            }
        }
    }
}

/// The header of a safetensors file, checked.
private struct SafetensorsHeader {
    var metadata: [String: String] = [:]
    var entries: [String: SafetensorsFile.Entry] = [:]
    let dataStart: Int

    init(_ bytes: [UInt8], path: String) throws(SafetensorsError) {
        guard bytes.count >= 8 else {
            throw .badHeader(path: path, reason: "\(bytes.count) bytes, 8 are needed for the length of the header")
        }
        let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << (8 * UInt64($1)) }
        guard length <= SafetensorsFile.maximumHeaderBytes, length <= bytes.count - 8 else {
            throw .badHeader(
                path: path,
                reason: "the header is said to have \(length) bytes, \(bytes.count - 8) follow its length")
        }
        dataStart = 8 + Int(length)
        guard let json = try? JSONSerialization.jsonObject(with: Data(bytes[8..<dataStart])),
            let objects = json as? [String: Any]
        else { throw .badHeader(path: path, reason: "the header of \(length) bytes is not a JSON object") }
        for (name, object) in objects {
            if name == "__metadata__" {
                guard let texts = object as? [String: String] else {
                    throw .badHeader(path: path, reason: "__metadata__ is not a table of texts")
                }
                metadata = texts
            } else {
                entries[name] = try Self.entry(object, name: name, path: path)
            }
        }
        try checkRanges(dataBytes: bytes.count - dataStart, path: path)
    }

    private static func entry(
        _ object: Any, name: String, path: String
    ) throws(SafetensorsError) -> SafetensorsFile.Entry {
        func bad(_ reason: String) -> SafetensorsError { .badArray(path: path, name: name, reason: reason) }
        guard let fields = object as? [String: Any], let type = fields["dtype"] as? String,
            let shape = fields["shape"] as? [Int], let offsets = fields["data_offsets"] as? [Int], offsets.count == 2
        else { throw bad("needs dtype, shape and two data_offsets") }
        guard let element = SafetensorsElement(rawValue: type) else {
            throw bad("elements of type \(type), known are \(SafetensorsElement.allCases.map(\.rawValue))")
        }
        var byteCount = element.byteCount
        for size in shape {
            let (product, overflows) = byteCount.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflows else { throw bad("the shape \(shape)") }
            byteCount = product
        }
        guard offsets[0] >= 0, offsets[1] >= offsets[0], offsets[1] - offsets[0] == byteCount else {
            throw bad("\(type) of shape \(shape) takes \(byteCount) bytes, data_offsets are \(offsets)")
        }
        return SafetensorsFile.Entry(element: element, shape: shape, range: offsets[0]..<offsets[1])
    }

    /// The arrays lie one after the other and fill the file.
    private func checkRanges(dataBytes: Int, path: String) throws(SafetensorsError) {
        var end = 0
        for (name, entry) in entries.sorted(by: {
            ($0.value.range.lowerBound, $0.value.range.upperBound)
                < ($1.value.range.lowerBound, $1.value.range.upperBound)
        }) {
            guard entry.range.lowerBound == end, entry.range.upperBound <= dataBytes else {
                throw .badArray(
                    path: path, name: name,
                    reason: "bytes \(entry.range) of the data; byte \(end) is next, the file has \(dataBytes)")
            }
            end = entry.range.upperBound
        }
        guard end == dataBytes else {
            throw .badHeader(
                path: path, reason: "the arrays take \(end) bytes, the file has \(dataBytes) after its header")
        }
    }
}
