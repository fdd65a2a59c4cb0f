internal import Foundation
internal import SphereKernels

extension SafetensorsFile {
    /// An array to be written.
    public struct Array: Sendable {
        /// The name, unique in the file.
        public let name: String
        /// The sizes of the dimensions.
        public let shape: [Int]
        /// The elements, row-major.
        public let elements: [Float]
        /// How they are stored: ``SafetensorsElement/float32``, ``SafetensorsElement/float16`` or ``SafetensorsElement/int8``.
        public let element: SafetensorsElement

        /// An array of the given name, shape and elements.
        ///
        /// - Precondition: as many elements as the shape has; stored as float32, float16 or int8, the latter only whole numbers
        ///   in -128...127.
        public init(
            name: String, shape: [Int], elements: [Float], as element: SafetensorsElement = .float32
        ) {
            require(
                shape.reduce(1, *) == elements.count,
                "array \(name) of shape \(shape) has \(shape.reduce(1, *)) elements, \(elements.count) were given")
            require(
                element == .float32 || element == .float16 || element == .int8,
                "arrays are written as F32, F16 or I8, found \(element.rawValue)")
            require(
                element != .int8 || elements.allSatisfy { Int8(exactly: $0) != nil },
                "array \(name), stored as I8, has elements that are no whole numbers in -128...127")
            self.name = name
            self.shape = shape
            self.elements = elements
            self.element = element
        }
    }

    /// Writes arrays in the given order; the file appears under its name when it is complete.
    ///
    /// The same arrays and texts give the same bytes. float16 rounds to the nearest, ties to even.
    ///
    /// - Precondition: names are unique, and none is `__metadata__`.
    /// - Complexity: O(bytes).
    /// - Throws: ``SafetensorsError/file(_:)``; an older file is then untouched.
    public static func write(
        _ arrays: [Array], metadata: [String: String] = [:], to path: String
    ) throws(SafetensorsError) {
        let names = arrays.map(\.name)
        require(
            Set(names).count == names.count && !names.contains("__metadata__"),
            "names of arrays must be unique and not __metadata__, found \(names)")
        var fields: [String] = []
        if !metadata.isEmpty {
            let texts = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
            fields.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
        }
        var offset = 0
        for array in arrays {
            let end = offset + array.elements.count * array.element.byteCount
            let shape = array.shape.map(String.init).joined(separator: ",")
            fields.append(
                "\(quoted(array.name)):{\"dtype\":\"\(array.element.rawValue)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        // The elements start at a multiple of 8, as the reference implementation has it.
        var header = Swift.Array("{\(fields.joined(separator: ","))}".utf8)
        header += Swift.Array(repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
        var bytes = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header
        for array in arrays { bytes += Self.bytes(of: array) }
        let contents = bytes
        try SafetensorsError.wrapping { () throws(FileError) in try AtomicFile.write(contents, to: path) }
    }

    private static func bytes(of array: Array) -> [UInt8] {
        if array.element == .int8 { return array.elements.map { UInt8(bitPattern: Int8($0)) } }
        if array.element == .float16 {
            return array.elements.flatMap { value in
                let bits = HalfPrecision.bits(of: Double(value))
                return [UInt8(truncatingIfNeeded: bits), UInt8(truncatingIfNeeded: bits >> 8)]
            }
        }
        return array.elements.flatMap { value in
            let bits = value.bitPattern
            return (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt32($0))) }
        }
    }

    /// A text in JSON's quotes.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case let control where control.value < 0x20:
                let digits = String(control.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
