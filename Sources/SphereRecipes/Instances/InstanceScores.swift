public import SphereData
public import SphereEvaluation

/// How well objects that were found are those of the truth, over pictures.
public struct InstanceScores: Sendable {
    /// Intersections over union that a pair must exceed: .5, .55 to .95.
    public static let thresholds = JointHistogram.objectThresholds
    /// Pictures so far.
    public private(set) var imageCount = 0
    /// Objects in all pictures: true ones, and those that were found.
    public private(set) var truthCount = 0, foundCount = 0
    private var pairs = [Int](repeating: 0, count: thresholds.count)
    private var precisions = [Double](repeating: 0, count: thresholds.count)
    private var precisionCount = 0
    private var diceSum = 0.0, diceCount = 0
    private var countErrors = 0

    /// No pictures yet.
    public init() {}

    /// Adds a picture; 0 is no object in both maps, and what is ``InstanceImages/ignoredLabel`` in the truth is none either.
    ///
    /// - Throws: `EvaluationError` where the sizes differ; nothing has then been added.
    public mutating func add(_ labels: LabelMap, truth: LabelMap) throws(EvaluationError) {
        let histogram = try JointHistogram(truth: truth, prediction: labels)
            .removing(truthLabels: [InstanceImages.ignoredLabel])
        let (there, found) = (histogram.truthObjectCount(), histogram.predictedObjectCount())
        imageCount += 1
        truthCount += there
        foundCount += found
        countErrors += abs(there - found)
        if there + found > 0 { precisionCount += 1 }
        for (index, threshold) in Self.thresholds.enumerated() where there + found > 0 {
            let matches = histogram.objectMatches(above: threshold)
            pairs[index] += matches
            precisions[index] += Double(matches) / Double(there + found - matches)
        }
        if case .defined(let dice) = histogram.symmetricBestDice() {
            diceSum += dice
            diceCount += 1
        }
    }

    /// TP / (TP + FP + FN) over the objects of all pictures, for each threshold; `nil` without objects.
    public var precision: [Double?] {
        pairs.map { $0 + truthCount + foundCount == 0 ? nil : Double($0) / Double(truthCount + foundCount - $0) }
    }
    /// The same for each picture, and the mean over the pictures (the 2018 Data Science Bowl), for each threshold; `nil` without objects.
    public var meanPrecision: [Double?] {
        precisions.map { precisionCount == 0 ? nil : $0 / Double(precisionCount) }
    }
    /// The mean over pictures of the symmetric best Dice of leaf segmentation; `nil` without objects.
    public var symmetricBestDice: Double? { diceCount == 0 ? nil : diceSum / Double(diceCount) }
    /// The mean over pictures of |found - true| numbers of objects, |DiC|; `nil` without pictures.
    public var meanCountError: Double? { imageCount == 0 ? nil : Double(countErrors) / Double(imageCount) }
}
