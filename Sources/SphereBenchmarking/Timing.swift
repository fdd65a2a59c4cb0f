internal import SphereKernels

/// The times of one contestant, one per round.
package struct Timing: Sendable, Equatable {
    /// Seconds of one evaluation in each round, in their order.
    package let samples: [Double]

    /// - Precondition: there is at least one sample.
    package init(_ samples: [Double]) {
        require(!samples.isEmpty, "a timing needs at least one sample, found none")
        self.samples = samples
    }

    /// The smallest sample: the time least disturbed by others.
    package var minimum: Double { samples.min()! }

    /// The middle sample, or the mean of the two in the middle.
    package var median: Double { Self.median(of: samples) }

    /// How many times as long `other` takes: the median of the ratios of single rounds.
    ///
    /// Samples of one round were taken next to each other, so what changes slowly (clock, neighbours) cancels. If
    /// `other` left early, it is the ratio of the medians: of one or two rounds a disturbed sample would decide.
    package func ratio(of other: Timing) -> Double {
        guard other.samples.count == samples.count else { return other.median / median }
        return Self.median(of: zip(other.samples, samples).map { $0 / $1 })
    }

    /// The times of an evaluation that is `factor` times as large.
    package func scaled(by factor: Double) -> Timing {
        Timing(samples.map { $0 * factor })
    }

    private static func median(of values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}
