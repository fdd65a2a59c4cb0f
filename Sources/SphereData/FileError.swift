#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What can go wrong between a program and its file system.
public enum FileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file does not exist, or the system does not let it be opened; `reason` is the system's text.
    case cannotOpen(path: String, reason: String)
    /// A regular file was needed; `kind` says what lies there ("a directory", "a pipe" ...).
    case notRegularFile(path: String, kind: String)
    /// Reading failed at `byteOffset`.
    case cannotRead(path: String, byteOffset: Int, reason: String)
    /// The file cannot be created, written, or moved into place.
    case cannotWrite(path: String, reason: String)

    /// One line that names the file and the reason.
    public var description: String {
        switch self {
        case .cannotOpen(let path, let reason): "\(path): cannot be opened: \(reason)"
        case .notRegularFile(let path, let kind): "\(path): is \(kind), expected a regular file"
        case .cannotRead(let path, let byteOffset, let reason):
            "\(path): cannot be read at byte \(byteOffset): \(reason)"
        case .cannotWrite(let path, let reason): "\(path): cannot be written: \(reason)"
        }
    }

    /// The system's text for the last error of this thread.
    static func lastReason() -> String {
        String(cString: strerror(errno))
    }

    /// `nil` for the mode of a regular file, otherwise the words for what it is.
    static func kindUnlessRegular(mode: mode_t) -> String? {
        switch mode & S_IFMT {
        case S_IFREG: nil
        case S_IFDIR: "a directory"
        case S_IFIFO: "a pipe"
        case S_IFSOCK: "a socket"
        case S_IFCHR, S_IFBLK: "a device"
        default: "not a file"
        }
    }
}
