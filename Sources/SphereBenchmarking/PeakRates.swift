internal import SphereKernels

/// The multiply-add peak of one core, per instruction set, as this process has just measured it.
struct PeakRates {
    private var flops: [InstructionSet: Double]

    /// Measures the peaks of `sets`: 3 times 10 ms each.
    static func measure(_ sets: Set<InstructionSet>) -> PeakRates {
        var flops: [InstructionSet: Double] = [:]
        for set in sets.sorted() { flops[set] = FloatingPointPeak.measure(set, repetitions: 3) }
        return PeakRates(flops: flops)
    }

    /// Takes the larger of two measurements of each peak.
    mutating func raise(to other: PeakRates) {
        flops.merge(other.flops, uniquingKeysWith: max)
    }

    /// The peak of `threads` threads in floating-point operations per second: that of a core for each, as far as there
    /// are processors for them.
    func flops(_ set: InstructionSet, threads: Int) -> Double {
        flops[set, default: 0] * Double(min(threads, Execution.processorCount))
    }
}
