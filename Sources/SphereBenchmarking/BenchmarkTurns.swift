public import SphereKernels

/// One kernel on one input, timed sample by sample on demand: for turns with programs outside this process.
///
/// The other programs are given the same ``input`` as files, and whoever leads the rounds asks one after the other for
/// a sample.
public struct BenchmarkTurns {
    /// The instruction set that is timed.
    public let instructionSet: InstructionSet
    /// What is computed, and after ``init(_:_:)`` also the verified result.
    public let input: BenchmarkInput
    /// The endings of the names of its contestants: an empty one, and those of other ways to do the same.
    public var endings: [String] { contestants.map(\.ending) }
    private let contestants: [(ending: String, run: () -> Void, calls: Int)]

    /// Prepares `operation` on the widest of the instruction sets of `settings` and verifies its result.
    ///
    /// - Throws: ``BenchmarkError/wrongResult(operation:contestant:row:error:limit:)``.
    public init(_ operation: BenchmarkOperation, _ settings: BenchmarkSettings) throws(BenchmarkError) {
        settings.requireValid()
        instructionSet = settings.instructionSets.max()!
        let benchmark = operation.benchmarkCase(settings)
        input = benchmark.input
        let execution = Execution(threads: settings.threads, instructionSet: instructionSet)
        let (sample, expectation) = benchmark.twin.evaluate(within: settings.timing.naiveSeconds)
        var contestants: [(ending: String, run: () -> Void, calls: Int)] = []
        // The one without an ending comes last: the output is its result.
        for (ending, kernel) in benchmark.variants.reversed() + [("", benchmark.kernel)] {
            let contestant = Contestant(
                name: instructionSet.rawValue + ending, instructionSet: instructionSet, run: kernel(execution))
            try benchmark.verify(contestant, sample, expectation)
            let calls = max(1, Int((settings.timing.sampleSeconds / seconds(contestant.run)).rounded(.up)))
            contestants.append((ending, contestant.run, calls))
        }
        self.contestants = contestants.reversed()
    }

    /// The seconds of one evaluation: the mean of as many calls as last `TimingPlan.sampleSeconds`, after one that warms
    /// up; `nil` if no contestant has the ending.
    public func sample(_ ending: String = "") -> Double? {
        guard let (_, run, calls) = contestants.first(where: { $0.ending == ending }) else { return nil }
        run()
        return seconds { for _ in 0..<calls { run() } } / Double(calls)
    }

    /// The multiply-add peak of one core in floating-point operations per second, measured now: the best of three runs of
    /// 10 ms.
    public func peak() -> Double {
        FloatingPointPeak.measure(instructionSet, repetitions: 3)
    }
}
