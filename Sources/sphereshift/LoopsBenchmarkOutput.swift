import SphereKernels
import SphereRecipes

/// `sphereshift benchmark loops`.
enum LoopsBenchmarkOutput {
    private struct Report: Encodable {
        let threads: Int
        let instructionSet: String
        let processor: String
        let points: Int
        let dimension: Int
        let concentration: Float
        let loops: Int
        let times: LoopsBenchmark.Times
    }

    static func run(_ benchmark: LoopsBenchmark, threads: Int, instructionSet: String?, json: Bool) throws {
        let execution = Execution(threads: threads, instructionSet: instructionSet.flatMap(InstructionSet.init))
        let report = Report(
            threads: execution.threads, instructionSet: execution.instructionSet.rawValue,
            processor: InstructionSet.processorName, points: benchmark.points, dimension: benchmark.dimension,
            concentration: benchmark.concentration, loops: benchmark.loops, times: benchmark.run(on: execution))
        if json { return print(try JSON.text(report)) }
        let times = report.times
        var table = TextTable(header: ["forward s", "backward s", "tensors MB", "peak MB"])
        table.add([
            times.forward.text(digits: 2), times.backward.text(digits: 2),
            (Double(times.peakTensorBytes) / 1e6).text(digits: 0),
            (Double(times.peakResidentBytes) / 1e6).text(digits: 0),
        ])
        print(
            """
            \(report.loops) loops of \(report.points) points, D = \(report.dimension), kappa = \(report.concentration)
            \(report.processor), \(report.instructionSet), \(report.threads) threads

            \(table.text)
            """)
    }
}
