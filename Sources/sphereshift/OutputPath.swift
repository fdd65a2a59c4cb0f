import ArgumentParser

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Checks of where results will go, made before the work so that nothing is lost to a typing error.
enum OutputPath {
    /// Throws if a file cannot be written at `path`.
    static func checkFile(_ path: String) throws {
        var status = stat()
        if stat(path, &status) == 0 {
            if status.st_mode & S_IFMT == S_IFDIR { throw ValidationError("\(path): is a directory, expected a file") }
            if access(path, W_OK) != 0 { throw CannotWrite(path: path, reason: String(cString: strerror(errno))) }
        }
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let parent = folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder
        if access(parent, W_OK | X_OK) != 0 {
            throw CannotWrite(path: path, reason: "\(parent): \(String(cString: strerror(errno)))")
        }
    }

    /// Makes the folder `path` with its parents if it is missing; throws if it cannot be written to.
    static func makeFolder(_ path: String) throws {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += made.isEmpty || made == "/" ? String(part) : "/\(part)"
            if mkdir(made, 0o777) != 0 && errno != EEXIST {
                throw CannotWrite(path: path, reason: "\(made): \(String(cString: strerror(errno)))")
            }
        }
        if access(path, W_OK | X_OK) != 0 {
            throw CannotWrite(path: path, reason: String(cString: strerror(errno)))
        }
    }

    /// A place that cannot be written to.
    struct CannotWrite: Error, CustomStringConvertible {
        let path: String
        let reason: String

        var description: String { "\(path): cannot be written: \(reason)" }
    }
}
