/// What matching gives for one image and one threshold; counts of several images add up.
public struct BoundaryCounts: Equatable, Sendable {
    /// Pixels of the ground truth with a partner, all annotators together.
    public var matchedTruth: Int
    /// Pixels of the ground truth, all annotators together.
    public var truth: Int
    /// Predicted pixels with a partner in the map of at least one annotator.
    public var matchedPrediction: Int
    /// Predicted pixels.
    public var prediction: Int

    /// Counts, all 0 unless given.
    public init(matchedTruth: Int = 0, truth: Int = 0, matchedPrediction: Int = 0, prediction: Int = 0) {
        self.matchedTruth = matchedTruth
        self.truth = truth
        self.matchedPrediction = matchedPrediction
        self.prediction = prediction
    }

    /// Adds the counts of another image.
    public static func += (a: inout BoundaryCounts, b: BoundaryCounts) {
        a.matchedTruth += b.matchedTruth
        a.truth += b.truth
        a.matchedPrediction += b.matchedPrediction
        a.prediction += b.prediction
    }

    /// `matchedTruth / truth`, undefined without ground truth.
    public var recall: MetricValue { .ratio(matchedTruth, truth, ifZero: .noTruth) }
    /// `matchedPrediction / prediction`, undefined where nothing is predicted.
    public var precision: MetricValue { .ratio(matchedPrediction, prediction, ifZero: .noPredictions) }
    /// 2 P R / (P + R), undefined where precision or recall is.
    public var fMeasure: MetricValue { .fMeasure(precision: precision, recall: recall) }
}
