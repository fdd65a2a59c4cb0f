internal import SphereKernels

/// Average precision of instances by the rules of Cityscapes (`evalInstanceLevelSemanticLabeling` of cityscapesScripts).
///
/// An object and a prediction match above (not at) the threshold; of several predictions for one object the best score is a hit
/// and the others are misses. A prediction without match is left out if more than the threshold of it lies on void, groups and
/// objects that are too small; so the limit moves with the threshold. The area under the curve is taken at the
/// distinct scores, each with half the distance of its neighbours' recalls, without making precision monotone.
///
/// A class all of whose predictions are left out has AP 0 (the original crashes); one without objects is undefined.
public struct CityscapesEvaluation: Equatable, Sendable {
    /// An object of the ground truth without its pixels.
    public struct Truth: Equatable, Sendable {
        /// Whether it stands for a group of objects that were not told apart (a number below 1000).
        public var isGroup: Bool

        /// An object, or a group.
        public init(isGroup: Bool = false) { self.isGroup = isGroup }
    }

    private struct Detection: Equatable, Sendable {
        let score: Double
        /// Bit i: hit or miss at threshold i; neither where it is left out.
        var hits: UInt64 = 0
        var misses: UInt64 = 0
    }

    private struct CategoryRecord: Equatable, Sendable {
        var detections: [Detection] = []
        var truthCount = 0
        /// Objects without a match, by threshold.
        var missed: [Int]
    }

    /// The thresholds, 0.5 or more: 0.5, 0.55, ...
    ///
    /// 0.95.
    public let thresholds: [Double]
    /// Objects of fewer pixels are too small to be looked for: 100.
    public let smallestObject: Int
    private var categories: [Int: CategoryRecord] = [:]

    /// An evaluation without images.
    ///
    /// - Precondition: 1 to 64 thresholds in [0.5, 1): below 0.5 a prediction could match two objects.
    public init(thresholds: [Double] = JointHistogram.objectThresholds, smallestObject: Int = 100) {
        require(
            (1...64).contains(thresholds.count) && thresholds.allSatisfy { $0 >= 0.5 && $0 < 1 },
            "there must be 1 to 64 thresholds in [0.5, 1), found \(thresholds)")
        self.thresholds = thresholds
        self.smallestObject = smallestObject
    }

    /// The classes that occur, ascending.
    public var categoryNumbers: [Int] { categories.keys.sorted() }

    /// Objects of a class that are looked for.
    public func truthCount(category: Int) -> Int { categories[category]?.truthCount ?? 0 }

    /// Adds the objects of one class of an image; predictions without pixels play no part.
    ///
    /// - Parameter voidPixels: of every prediction, the pixels whose ground truth is void.
    /// - Precondition: there is a score, which is a number, and a count of void pixels for every predicted object, and objects of
    ///   the ground truth do not overlap.
    /// - Complexity: O(overlaps x thresholds).
    public mutating func add(
        category: Int, overlaps: OverlapTable, truth: [Truth], scores: [Double], voidPixels: [Int]
    ) {
        require(
            truth.count == overlaps.truthAreas.count && scores.count == overlaps.predictedAreas.count
                && voidPixels.count == scores.count && scores.allSatisfy { !$0.isNaN },
            "\(truth.count) objects, \(scores.count) scores and \(voidPixels.count) counts for overlaps of "
                + "\(overlaps.truthAreas.count) objects and \(overlaps.predictedAreas.count) detections")
        var record =
            categories.removeValue(forKey: category)
            ?? CategoryRecord(missed: [Int](repeating: 0, count: thresholds.count))
        let isSought = truth.indices.map { !truth[$0].isGroup && overlaps.truthAreas[$0] >= smallestObject }
        let isSmall = overlaps.truthAreas.map { $0 < smallestObject }
        record.truthCount += isSought.filter { $0 }.count
        var detections = scores.map { Detection(score: $0) }
        for (bit, threshold) in thresholds.enumerated() {
            let mask: UInt64 = 1 << UInt64(bit)
            var winner = [Int](repeating: -1, count: truth.count)
            for prediction in detections.indices where overlaps.predictedAreas[prediction] > 0 {
                let entries = overlaps.overlaps(ofPrediction: prediction)
                let matches = entries.filter { overlaps.intersectionOverUnion($0, prediction: prediction) > threshold }
                if let match = matches.first {
                    guard isSought[match.truth] else { continue }
                    // Both orders of two predictions give one hit and one miss; the better score is the hit.
                    let other = winner[match.truth]
                    if other >= 0 && detections[other].score >= detections[prediction].score {
                        detections[prediction].misses |= mask
                    } else {
                        if other >= 0 {
                            detections[other].hits &= ~mask
                            detections[other].misses |= mask
                        }
                        detections[prediction].hits |= mask
                        winner[match.truth] = prediction
                    }
                    continue
                }
                var leftOut = voidPixels[prediction]
                for entry in entries {
                    // A group that is also small counts twice, as in the original.
                    if truth[entry.truth].isGroup { leftOut += entry.intersection }
                    if isSmall[entry.truth] { leftOut += entry.intersection }
                }
                if Double(leftOut) / Double(overlaps.predictedAreas[prediction]) <= threshold {
                    detections[prediction].misses |= mask
                }
            }
            for index in truth.indices where isSought[index] && winner[index] < 0 { record.missed[bit] += 1 }
        }
        record.detections += detections.filter { $0.hits | $0.misses != 0 }
        categories[category] = record
    }

