#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The files that come with the package: weights, digits and photographs.
public enum PackageResources {
    /// Why a file cannot be found.
    public struct NotFound: Error, CustomStringConvertible, Sendable {
        /// The file's path among the resources.
        public let name: String
        /// The folders that were looked in.
        public let folders: [String]

        /// What was looked for and where, in one line.
        public var description: String {
            "\(name), which comes with the package, was not found in \(folders.joined(separator: " or in "))"
        }
    }

    /// Where the resource `name` is: beside the program, else among the sources that it was built from.
    ///
    /// - Throws: ``NotFound``.
    public static func path(_ name: String) throws(NotFound) -> String {
        let source = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        let folders = [
            "\(programFolder())/SphereShift_SphereRecipes.resources/Resources", "/\(source)/Resources",
        ]
        guard let folder = folders.first(where: { access("\($0)/\(name)", R_OK) == 0 }) else {
            throw NotFound(name: name, folders: folders)
        }
        return "\(folder)/\(name)"
    }

    private static func programFolder() -> String {
        let path =
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer -> String? in
                let count = readlink("/proc/self/exe", buffer.baseAddress!, buffer.count)
                guard count > 0 else { return nil }
                return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            } ?? CommandLine.arguments.first ?? "."
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        return folder.isEmpty ? "." : folder
    }
}
