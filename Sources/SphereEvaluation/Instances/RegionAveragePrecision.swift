internal import SphereKernels

/// Average precision of regions, AP^r, and its mean over thresholds, AP^r_vol (Hariharan, Arbelaez, Girshick and Malik,
/// ECCV 2014: simultaneous detection and segmentation, PASCAL VOC and SBD).
///
/// Detections of an image and class take their turn by score; each takes the object with the largest intersection over union
/// among those that are still uncovered, and is a hit if that is ABOVE the threshold. AP is the area under the precision-recall
/// curve made monotone, at every step of the recall. There is no limit on detections, and neither crowds nor void.
///
/// Images without objects must be added too: their detections are misses.
public struct RegionAveragePrecision: Equatable, Sendable {
    private struct Detection: Equatable, Sendable {
        let score: Double
        let image: Int
        let rank: Int
        /// Bit i: hit at threshold i.
        let hits: UInt64
    }

    private struct CategoryRecord: Equatable, Sendable {
        var detections: [Detection] = []
        var truthCount = 0
    }

    /// The thresholds of AP^r_vol: 0.1, 0.2, ...
    ///
    /// 0.9.
    public static let volumeThresholds = (1...9).map { Double($0) / 10 }

    /// The thresholds.
    public let thresholds: [Double]
    private var categories: [Int: CategoryRecord] = [:]

    /// An evaluation without images.
    ///
    /// - Precondition: 1 to 64 thresholds in [0, 1).
    public init(thresholds: [Double] = volumeThresholds) {
        require(
            (1...64).contains(thresholds.count) && thresholds.allSatisfy { $0 >= 0 && $0 < 1 },
            "there must be 1 to 64 thresholds in [0, 1), found \(thresholds)")
        self.thresholds = thresholds
    }

    /// The classes that occur, ascending.
    public var categoryNumbers: [Int] { categories.keys.sorted() }

    /// Objects of a class.
    public func truthCount(category: Int) -> Int { categories[category]?.truthCount ?? 0 }

    /// Adds the objects of one class of an image, which must not be added twice.
    ///
    /// - Parameter image: a number that orders images: of equal scores the one in the smaller image comes first.
    /// - Precondition: there is a score, which is a number, for every predicted object.
    /// - Complexity: O(detections log detections + overlaps x thresholds).
    public mutating func add(image: Int, category: Int, overlaps: OverlapTable, scores: [Double]) {
        require(
            scores.count == overlaps.predictedAreas.count && scores.allSatisfy { !$0.isNaN },
            "\(scores.count) scores for \(overlaps.predictedAreas.count) detections; all must be numbers")
        var record = categories.removeValue(forKey: category) ?? CategoryRecord()
        record.truthCount += overlaps.truthAreas.count
        let order = descendingOrder(scores)
        var hits = [UInt64](repeating: 0, count: order.count)
        for (bit, threshold) in thresholds.enumerated() {
            var isCovered = [Bool](repeating: false, count: overlaps.truthAreas.count)
            for (rank, detection) in order.enumerated() {
                var (best, match) = (threshold, -1)
                for entry in overlaps.overlaps(ofPrediction: detection) where !isCovered[entry.truth] {
                    let value = overlaps.intersectionOverUnion(entry, prediction: detection)
                    if value > best { (best, match) = (value, entry.truth) }
                }
                if match >= 0 {
                    isCovered[match] = true
                    hits[rank] |= 1 << UInt64(bit)
                }
            }
        }
        for (rank, detection) in order.enumerated() {
            record.detections.append(
                Detection(score: scores[detection], image: image, rank: rank, hits: hits[rank]))
        }
        categories[category] = record
    }

    /// Adds the images of another evaluation.
    ///
    /// - Precondition: both have the same thresholds, and no image and class in common.
    public mutating func merge(_ other: RegionAveragePrecision) {
        require(thresholds == other.thresholds, "evaluations with different thresholds cannot be merged")
        for (category, record) in other.categories {
            categories[category, default: CategoryRecord()].detections += record.detections
            categories[category]!.truthCount += record.truthCount
        }
    }

    /// Average precision of one class at threshold number `threshold`; undefined without objects of the class.
    ///
    /// - Complexity: O(n log n) for n detections.
    public func averagePrecision(threshold: Int, category: Int) -> MetricValue {
        guard let record = categories[category], record.truthCount > 0 else { return .undefined(.noTruth) }
        return .defined(
            Self.precisions(record, threshold).reversed().reduce(0.0, +) / Double(record.truthCount))
    }

    /// The precision-recall curve of one class at threshold number `threshold`: a point for every hit, precision made monotone;
    /// empty without objects of the class.
    ///
    /// - Complexity: O(n log n) for n detections.
    public func curve(threshold: Int, category: Int) -> [(recall: Double, precision: Double)] {
        guard let record = categories[category], record.truthCount > 0 else { return [] }
        return Self.precisions(record, threshold).enumerated().map {
            (Double($0.offset + 1) / Double(record.truthCount), $0.element)
        }
    }

    /// The best precision from every hit on.
    private static func precisions(_ record: CategoryRecord, _ threshold: Int) -> [Double] {
        let sorted = record.detections.sorted {
            if $0.score != $1.score { return $0.score > $1.score }
            return ($0.image, $0.rank) < ($1.image, $1.rank)
        }
        var precisions: [Double] = []
        for (place, detection) in sorted.enumerated() where detection.hits >> UInt64(threshold) & 1 == 1 {
            precisions.append(Double(precisions.count + 1) / Double(place + 1))
        }
        for place in precisions.indices.dropLast().reversed() {
            precisions[place] = max(precisions[place], precisions[place + 1])
        }
        return precisions
    }

    /// The mean of ``averagePrecision(threshold:category:)`` over the classes with objects.
    public func averagePrecision(threshold: Int) -> MetricValue {
        .mean(
            of: categoryNumbers.map { averagePrecision(threshold: threshold, category: $0) }, ifNone: .noTruth)
    }

    /// The mean over all thresholds, AP^r_vol with the default ones, of one class or of all with objects.
    public func volume(category: Int? = nil) -> MetricValue {
        .mean(
            of: thresholds.indices.map { threshold in
                category.map { averagePrecision(threshold: threshold, category: $0) }
                    ?? averagePrecision(threshold: threshold)
            }, ifNone: .noTruth)
    }
}
