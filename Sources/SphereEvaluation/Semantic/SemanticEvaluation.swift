internal import SphereKernels

/// Mean intersection over union of classes, over all pixels of a set (PASCAL VOC, Cityscapes).
///
/// One histogram of classes serves the whole set; the mean over images of the same numbers is another metric. Images merge in any
/// order.
public struct SemanticEvaluation: Equatable, Sendable {
    /// Number of classes, numbered from 0.
    public let classCount: Int
    /// Labels of the ground truth whose pixels play no part, whatever is predicted there: 255.
    public let ignoredTruth: Set<Int32>
    /// Labels that may be predicted without being a class; such pixels are missed, and wrong for no class.
    public let ignoredPrediction: Set<Int32>
    /// Pixels, truth by prediction (`truth * classCount + prediction`), of the cells that have any.
    ///
    /// Few of many classes meet.
    private var counts: [Int: Int] = [:]
    /// Pixels of every class in the ground truth and, where that is a class, in the prediction.
    private var truthSizes, predictedSizes: [Int]

    /// An evaluation without images.
    ///
    /// - Precondition: `classCount >= 1`.
    public init(classCount: Int, ignoredTruth: Set<Int32> = [255], ignoredPrediction: Set<Int32> = []) {
        require(classCount >= 1, "there must be a class, found \(classCount)")
        self.classCount = classCount
        self.ignoredTruth = ignoredTruth
        self.ignoredPrediction = ignoredPrediction
        truthSizes = [Int](repeating: 0, count: classCount)
        predictedSizes = truthSizes
    }

    /// Adds an image.
    ///
    /// - Throws: `EvaluationError.invalid` for a label of the ground truth or, on pixels that are not ignored, of the prediction
    ///   that is no class and not ignored; the evaluation is then as before.
    /// - Complexity: O(cells).
    public mutating func add(_ histogram: JointHistogram) throws(EvaluationError) {
        let kept = histogram.removing(truthLabels: ignoredTruth)
        for (labels, ignored, whose) in [
            (kept.truthLabels, Set<Int32>(), "the ground truth"),
            (kept.predictedLabels, ignoredPrediction, "the prediction"),
        ] {
            if let wrong = labels.first(where: { ($0 < 0 || $0 >= classCount) && !ignored.contains($0) }) {
                throw .invalid(
                    what: "a label of \(whose)", expected: "a class of 0 to \(classCount - 1)", found: "\(wrong)")
            }
        }
        for cell in kept.cells {
            let (truth, prediction) = (Int(kept.truthLabels[cell.row]), kept.predictedLabels[cell.column])
            truthSizes[truth] += cell.count
            if ignoredPrediction.contains(prediction) { continue }
            predictedSizes[Int(prediction)] += cell.count
            counts[truth * classCount + Int(prediction), default: 0] += cell.count
        }
    }

    /// Adds the images of another evaluation.
    ///
    /// - Precondition: both have the same classes and ignored labels.
    public mutating func merge(_ other: SemanticEvaluation) {
        require(
            classCount == other.classCount && ignoredTruth == other.ignoredTruth
                && ignoredPrediction == other.ignoredPrediction,
            "evaluations of \(classCount) and \(other.classCount) classes or with different ignored labels")
        counts.merge(other.counts, uniquingKeysWith: +)
        for place in 0..<classCount {
            truthSizes[place] += other.truthSizes[place]
            predictedSizes[place] += other.predictedSizes[place]
        }
    }

    /// Pixels of class `truth` that were predicted as `prediction`.
    ///
    /// - Precondition: both are classes.
    public func count(truth: Int, prediction: Int) -> Int {
        let classes = 0..<classCount
        require(
            classes.contains(truth) && classes.contains(prediction),
            "pixels of class \(truth) predicted as \(prediction): classes are \(classes)")
        return counts[truth * classCount + prediction, default: 0]
    }

    /// Intersection over union of a class: `tp / (truth + prediction - tp)`; undefined where it occurs in neither.
    public func intersectionOverUnion(ofClass number: Int) -> MetricValue {
        let hits = count(truth: number, prediction: number)
        return .ratio(hits, truthSizes[number] + predictedSizes[number] - hits, ifZero: .absentClass)
    }

    /// The mean of ``intersectionOverUnion(ofClass:)`` over the classes that occur.
    public var meanIntersectionOverUnion: MetricValue {
        .mean(of: (0..<classCount).map { intersectionOverUnion(ofClass: $0) }, ifNone: .noPixels)
    }

    /// Share of the pixels that have the right class; undefined without pixels.
    public var pixelAccuracy: MetricValue {
        .ratio(
            (0..<classCount).reduce(0) { $0 + count(truth: $1, prediction: $1) }, truthSizes.reduce(0, +),
            ifZero: .noPixels)
    }

    /// The mean over the classes of the ground truth of the share of their pixels that were found.
    public var meanAccuracy: MetricValue {
        .mean(
            of: (0..<classCount).map { .ratio(count(truth: $0, prediction: $0), truthSizes[$0], ifZero: .absentClass) },
            ifNone: .noPixels)
    }
}
