import ArgumentParser
import SphereKernels

/// The command line tool.
///
/// Subcommands have a file each; no algorithm is here.
@main
struct SphereShift: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sphereshift",
        abstract: "Grouping on the unit sphere: blurring mean shift with the von Mises-Fisher kernel.",
        discussion: """
            Results go to stdout (a table, or JSON with --json), messages and progress to stderr.

            Exit codes: 0 success, 1 input or output cannot be used or a limit is broken, 64 wrong usage.

            Environment: SPHERESHIFT_INSTRUCTION_SET (baseline, avx2 or avx512) overrides the choice of instruction set,
            NO_COLOR turns colours off.
            """,
        version: "0.1.0",
        subcommands: [
            GroupCommand.self, SegmentCommand.self, TrainCommand.self, EvaluateCommand.self, AnalyzeCommand.self,
            VerifyCommand.self,
            BenchmarkCommand.self, DemoCommand.self,
        ])

    /// Parses and runs; every failure ends in one line on stderr.
    static func main() {
        do {
            _ = try InstructionSet.fromEnvironment()
        } catch {
            Terminal.fail("\(InstructionSet.environmentVariable): \(error)", code: ExitCode.validationFailure.rawValue)
        }
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            let code = exitCode(for: error)
            // Help and version are "errors" that succeed, and a bare exit code has been explained already.
            if code == .success || error is ExitCode { exit(withError: error) }
            Terminal.fail(message(for: error), code: code.rawValue)
        }
    }
}
