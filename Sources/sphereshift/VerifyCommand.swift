import ArgumentParser
import SphereKernels
import SphereReference

/// `sphereshift verify`: the accuracy table on this machine.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Recompute the accuracy table on this machine; fails if a limit is broken.",
        discussion: """
            Every operation is compared with its naive twin in double precision (or with golden values), on every \
            instruction set that is available here. docs/accuracy.md explains the limits.

            Examples:
              sphereshift verify
              sphereshift verify --instruction-set avx2 --json
            """)

    @OptionGroup(title: "Execution") var executionOptions: ExecutionOptions
    @OptionGroup var format: FormatOptions

    /// One operation on one input with one instruction set.
    private struct Row: Encodable {
        let operation: String
        let input: String
        let measure: String
        let instructionSet: String
        let error: Double
        let limit: Double
        let holds: Bool
    }

    private struct Report: Encodable {
        let holds: Bool
        let checks: [Row]
    }

    func run() throws {
        let sets = executionOptions.instructionSet.flatMap(InstructionSet.init).map { [$0] } ?? InstructionSet.available
        let checks = AccuracyTable.checks
        var rows: [Row] = []
        var bar = ProgressBar("verify")
        for (index, check) in checks.enumerated() {
            bar.update(index, of: checks.count, note: check.operation)
            for set in sets {
                let error = check.error(on: Execution(threads: executionOptions.threads, instructionSet: set))
                rows.append(
                    Row(
                        operation: check.operation, input: check.input, measure: check.measure,
                        instructionSet: set.rawValue, error: error, limit: check.limit, holds: error <= check.limit))
            }
        }
        bar.finish()
        let broken = rows.filter { !$0.holds }
        if format.json {
            print(try JSON.text(Report(holds: broken.isEmpty, checks: rows)))
        } else {
            print(table(checks, rows, sets))
            print("\n\(rows.count - broken.count) of \(rows.count) limits hold on \(InstructionSet.processorName)")
        }
        if !broken.isEmpty { throw InputError("\(broken.count) accuracy limits are broken") }
    }

    /// A line per check with a column per instruction set, as in docs/accuracy.md.
    private func table(_ checks: [AccuracyCheck], _ rows: [Row], _ sets: [InstructionSet]) -> String {
        var table = TextTable(header: ["operation: input", "measure"] + sets.map(\.rawValue) + ["limit", ""])
        for (index, check) in checks.enumerated() {
            let errors = rows[index * sets.count..<(index + 1) * sets.count]
            table.add(
                ["\(check.operation): \(check.input)", check.measure] + errors.map(\.error.shortText)
                    + [check.limit.shortText, errors.allSatisfy(\.holds) ? "ok" : "BROKEN"])
        }
        return table.text
    }
}
