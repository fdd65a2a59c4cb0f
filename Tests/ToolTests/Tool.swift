import Foundation
import Testing

/// Runs of the built program in a folder of their own.
struct Tool {
    /// What a run left.
    struct Result {
        let status: Int32
        let output: String
        let messages: String

        /// The output as a JSON object.
        var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(output.utf8))) as? [String: Any] ?? [:]
        }

        /// Whether the run failed as it should on bad input: one line on stderr, nothing on stdout, a status above 0.
        var isOneLineFailure: Bool {
            status > 0 && status < 128 && output.isEmpty && messages.hasPrefix("sphereshift: error: ")
                && messages.filter { $0 == "\n" }.count == 1
        }
    }

    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "sphereshift-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func remove() {
        try? FileManager.default.removeItem(at: folder)
    }

    /// The path of a file in the folder.
    func path(_ name: String) -> String {
        folder.appending(path: name).path
    }

    /// Names of the files in the folder.
    var files: Set<String> {
        Set((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    }

    /// The program, built beside the tests.
    private static let program: String = {
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let tests = link ?? CommandLine.arguments[0]
        return URL(filePath: tests).deletingLastPathComponent().appending(path: "sphereshift").path
    }()

    /// Runs the program with `arguments`.
    func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Result {
        try run(arguments: arguments, environment: environment)
    }

    /// Whether there is a file of this name in the folder.
    func hasFile(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    /// Starts the program with `arguments` and leaves it running; what it prints is lost.
    func start(arguments: [String]) throws -> Process {
        let process = process(arguments, environment: [:])
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// The program, to be started.
    ///
    /// Where tests run on an emulated processor (`SPHERESHIFT_EMULATOR`), so does it.
    private func process(_ arguments: [String], environment: [String: String]) -> Process {
        let process = Process()
        let emulator = ProcessInfo.processInfo.environment["SPHERESHIFT_EMULATOR"] ?? ""
        let command = emulator.split(separator: " ").map(String.init) + [Self.program] + arguments
        process.executableURL = URL(filePath: command[0].hasPrefix("/") ? command[0] : "/usr/bin/env")
        process.arguments = command[0].hasPrefix("/") ? Array(command.dropFirst()) : command
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        return process
    }

    /// Runs the program with `arguments`; `input` is what it reads from stdin.
    func run(arguments: [String], environment: [String: String] = [:], input: String = "") throws -> Result {
        let process = process(arguments, environment: environment)
        // Files and not pipes: a pipe that fills would stop the program.
        let (output, messages) = (path(".stdout"), path(".stderr"))
        for file in [output, messages] { _ = FileManager.default.createFile(atPath: file, contents: nil) }
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: messages))
        try Data(input.utf8).write(to: URL(filePath: path(".stdin")))
        process.standardInput = try FileHandle(forReadingFrom: URL(filePath: path(".stdin")))
        try process.run()
        process.waitUntilExit()
        let result = Result(
            status: process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus,
            output: try String(contentsOfFile: output, encoding: .utf8),
            messages: try String(contentsOfFile: messages, encoding: .utf8))
        for file in [output, messages, path(".stdin")] { try FileManager.default.removeItem(atPath: file) }
        return result
    }
}
