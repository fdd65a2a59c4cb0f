public import SphereEvaluation

/// How well the classes of pixels and objects are those of the truth, over pictures.
public struct InstanceClassScores: Sendable {
    private var pixelClasses, votedClasses: SemanticEvaluation
    private var regions = RegionAveragePrecision()

    /// No pictures yet.
    ///
    /// - Parameter classes: their number, without that of no object.
    public init(classes: Int) {
        pixelClasses = SemanticEvaluation(classCount: classes + 1, ignoredTruth: [-1])
        votedClasses = pixelClasses
    }

    /// Adds a picture.
    ///
    /// - Parameter image: its number.
    /// - Throws: `EvaluationError` where sizes differ.
    public mutating func add(
        _ objects: InstanceSegmentation, maps: InstanceModel.Maps, image: Int, truth: InstanceImages.Example
    ) throws(EvaluationError) {
        let classes = truth.classMap
        try pixelClasses.add(JointHistogram(truth: classes, prediction: maps.classMap))
        let votes = objects.votes
        try votedClasses.add(JointHistogram(truth: classes, prediction: votes.classMap(of: objects.labels)))

        let there = RunLengthMask.masks(of: truth.labels).filter { $0.label != InstanceImages.ignoredLabel }
        let found = RunLengthMask.masks(of: objects.labels)
        let (thereClasses, foundClasses) = (
            there.map { Int(truth.classes[Int($0.label) - 1]) }, found.map { votes.classes[Int($0.label) - 1] }
        )
        for category in Set(thereClasses).union(foundClasses).sorted() {
            let own = found.indices.filter { foundClasses[$0] == category }
            let table = try OverlapTable(
                truth: there.indices.filter { thereClasses[$0] == category }.map { there[$0].mask },
                predictions: own.map { found[$0].mask })
            regions.add(
                image: image, category: category, overlaps: table,
                scores: own.map { votes.confidences[Int(found[$0].label) - 1] })
        }
    }

    /// The mean intersection over union of the likeliest class of every pixel, no object being one.
    public var pixels: MetricValue { pixelClasses.meanIntersectionOverUnion }
    /// The same of the class that a pixel's object voted for.
    public var votes: MetricValue { votedClasses.meanIntersectionOverUnion }
    /// The mean over classes of the average precision of objects (AP^r, Hariharan et al., ECCV 2014) at the threshold with the number `threshold` of
    /// 0.1, 0.2 to 0.9, from 0.
    public func regionPrecision(threshold: Int) -> MetricValue { regions.averagePrecision(threshold: threshold) }
    /// The mean of these over the thresholds.
    public var regionVolume: MetricValue { regions.volume() }
}
