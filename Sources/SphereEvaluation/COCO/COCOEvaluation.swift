internal import SphereKernels

/// Average precision and average recall of instances by the rules of COCO (Lin et al., ECCV 2014; `COCOeval` of
/// cocodataset/cocoapi), for masks.
///
/// Equal to pycocotools to the last bits, with its traps removed: objects need no number (there, number 0 counts as unmatched),
/// AP takes the largest number of detections whatever it is, and what has no value is undefined instead of -1.
///
/// Of an image only score, place and match bits of every detection are kept, 40 bytes; evaluations of several threads or files
/// merge, and the result does not depend on the order.
///
/// ```swift
/// var evaluation = COCOEvaluation()
/// try evaluation.add(image: 1, truth: truth, predictions: predictions)
/// evaluation.result().averagePrecision()
/// ```
public struct COCOEvaluation: Sendable {
    /// An object of the ground truth without its pixels.
    public struct Truth: Equatable, Sendable {
        /// The area that the annotation states.
        public var area: Double
        /// Whether it stands for a crowd.
        public var isCrowd: Bool

        /// An object of `area` pixels.
        public init(area: Double, isCrowd: Bool = false) {
            self.area = area
            self.isCrowd = isCrowd
        }
    }

    /// What is kept of a detection; bit `area * thresholds + threshold` of the masks.
    struct Detection: Sendable {
        let score: Double
        let image: Int
        /// Place among the detections of the image and class, best score first.
        let rank: Int32
        /// Bits of what was matched to an object.
        let matched: UInt64
        /// Bits of what counts neither as hit nor as miss.
        let ignored: UInt64
    }

    /// What is kept of a class.
    struct CategoryRecord: Sendable {
        var detections: [Detection] = []
        /// Objects to be found, by area.
        var truthCounts: [Int]
    }

    /// What is evaluated.
    public private(set) var settings: Settings
    var categories: [Int: CategoryRecord] = [:]

    /// The class that all objects are of where classes are not kept apart.
    public static let allCategories = -1

    /// An evaluation without images.
    public init(settings: Settings = Settings()) {
        self.settings = settings
    }

    /// Adds an image with all its objects; the same image must not be added twice.
    ///
    /// - Parameter image: a number that orders images: of equal scores the one in the smaller image comes first.
    /// - Throws: `EvaluationError.sizesDiffer` if masks have different sizes, `EvaluationError.invalid` for scores that are not
    ///   numbers; the evaluation is then as before.
    /// - Complexity: O(pairs of one class), and O(runs) for each pair whose boxes overlap.
    public mutating func add(
        image: Int, truth: [InstanceTruth], predictions: [InstancePrediction]
    ) throws(EvaluationError) {
        if let (width, height) = (truth.first?.mask ?? predictions.first?.mask).map({ ($0.width, $0.height) }) {
            func check(_ mask: RunLengthMask) throws(EvaluationError) {
                if mask.width != width || mask.height != height {
                    throw .sizesDiffer(
                        truthWidth: width, truthHeight: height, predictionWidth: mask.width,
                        predictionHeight: mask.height)
                }
            }
            for object in truth { try check(object.mask) }
            for prediction in predictions { try check(prediction.mask) }
        }
        if let wrong = predictions.first(where: { $0.score.isNaN }) {
            throw .invalid(what: "the score of a detection", expected: "a number", found: "\(wrong.score)")
        }
        // Without classes objects come by class all the same, which decides between equal scores.
        let truthOrder = truth.indices.sorted { (truth[$0].category, $0) < (truth[$1].category, $1) }
        let predictionOrder = predictions.indices.sorted {
            (predictions[$0].category, $0) < (predictions[$1].category, $1)
        }
        // Both orders are cut into classes side by side.
        var (truthStart, start) = (0, 0)
        while truthStart < truthOrder.count || start < predictionOrder.count {
            let category = min(
                truthStart < truthOrder.count ? key(truth[truthOrder[truthStart]].category) : .max,
                start < predictionOrder.count ? key(predictions[predictionOrder[start]].category) : .max)
            var (truthEnd, end) = (truthStart, start)
            while truthEnd < truthOrder.count, key(truth[truthOrder[truthEnd]].category) == category { truthEnd += 1 }
            while end < predictionOrder.count, key(predictions[predictionOrder[end]].category) == category { end += 1 }
            let objects = truthOrder[truthStart..<truthEnd]
            var kept = Array(predictionOrder[start..<end])
            // Only what is let in needs its overlaps.
            if kept.count > settings.maximumDetections.last! {
                kept = descendingOrder(kept.map { predictions[$0].score }).prefix(settings.maximumDetections.last!)
                    .map { kept[$0] }
            }
            add(
                image: image, category: category,
                overlaps: OverlapTable(
                    sizedTruth: objects.map { truth[$0].mask }, predictions: kept.map { predictions[$0].mask }),
                truth: objects.map { Truth(area: truth[$0].area, isCrowd: truth[$0].isCrowd) },
                scores: kept.map { predictions[$0].score })
            (truthStart, start) = (truthEnd, end)
        }
    }

    /// The same images with the first area and the largest number of detections alone: with COCO's settings a twelfth of the curves.
    public var overall: COCOEvaluation {
        var evaluation = self
        // The match bits of the first area come first.
        evaluation.settings.areas = [settings.areas[0]]
        evaluation.settings.maximumDetections = [settings.maximumDetections.last!]
        return evaluation
    }

    private func key(_ category: Int) -> Int { settings.separatesCategories ? category : Self.allCategories }

    /// Adds the objects of one class of an image from their overlaps, of masks or of label maps.
    ///
    /// An image and class must not be added twice.
    ///
    /// - Precondition: there are areas for all objects of the ground truth and numbers as scores for all predicted ones.
    /// - Complexity: O(detections log detections + overlaps x thresholds x areas).
    public mutating func add(
        image: Int, category: Int, overlaps: OverlapTable, truth: [Truth], scores: [Double]
    ) {
        require(
            truth.count == overlaps.truthAreas.count && scores.count == overlaps.predictedAreas.count,
            "\(truth.count) objects and \(scores.count) scores for overlaps of \(overlaps.truthAreas.count) objects and "
                + "\(overlaps.predictedAreas.count) detections")
        require(scores.allSatisfy { !$0.isNaN }, "scores must be numbers")
        let category = key(category)
        var record =
            categories.removeValue(forKey: category)
            ?? CategoryRecord(truthCounts: [Int](repeating: 0, count: settings.areas.count))
        match(image: image, overlaps, truth, scores, into: &record)
        categories[category] = record
    }

    /// Adds the images of another evaluation.
    ///
    /// - Precondition: both have the same settings, and no image and class in common.
    public mutating func merge(_ other: COCOEvaluation) {
        require(settings == other.settings, "evaluations with different settings cannot be merged")
        for (category, record) in other.categories {
            guard var merged = categories.removeValue(forKey: category) else {
                categories[category] = record
                continue
            }
            merged.detections += record.detections
            for area in merged.truthCounts.indices { merged.truthCounts[area] += record.truthCounts[area] }
            categories[category] = merged
        }
    }
}
