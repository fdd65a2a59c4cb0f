#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The learning rate over the steps of a training: a linear rise over the warm-up, then
/// base (1 - t / steps)^power, the "poly" schedule.
public struct LearningRateSchedule: Sendable, Hashable {
    /// The rate at the end of the warm-up, before it falls.
    public let base: Double
    /// All steps.
    public let steps: Int
    /// 0.9 in the paper's trainings; 0 keeps the rate.
    public let power: Double
    /// Steps over which the rate rises.
    public let warmUpSteps: Int

    /// A schedule over `steps` steps.
    public init(base: Double, steps: Int, power: Double = 0.9, warmUpSteps: Int = 0) {
        self.base = base
        self.steps = steps
        self.power = power
        self.warmUpSteps = warmUpSteps
    }

    /// The rate of step `step`, counted from 0.
    public func rate(at step: Int) -> Double {
        let rise = warmUpSteps > 0 ? min(1, Double(step + 1) / Double(warmUpSteps)) : 1
        return base * rise * pow(max(0, 1 - Double(step) / Double(max(1, steps))), power)
    }
}
