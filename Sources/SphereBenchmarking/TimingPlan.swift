internal import SphereKernels

/// How long the contestants of one input are timed.
public struct TimingPlan: Sendable, Hashable {
    /// Seconds that the rounds of one input take together; the fewest rounds are run in any case.
    public var seconds: Double
    /// The fewest rounds, 1 or more: every contestant but the naive twin has at least as many samples.
    public var minimumRounds: Int
    /// Seconds that a sample should last; 0 for one call per sample.
    ///
    /// A contestant that is faster is called several times per sample: a reading of the clock takes some 50 ns.
    public var sampleSeconds: Double
    /// Seconds that one run of the naive twin may take: when all rows would take longer it is run on fewer.
    public var naiveSeconds: Double

    /// A plan; the defaults are what the published figures use.
    ///
    /// - Precondition: no time is negative and `minimumRounds >= 1`.
    public init(
        seconds: Double = 1, minimumRounds: Int = 5, sampleSeconds: Double = 1e-3, naiveSeconds: Double = 1
    ) {
        require(
            seconds >= 0 && sampleSeconds >= 0 && naiveSeconds >= 0,
            "times of a timing plan must be 0 or more, found \(seconds), \(sampleSeconds) and \(naiveSeconds) seconds")
        require(minimumRounds >= 1, "rounds of a timing plan must be 1 or more, found \(minimumRounds)")
        self.seconds = seconds
        self.minimumRounds = minimumRounds
        self.sampleSeconds = sampleSeconds
        self.naiveSeconds = naiveSeconds
    }

    /// Verifies everything and times next to nothing: for tests that benchmarks still run.
    public static let quick = TimingPlan(seconds: 0, minimumRounds: 2, sampleSeconds: 0, naiveSeconds: 0.02)
}
