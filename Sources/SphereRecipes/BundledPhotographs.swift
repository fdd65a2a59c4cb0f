internal import SphereData

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The photographs that come with the package, for demonstrations and tests.
///
/// All are free of copyright.
public enum BundledPhotographs {
    /// File names, in the order of the demonstration.
    public static let names = ["astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg"]

    /// Why the photographs cannot be found.
    public struct NotFound: Error, CustomStringConvertible, Sendable {
        /// The folders that were looked in.
        public let folders: [String]

        /// What was looked for and where, in one line.
        public var description: String {
            "the bundled photographs were not found in \(folders.joined(separator: " or in "))"
        }
    }

    /// The folder with the photographs: the resources beside the program, else the sources that it was built from.
    ///
    /// - Throws: ``NotFound``.
    public static func folder() throws(NotFound) -> String {
        let program = programFolder()
        let source = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        let folders = ["\(program)/SphereShift_SphereRecipes.resources/Photographs", "/\(source)/Photographs"]
        guard let found = folders.first(where: { access("\($0)/\(names[0])", R_OK) == 0 }) else {
            throw NotFound(folders: folders)
        }
        return found
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
