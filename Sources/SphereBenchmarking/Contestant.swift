public import SphereKernels

/// One way to compute the result of a benchmark's input: one of our instruction sets, or a rival.
public struct Contestant {
    /// The name in the rows of results.
    public let name: String
    /// The instruction set whose peak is its ceiling; `nil`: whatever the machine has.
    public let instructionSet: InstructionSet?
    /// How many times the kernels' error limit its results may be off.
    public let tolerance: Double
    /// Computes the whole result into ``BenchmarkInput/output``.
    ///
    /// Called many times. What can be prepared once (memory, threads) belongs to the closure, not into the call: the
    /// first call, in which results are verified, is not timed.
    public let run: () -> Void

    /// A contestant.
    ///
    /// - Parameters:
    ///   - name: such as `avx512` or `eigen`.
    ///   - instructionSet: `nil` for rivals, which may use all that the machine has.
    ///   - tolerance: 1 for kernels; a rival in float32 with other rounding may need a little more.
    ///   - run: computes the whole result into ``BenchmarkInput/output``.
    public init(
        name: String, instructionSet: InstructionSet? = nil, tolerance: Double = 1, run: @escaping () -> Void
    ) {
        self.name = name
        self.instructionSet = instructionSet
        self.tolerance = tolerance
        self.run = run
    }
}
