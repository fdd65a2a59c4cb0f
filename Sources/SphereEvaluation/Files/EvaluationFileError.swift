public import SphereData

/// What can be wrong with files that are to be evaluated.
public enum EvaluationFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file system refused.
    case file(FileError)
    /// A picture or an array cannot be read.
    case labels(LabelMapError)
    /// A file of text is not what it should be at `byteOffset`.
    case malformed(path: String, byteOffset: Int, expected: String, found: String)
    /// What a file holds cannot be evaluated.
    case invalid(path: String, EvaluationError)
    /// A file that belongs to another one is missing.
    case missing(path: String, expected: String)

    /// One line that names the file, the place, what was expected and what was found.
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .labels(let error): error.description
        case .malformed(let path, let byteOffset, let expected, let found):
            "\(path): byte \(byteOffset): expected \(expected), found \(found)"
        case .invalid(let path, let error): "\(path): \(error)"
        case .missing(let path, let expected): "\(path): expected \(expected), found none"
        }
    }
}
