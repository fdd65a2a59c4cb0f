#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Data that is not part of the package: real embeddings and images that some tests need.
///
/// Looked for in the folder that the environment variable `SPHERESHIFT_SHARED_DATA` names, else in `../shared/data` beside the
/// package. Tests that need it are skipped, and say so, where it is missing.
package enum SharedData {
    private static let root: String = {
        if let folder = getenv("SPHERESHIFT_SHARED_DATA") { return String(cString: folder) }
        // This file is <package>/Tests/TestSupport/SharedData.swift.
        let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return "/\(package)/../shared/data"
    }()

    /// The path of a file or folder of the shared data.
    package static func path(_ name: String) -> String {
        "\(root)/\(name)"
    }

    /// Whether a file or folder of the shared data is here.
    package static func has(_ name: String) -> Bool {
        access(path(name), R_OK) == 0
    }
}
