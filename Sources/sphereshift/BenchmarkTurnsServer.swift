import ArgumentParser
import SphereBenchmarking
import SphereData
import SphereKernels

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The tool's side of `--turns`: input and result as files, times on demand.
///
/// Benchmarks/peers/README.md describes the lines that are exchanged.
struct BenchmarkTurnsServer {
    private let turns: BenchmarkTurns

    /// Writes the input and the verified result to `folder`, which is made if it is missing.
    init(_ turns: BenchmarkTurns, folder: String) throws {
        self.turns = turns
        try OutputPath.makeFolder(folder)
        let input = turns.input
        try NPYFile.write(NPYArray(input.points), to: "\(folder)/points.npy")
        if input.targets.rows > 0 { try NPYFile.write(NPYArray(input.targets), to: "\(folder)/targets.npy") }
        try NPYFile.write(NPYArray(input.output.matrix), to: "\(folder)/result.npy")
    }

    /// Answers every line of stdin with one line on stdout, until there is no more.
    func run() throws {
        answer(["ready", turns.instructionSet.rawValue + turns.endings.joined(separator: " ")].joined(separator: " "))
        while let request = readLine() {
            if request == "peak" {
                answer("\(turns.peak() * 1e-9)")
            } else if request.hasPrefix("sample"), let seconds = turns.sample(String(request.dropFirst(6))) {
                answer("\(seconds)")
            } else {
                throw UnknownRequest(text: request)
            }
        }
    }

    /// The whole line at once: the other side waits for it.
    private func answer(_ line: String) {
        print(line)
        fflush(nil)
    }

    private struct UnknownRequest: Error, CustomStringConvertible {
        let text: String

        var description: String { "unknown request '\(text)' on stdin, expected sample or peak" }
    }
}
