public import SphereData
public import SphereEvaluation

/// How well groups of pixels are the digits of scenes.
public struct ToyDigitScores: Sendable {
    private var overlaps: [Double] = []
    private var countErrors = 0
    private var groups = 0
    private var digits = 0
    /// Scenes so far.
    public private(set) var sceneCount = 0

    /// No scenes yet.
    public init() {}

    /// Adds a scene: 0 is the background of the truth; every predicted group may be a digit.
    ///
    /// - Throws: `EvaluationError` where the sizes differ.
    public mutating func add(_ labels: LabelMap, truth: LabelMap) throws(EvaluationError) {
        // No group is the background here: a digit that the largest group covers best counts with that overlap.
        let histogram = try JointHistogram(truth: truth, prediction: labels)
        for (label, overlap) in zip(histogram.truthLabels, histogram.bestIntersectionsOverUnion()) where label != 0 {
            overlaps.append(overlap)
        }
        let (found, there) = (Set(labels.labels).count, Set(truth.labels).subtracting([0]).count)
        // One of the groups is the background.
        countErrors += abs(found - 1 - there)
        groups += found
        digits += there
        sceneCount += 1
    }

    /// The mean over digits of the best intersection over union with a group; `nil` without digits.
    public var meanBestOverlap: Double? {
        overlaps.isEmpty ? nil : overlaps.reduce(0, +) / Double(overlaps.count)
    }
    /// The mean over the thresholds .5, .55 to .95 of the share of digits whose best overlap reaches it; `nil` without digits.
    public var averageRecall: Double? {
        if overlaps.isEmpty { return nil }
        let reached = (10...19).reduce(0) { sum, step in
            sum + overlaps.reduce(0) { $0 + ($1 >= Double(step) / 20 ? 1 : 0) }
        }
        return Double(reached) / Double(10 * overlaps.count)
    }
    /// Groups of a scene, the background among them; NaN without scenes.
    public var groupsPerScene: Double { Double(groups) / Double(sceneCount) }
    /// Digits of a scene and its background; NaN without scenes.
    public var truthPerScene: Double { Double(digits) / Double(sceneCount) + 1 }
    /// The mean of |groups - 1 - digits| over the scenes; NaN without scenes.
    public var meanCountError: Double { Double(countErrors) / Double(sceneCount) }
    /// Digits in all scenes.
    public var digitCount: Int { digits }
}