    /// Adds the images of another evaluation.
    ///
    /// - Precondition: both have the same thresholds and the same smallest object.
    public mutating func merge(_ other: CityscapesEvaluation) {
        require(
            thresholds == other.thresholds && smallestObject == other.smallestObject,
            "evaluations with different settings cannot be merged")
        for (category, record) in other.categories {
            guard var merged = categories.removeValue(forKey: category) else {
                categories[category] = record
                continue
            }
            merged.detections += record.detections
            merged.truthCount += record.truthCount
            for bit in merged.missed.indices { merged.missed[bit] += record.missed[bit] }
            categories[category] = merged
        }
    }

    /// Average precision of one class at threshold number `threshold`; undefined without objects of the class.
    ///
    /// - Complexity: O(n log n) for n detections.
    public func averagePrecision(threshold: Int, category: Int) -> MetricValue {
        let points = curve(threshold: threshold, category: category)
        if points.isEmpty { return .undefined(.noTruth) }
        var sum = 0.0
        for place in points.indices {
            let before = place == 0 ? 0 : points[place - 1].recall
            let after = points[min(place + 1, points.count - 1)].recall
            sum += points[place].precision * (after - before) / 2
        }
        return .defined(sum)
    }

    /// The precision-recall curve of one class at threshold number `threshold`: the point (0, 1), then one for every distinct
    /// score from the largest down; empty without objects of the class.
    ///
    /// - Complexity: O(n log n) for n detections.
    public func curve(threshold: Int, category: Int) -> [(recall: Double, precision: Double)] {
        guard let record = categories[category], record.truthCount > 0 else { return [] }
        let bit = UInt64(threshold)
        var counts: [Double: (hits: Int, all: Int)] = [:]
        for detection in record.detections where (detection.hits | detection.misses) >> bit & 1 == 1 {
            var count = counts[detection.score] ?? (0, 0)
            count.hits += Int(detection.hits >> bit & 1)
            count.all += 1
            counts[detection.score] = count
        }
        // From the largest score down: hits and all detections of at least this score.
        var (hits, all) = (0, 0)
        var points = [(recall: 0.0, precision: 1.0)]
        let objects = Double(counts.values.reduce(0) { $0 + $1.hits } + record.missed[threshold])
        for score in counts.keys.sorted(by: >) {
            hits += counts[score]!.hits
            all += counts[score]!.all
            points.append((Double(hits) / objects, Double(hits) / Double(all)))
        }
        return points
    }

    /// The mean over thresholds of ``averagePrecision(threshold:category:)``, of one class or of all with objects.
    public func averagePrecision(category: Int? = nil) -> MetricValue {
        .mean(
            of: (category.map { [$0] } ?? categoryNumbers).flatMap { category in
                thresholds.indices.map { averagePrecision(threshold: $0, category: category) }
            }, ifNone: .noTruth)
    }

    /// The mean of ``averagePrecision(threshold:category:)`` over the classes with objects.
    public func averagePrecision(threshold: Int) -> MetricValue {
        .mean(of: categoryNumbers.map { averagePrecision(threshold: threshold, category: $0) }, ifNone: .noTruth)
    }
}
