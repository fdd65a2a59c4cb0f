import SphereKernels
import SphereRecipes

/// `sphereshift benchmark training`.
enum TrainingBenchmarkOutput {
    private struct Report: Encodable {
        let threads: Int
        let instructionSet: String
        let processor: String
        let batch: Int
        let loops: Int
        /// Losses over 819 pixels, as the rivals' scripts have it.
        let sampled: TrainingStepBenchmark.Times
        /// Losses over all pixels.
        let allPixels: TrainingStepBenchmark.Times
    }

    static func run(threads: Int, instructionSet: String?, json: Bool) throws {
        let execution = Execution(threads: threads, instructionSet: instructionSet.flatMap(InstructionSet.init))
        let benchmark = TrainingStepBenchmark()
        let report = Report(
            threads: execution.threads, instructionSet: execution.instructionSet.rawValue,
            processor: InstructionSet.processorName, batch: benchmark.batch, loops: benchmark.loops,
            sampled: benchmark.run(sampledPixels: 819, on: execution),
            allPixels: benchmark.run(sampledPixels: 4096, on: execution))
        if json { return print(try JSON.text(report)) }
        var table = TextTable(header: [
            "pixels in a loss", "network ms", "loops ms", "backward ms", "total ms", "optimizer ms", "tensors MB",
            "peak MB",
        ])
        for times in [report.sampled, report.allPixels] {
            let parts = [times.network, times.loops, times.backward, times.total, times.optimizer]
            table.add(
                ["\(times.sampledPixels)"] + parts.map { ($0 * 1000).text(digits: 0) }
                    + [(Double(times.peakTensorBytes) / 1e6).text(digits: 0)]
                    + [(Double(times.peakResidentBytes) / 1e6).text(digits: 0)])
        }
        print(
            """
            training step, batch \(report.batch), 64 x 64 pixels, loss on loops 0...\(report.loops)
            \(report.processor), \(report.instructionSet), \(report.threads) threads, medians of \(benchmark.repetitions)

            \(table.text)
            """)
    }
}
