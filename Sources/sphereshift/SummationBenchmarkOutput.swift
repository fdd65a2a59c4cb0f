import SphereFastSummation
import SphereKernels

/// `sphereshift benchmark summation`.
enum SummationBenchmarkOutput {
    private struct Report: Encodable {
        let threads: Int
        let instructionSet: String
        let processor: String
        let points: Int
        let dimension: Int
        let concentration: Float
        let results: [SummationBenchmark.Result]
    }

    static func run(_ benchmark: SummationBenchmark, threads: Int, instructionSet: String?, json: Bool) throws {
        let execution = Execution(threads: threads, instructionSet: instructionSet.flatMap(InstructionSet.init))
        let report = Report(
            threads: execution.threads, instructionSet: execution.instructionSet.rawValue,
            processor: InstructionSet.processorName, points: benchmark.points, dimension: benchmark.dimension,
            concentration: benchmark.concentration,
            results: try SummationBenchmark.Distribution.allCases.map { try benchmark.run($0, on: execution) })
        if json { return print(try JSON.text(report)) }
        var table = TextTable(header: [
            "points", "plan s", "step s", "exact s", "exact / step", "skipping s", "certified", "largest", "redone",
        ])
        for result in report.results {
            table.add([
                result.distribution.rawValue, result.plan.text(digits: 3), result.fast.text(digits: 3),
                result.exact.text(digits: 2), (result.exact / result.fast).text(digits: 0),
                result.skipping.text(digits: 2), result.certifiedAngle.shortText, result.largestAngle.shortText,
                "\(result.redoneRows)",
            ])
        }
        print(
            """
            A blurring step of \(report.points) points, D = \(report.dimension), kappa = \(report.concentration), within 1e-4 radians
            \(report.processor), \(report.instructionSet), \(report.threads) threads

            \(table.text)
            """)
    }
}
