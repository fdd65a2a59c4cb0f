/// The rate of multiply-adds that one core reaches when it does nothing else: the ceiling of every kernel.
public enum FloatingPointPeak {
    /// Floating-point operations per second of one core with `instructionSet`, a multiply-add counting as two.
    ///
    /// The best of `repetitions` runs of about 10 ms each of a loop of independent multiply-adds on registers (multiply
    /// and add where the baseline has no fused form). Processors change their clock: compare only rates of one process,
    /// measured next to each other.
    public static func measure(_ instructionSet: InstructionSet = .selected, repetitions: Int = 7) -> Double {
        require(instructionSet.isAvailable, "instruction set \(instructionSet) is not available")
        let kernels = instructionSet.kernels
        let clock = ContinuousClock()
        var iterations = 1 << 16
        var best = 0.0
        var sum: Float = 0
        // The first run sets the length of the others and lets the clock rise.
        for repetition in 0...max(1, repetitions) {
            let seconds = clock.measure { sum += kernels.peakLoop(iterations) }.seconds
            if repetition == 0 {
                iterations = max(1, Int(Double(iterations) * 0.01 / max(seconds, 1e-9)))
            } else {
                best = max(best, 2 * Double(kernels.peakLoopMultiplyAdds) * Double(iterations) / max(seconds, 1e-9))
            }
        }
        require(sum.isFinite, "the peak loop did not converge: \(sum)")
        return best
    }
}
