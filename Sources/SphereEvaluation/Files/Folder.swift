public import SphereData

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The files of a folder.
public struct Folder: Equatable, Sendable {
    /// The path.
    public let path: String
    /// The names of what is in the folder, hidden files left out, sorted as strings.
    public let names: [String]

    /// Lists the folder at `path`.
    ///
    /// - Throws: `EvaluationFileError.file` if it cannot be read.
    public init(_ path: String) throws(EvaluationFileError) {
        guard let directory = opendir(path) else {
            throw .file(.cannotOpen(path: path, reason: String(cString: strerror(errno))))
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        self.path = path
        self.names = names.sorted()
    }

    /// The files of label maps, `.png` or `.npy`, by their names without the extension.
    public var labelMapNames: [String] {
        var names: [String] = []
        for name in self.names where name.hasSuffix(".png") || name.hasSuffix(".npy") {
            let base = String(name.dropLast(4))
            if !names.contains(base) { names.append(base) }
        }
        return names
    }

    /// The path of the first of several names that is here, `nil` if none is.
    public func firstPath(_ candidates: [String]) -> String? {
        candidates.first { names.contains($0) }.map { "\(path)/\($0)" }
    }

    /// The label map `name` with one of the suffixes before `.png` or `.npy`.
    ///
    /// - Throws: `EvaluationFileError.missing` if there is none, `EvaluationFileError.labels` if it cannot be read.
    public func labelMap(_ name: String, suffixes: [String] = [""]) throws(EvaluationFileError) -> LabelMap {
        let candidates = suffixes.flatMap { ["\(name)\($0).png", "\(name)\($0).npy"] }
        guard let found = firstPath(candidates) else {
            throw .missing(path: path, expected: candidates.joined(separator: " or "))
        }
        do { return try LabelMap.read(found) } catch { throw .labels(error) }
    }
}
