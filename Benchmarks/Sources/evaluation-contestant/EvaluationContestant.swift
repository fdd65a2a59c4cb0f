import Foundation

/// One contestant of Benchmarks/peers/evaluation: SphereEvaluation, or the naive twin of one of its operations.
///
/// `evaluation-contestant sphereshift|naive OPERATION FOLDER` reads the input, evaluates once, writes the scores to
/// FOLDER/CONTESTANT.json, says "ready", and answers every line of stdin with the processor seconds of one evaluation: the
/// mean of as many as last a millisecond.
@main struct EvaluationContestant {
    /// A sample lasts at least this long, so that the clock does not show.
    private static let sampleSeconds = 1e-3

    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let operation = Operation(rawValue: arguments[2]) else {
            fail(
                "usage: evaluation-contestant sphereshift|naive "
                    + Operation.allCases.map(\.rawValue).joined(separator: "|") + " FOLDER")
        }
        let folder = arguments[3]
        let run: () throws -> Scores
        switch arguments[1] {
        case "sphereshift": run = try operation.evaluation(of: folder)
        case "naive": run = try operation.naiveTwin(of: folder)
        default: fail("expected sphereshift or naive, found '\(arguments[1])'")
        }
        let scores = try run()
        let values = scores.reduce(into: [String: Any]()) { $0[$1.key] = $1.value ?? NSNull() }
        try JSONSerialization.data(withJSONObject: values, options: [.sortedKeys])
            .write(to: URL(filePath: "\(folder)/\(arguments[1]).json"))
        let warm = try seconds(run, calls: 1)
        let calls = max(1, Int((sampleSeconds / warm).rounded(.up)))
        answer("ready \(arguments[1])")
        while readLine() != nil { answer("\(try seconds(run, calls: calls))") }
    }

    /// Seconds of processor time, which work of others on the same machine does not lengthen.
    private static func seconds(_ run: () throws -> Scores, calls: Int) throws -> Double {
        func now() -> Double {
            var time = timespec()
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
        }
        let start = now()
        for _ in 0..<calls { _ = try run() }
        return (now() - start) / Double(calls)
    }

    /// The whole line at once: the other side waits for it.
    private static func answer(_ line: String) {
        print(line)
        fflush(nil)
    }

    private static func fail(_ message: String) -> Never {
        FileHandle.standardError.write(Data("evaluation-contestant: \(message)\n".utf8))
        exit(64)
    }
}

/// Numbers by their names, without those that are undefined.
typealias Scores = [(key: String, value: Double?)]
