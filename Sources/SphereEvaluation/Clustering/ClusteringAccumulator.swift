/// Means of ``ClusteringScores`` over images.
///
/// Holds a few numbers however many images are added; parts made by several threads or from several files merge, and the
/// result does not depend on the order.
public struct ClusteringAccumulator: Equatable, Sendable {
    /// The mean of every metric, in the order of `ClusteringScores.Metric.allCases`.
    public private(set) var means = [MetricMean](
        repeating: MetricMean(), count: ClusteringScores.Metric.allCases.count)
    /// Images added.
    public private(set) var imageCount = 0

    /// An accumulator without images.
    public init() {}

    /// Adds one image.
    public mutating func add(_ scores: ClusteringScores) {
        for (place, value) in scores.values.enumerated() { means[place].add(value) }
        imageCount += 1
    }

    /// Adds the images of another accumulator.
    public mutating func merge(_ other: ClusteringAccumulator) {
        for place in means.indices { means[place].merge(other.means[place]) }
        imageCount += other.imageCount
    }

    /// The mean of a metric.
    public subscript(metric: ClusteringScores.Metric) -> MetricMean {
        means[ClusteringScores.Metric.allCases.firstIndex(of: metric)!]
    }
}
