/// What can be wrong with an NPY file, or with writing one.
public enum NPYError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file system refused: missing, unreadable, not a regular file, no space.
    case file(FileError)
    /// The file does not begin with the six bytes `\x93NUMPY`; `found` shows what it begins with.
    case notNPY(path: String, found: String)
    /// The version of the format is none of 1.0, 2.0 and 3.0.
    case unsupportedVersion(path: String, major: Int, minor: Int)
    /// The part of the file that begins at `byteOffset` has another length than the bytes before it declare.
    case wrongSize(path: String, byteOffset: Int, expectedBytes: Int, foundBytes: Int)
    /// The header is not the dictionary that the format describes; `byteOffset` counts from the start of the file.
    case malformedHeader(path: String, byteOffset: Int, expected: String, found: String)
    /// The elements are objects, records, strings, complex numbers or another type that is not a plain real number.
    case unsupportedElementType(path: String, descr: String)
    /// The number of bytes that the shape declares does not fit into an `Int`.
    case shapeTooLarge(path: String, shape: [Int])
    /// The array has another shape than the caller can use.
    case unexpectedShape(path: String, expected: String, found: [Int])
    /// The element at `index` (in the order of the file, from 0) has no counterpart in `type`.
    case notRepresentable(path: String, index: Int, value: String, type: String)
    /// The machine cannot provide the memory for the elements.
    case outOfMemory(path: String, bytes: Int)

    /// One line that names the file, the place, what was expected and what was found.
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .notNPY(let path, let found):
            "\(path): byte 0: expected the magic string \\x93NUMPY of an NPY file, found \(found)"
        case .unsupportedVersion(let path, let major, let minor):
            "\(path): byte 6: expected NPY format version 1.0, 2.0 or 3.0, found \(major).\(minor)"
        case .wrongSize(let path, let byteOffset, let expectedBytes, let foundBytes):
            "\(path): byte \(byteOffset): expected \(expectedBytes) more bytes to the end, found \(foundBytes)"
        case .malformedHeader(let path, let byteOffset, let expected, let found):
            "\(path): byte \(byteOffset): NPY header: expected \(expected), found \(found)"
        case .unsupportedElementType(let path, let descr):
            "\(path): element type \(descr) is not supported, expected f2, f4, f8, i1...i8, u1...u8 or b1"
        case .shapeTooLarge(let path, let shape):
            "\(path): an array of shape \(shape) is larger than any memory"
        case .unexpectedShape(let path, let expected, let found):
            "\(path): expected \(expected), found shape \(found)"
        case .notRepresentable(let path, let index, let value, let type):
            "\(path): element \(index) is \(value), which is not a value of type \(type)"
        case .outOfMemory(let path, let bytes):
            "\(path): the array needs \(bytes) bytes of memory, which the system does not provide"
        }
    }

    /// Runs `body` and passes its error on as one of an NPY file.
    static func wrapping<Result: ~Copyable>(
        _ body: () throws(FileError) -> Result
    ) throws(NPYError) -> Result {
        do { return try body() } catch { throw .file(error) }
    }
}
