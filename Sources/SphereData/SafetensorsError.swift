/// What can be wrong with a safetensors file.
public enum SafetensorsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file system refused.
    case file(FileError)
    /// The header is not what the format asks for; `reason` says where.
    case badHeader(path: String, reason: String)
    /// An array's entry contradicts itself, the other entries or the size of the file.
    case badArray(path: String, name: String, reason: String)
    /// No array of this name.
    case missingArray(path: String, name: String)

    /// One line for the user.
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .badHeader(let path, let reason): "\(path): not a safetensors file: \(reason)"
        case .badArray(let path, let name, let reason): "\(path): array \"\(name)\": \(reason)"
        case .missingArray(let path, let name): "\(path): has no array \"\(name)\""
        }
    }

    static func wrapping<Result: ~Copyable>(
        _ body: () throws(FileError) -> Result
    ) throws(SafetensorsError) -> Result {
        do { return try body() } catch { throw .file(error) }
    }
}
