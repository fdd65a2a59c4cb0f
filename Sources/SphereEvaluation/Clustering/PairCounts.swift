/// Pairs of pixels by whether they share a region in the ground truth and in the prediction.
///
/// Unordered pairs; counts are exact for up to 2^32 pixels.
public struct PairCounts: Equatable, Sendable {
    /// Pairs together in both.
    public let inBoth: Int
    /// Pairs together in the ground truth only.
    public let inTruthOnly: Int
    /// Pairs together in the prediction only.
    public let inPredictionOnly: Int
    /// Pairs apart in both.
    public let inNeither: Int

    init(_ histogram: JointHistogram) {
        func pairs(_ count: Int) -> Int { count.isMultiple(of: 2) ? count / 2 * (count - 1) : (count - 1) / 2 * count }
        inBoth = histogram.cells.reduce(0) { $0 + pairs($1.count) }
        inTruthOnly = histogram.truthSizes.reduce(0) { $0 + pairs($1) } - inBoth
        inPredictionOnly = histogram.predictedSizes.reduce(0) { $0 + pairs($1) } - inBoth
        inNeither = pairs(histogram.total) - inBoth - inTruthOnly - inPredictionOnly
    }
}
