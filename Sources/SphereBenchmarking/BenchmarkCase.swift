internal import SphereKernels
internal import SphereReference

/// One input of an operation, with all that is needed to verify and time contestants on it.
struct BenchmarkCase {
    let input: BenchmarkInput
    let work: UsefulWork
    let twin: NaiveTwin
    /// The kernel: prepared once for an execution, then called.
    let kernel: (Execution) -> () -> Void
    /// Other ways of the kernels to do the same, each a contestant of its own per instruction set, by the ending of their names.
    var variants: [(ending: String, kernel: (Execution) -> () -> Void)] = []

    /// The naive twin among the contestants.
    static let naiveName = "naive"

    /// See ``BenchmarkOperation/run(_:rivals:)``.
    func run(
        _ settings: BenchmarkSettings, rivals: (BenchmarkInput) -> [Contestant]
    ) throws(BenchmarkError) -> [BenchmarkRow] {
        let kernels = settings.instructionSets.sorted(by: >).flatMap { set in
            ([("", kernel)] + variants).map { ending, kernel in
                Contestant(
                    name: set.rawValue + ending, instructionSet: set,
                    run: kernel(Execution(threads: settings.threads, instructionSet: set)))
            }
        }
        let contestants = kernels + rivals(input)
        let (sample, expectation) = twin.evaluate(within: settings.timing.naiveSeconds)
        for contestant in contestants { try verify(contestant, sample, expectation) }

        let sets = Set(contestants.map { $0.instructionSet ?? .widest } + [.widest])
        var peaks = PeakRates.measure(sets)
        var timings = InterleavedTimer(settings.timing).time(
            contestants.map { InterleavedTimer.Entry(run: $0.run) }
                + [InterleavedTimer.Entry(isSlow: true) { _ = twin.evaluate(sample) }])
        peaks.raise(to: PeakRates.measure(sets))

        let naive = timings.removeLast().scaled(by: Double(sample.total) / Double(sample.count))
        // Behind the kernels come the rivals.
        let rival = timings.dropFirst(kernels.count).min { $0.minimum < $1.minimum }
        func row(_ contestant: String, _ set: InstructionSet?, threads: Int, _ timing: Timing) -> BenchmarkRow {
            BenchmarkRow(
                input: input, contestant: contestant, instructionSet: set, threads: threads, timing: timing,
                work: work, peak: peaks.flops(set ?? .widest, threads: threads), naive: naive, rival: rival,
                sample: sample)
        }
        return zip(contestants, timings).map { contestant, timing in
            row(contestant.name, contestant.instructionSet, threads: settings.threads, timing)
        } + [row(Self.naiveName, nil, threads: 1, naive)]
    }

    /// Runs `contestant` once and compares the sampled rows of its result with what is expected.
    func verify(
        _ contestant: Contestant, _ sample: RowSample, _ expectation: Expectation
    ) throws(BenchmarkError) {
        input.output.clear()
        contestant.run()
        let result = sample.rows(of: input.output.matrix)
        let (position, error) = expectation.measure.worst(result, expectation.values)
        let limit = expectation.limit * contestant.tolerance
        // NaN is wrong too.
        guard error <= limit else {
            throw .wrongResult(
                operation: input.operation.name, contestant: contestant.name, row: sample.row(at: position),
                error: error, limit: limit)
        }
    }
}
