/// Every metric on two label maps that knows neither classes nor scores, of one image.
///
/// Metrics of regions count all labels, those of objects leave the background out; ``foregroundAdjustedRandIndex`` looks at
/// the pixels whose ground truth is not background.
public struct ClusteringScores: Equatable, Sendable {
    /// A metric of the list.
    public enum Metric: String, CaseIterable, Sendable {
        case adjustedRandIndex = "ari"
        case foregroundAdjustedRandIndex = "ari_foreground"
        case randIndex = "rand_index"
        case normalizedMutualInformation = "nmi"
        case normalizedMutualInformationGeometric = "nmi_geometric"
        case adjustedMutualInformation = "ami"
        case homogeneity
        case completeness
        case vMeasure = "v_measure"
        case fowlkesMallows = "fowlkes_mallows"
        case variationOfInformationBits = "voi_bits"
        case variationOfInformationNats = "voi_nats"
        case overSegmentationBits = "voi_split_bits"
        case underSegmentationBits = "voi_merge_bits"
        case adaptedRandError = "adapted_rand_error"
        case adaptedRandPrecision = "adapted_rand_precision"
        case adaptedRandRecall = "adapted_rand_recall"
        case symmetricBestDice = "symmetric_best_dice"
        case bestDiceOfTruth = "best_dice_truth"
        case bestDiceOfPrediction = "best_dice_prediction"
        case foregroundDice = "foreground_dice"
        case absoluteDifferenceInCount = "abs_dic"
        case covering
        case foregroundCovering = "covering_foreground"
        case meanBestIntersectionOverUnion = "mean_best_iou"
        case objectAveragePrecision = "object_ap"
    }

    /// The values in the order of `Metric.allCases`.
    public let values: [MetricValue]
    /// Objects of the ground truth and of the prediction.
    public let truthObjects, predictedObjects: Int

    /// The scores of one image.
    ///
    /// - Parameter background: the label that is no object in either map, `nil` if every label is one.
    /// - Complexity: O(cells) and that of ``JointHistogram/adjustedMutualInformation(_:)``.
    public init(_ histogram: JointHistogram, background: Int32? = 0) {
        let foreground = histogram.removing(truthLabels: background.map { [$0] } ?? [])
        values = Metric.allCases.map { Self.value(of: $0, histogram, foreground, background) }
        truthObjects = histogram.truthObjectCount(background: background)
        predictedObjects = histogram.predictedObjectCount(background: background)
    }

    /// The value of one metric.
    public subscript(metric: Metric) -> MetricValue {
        values[Metric.allCases.firstIndex(of: metric)!]
    }

    private static func value(
        of metric: Metric, _ all: JointHistogram, _ foreground: JointHistogram, _ background: Int32?
    ) -> MetricValue {
        switch metric {
        case .adjustedRandIndex: all.adjustedRandIndex
        case .foregroundAdjustedRandIndex: foreground.adjustedRandIndex
        case .randIndex: all.randIndex
        case .normalizedMutualInformation: all.normalizedMutualInformation(.arithmetic)
        case .normalizedMutualInformationGeometric: all.normalizedMutualInformation(.geometric)
        case .adjustedMutualInformation: all.adjustedMutualInformation()
        case .homogeneity: all.homogeneity
        case .completeness: all.completeness
        case .vMeasure: all.vMeasure()
        case .fowlkesMallows: all.fowlkesMallowsIndex
        case .variationOfInformationBits: all.variationOfInformation(.bits)
        case .variationOfInformationNats: all.variationOfInformation(.nats)
        case .overSegmentationBits: all.predictedEntropyGivenTruth(.bits)
        case .underSegmentationBits: all.truthEntropyGivenPrediction(.bits)
        case .adaptedRandError: foreground.adaptedRandError
        case .adaptedRandPrecision: foreground.pairPrecision
        case .adaptedRandRecall: foreground.pairRecall
        case .symmetricBestDice: all.symmetricBestDice(background: background)
        case .bestDiceOfTruth: all.bestDice(background: background)
        case .bestDiceOfPrediction: all.transposed.bestDice(background: background)
        case .foregroundDice: all.foregroundDice(background: background)
        case .absoluteDifferenceInCount: .defined(Double(abs(all.differenceInCount(background: background))))
        case .covering: all.covering()
        case .foregroundCovering: all.covering(background: background)
        case .meanBestIntersectionOverUnion: all.meanBestIntersectionOverUnion(background: background)
        case .objectAveragePrecision: all.objectAveragePrecision(background: background)
        }
    }
}
