/// What can be wrong with a picture file, or with writing one.
public enum ImageFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file system refused: missing, unreadable, not a regular file, no space.
    case file(FileError)
    /// The file does not begin as the format does; `found` shows what it begins with.
    case unknownFormat(path: String, expected: String, found: String)
    /// The file is truncated or damaged. `byteOffset` is how far the decoder had come, `reason` its text.
    case damaged(path: String, byteOffset: Int, reason: String)
    /// The file is sound but holds a kind of picture that is not read.
    case unsupported(path: String, reason: String)
    /// The declared picture has more pixels than the limit of the call.
    case tooManyPixels(path: String, width: Int, height: Int, limit: Int)
    /// The declared picture cannot be in a file of `fileBytes`, however well it is compressed.
    case impossibleSize(path: String, width: Int, height: Int, fileBytes: Int)
    /// The picture cannot be stored in the format.
    case cannotEncode(path: String, reason: String)

    /// One line that names the file, the place and the reason.
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .unknownFormat(let path, let expected, let found):
            "\(path): byte 0: expected \(expected), found \(found)"
        case .damaged(let path, let byteOffset, let reason):
            "\(path): damaged or truncated near byte \(byteOffset): \(reason)"
        case .unsupported(let path, let reason): "\(path): not supported: \(reason)"
        case .tooManyPixels(let path, let width, let height, let limit):
            "\(path): a picture of \(width) x \(height) pixels, more than the limit of \(limit)"
        case .impossibleSize(let path, let width, let height, let fileBytes):
            "\(path): declares \(width) x \(height) pixels, which \(fileBytes) bytes cannot hold"
        case .cannotEncode(let path, let reason): "\(path): cannot be encoded: \(reason)"
        }
    }

    /// Runs `body` and passes its error on as one of a picture file.
    static func wrapping<Result>(_ body: () throws(FileError) -> Result) throws(ImageFileError) -> Result {
        do { return try body() } catch { throw .file(error) }
    }
}
