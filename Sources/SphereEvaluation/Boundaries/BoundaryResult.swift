/// The scores of the boundary benchmark.
public struct BoundaryResult: Equatable, Sendable {
    /// A point of the precision-recall curve.
    public struct Point: Equatable, Sendable {
        /// The threshold, between two of the given ones where it was interpolated.
        public var threshold: Double
        /// Recall and precision, 0 where nothing was counted (the benchmark's rule).
        public var recall, precision: Double

        /// 2 P R / (P + R), 0 where both are 0.
        public var fMeasure: Double {
            precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
        }
    }

    /// The counts of all images together, by threshold.
    public let totals: [BoundaryCounts]
    /// Recall and precision of all images together, by threshold.
    public let curve: [Point]
    /// The best point of every image by its own thresholds.
    public let perImage: [String: Point]
    /// The counts of all images, each at its best threshold.
    public let bestCounts: BoundaryCounts

    init(thresholds: [Double], totals: [BoundaryCounts], best: BoundaryCounts, perImage: [String: Point]) {
        self.totals = totals
        curve = Self.curve(thresholds, totals)
        bestCounts = best
        self.perImage = perImage
    }

    private var hasTruth: Bool { totals.contains { $0.truth > 0 } }

    /// The best point with one threshold for all images (optimal data set scale); recall, precision and threshold are
    /// interpolated linearly between neighbouring thresholds.
    ///
    /// `nil` without ground truth.
    public var optimalDatasetScale: Point? { hasTruth ? Self.best(of: curve) : nil }

    /// F of ``optimalDatasetScale``.
    public var odsF: MetricValue { optimalDatasetScale.map { .defined($0.fMeasure) } ?? .undefined(.noTruth) }

    /// F with the best threshold for every image (optimal image scale), from the counts of all images added up.
    public var oisF: MetricValue {
        hasTruth ? .defined(oisPoint.fMeasure) : .undefined(.noTruth)
    }

    /// Recall and precision of ``oisF``; the threshold has no meaning and is 0.
    public var oisPoint: Point { Self.curve([0], [bestCounts])[0] }

    /// Average precision: the mean of the interpolated precision at the recalls 0, 0.01, ...
    ///
    /// 1, of which those outside of the curve count 0; the sum of the 101 values is divided by 100, as the benchmark
    /// does it.
    public var averagePrecision: MetricValue {
        guard hasTruth else { return .undefined(.noTruth) }
        let points = Self.byRecall(curve)
        if points.count < 2 { return .defined(0) }
        let sum = (0...100).reduce(0.0) { $0 + (Self.precision(at: Double($1) * 0.01, points) ?? 0) }
        return .defined(sum * 0.01)
    }

    /// The interpolated precision at recall 0.5, 0 where the curve does not reach it.
    public var precisionAtHalfRecall: MetricValue {
        hasTruth ? .defined(Self.precision(at: 0.5, Self.byRecall(curve)) ?? 0) : .undefined(.noTruth)
    }

    static func curve(_ thresholds: [Double], _ counts: [BoundaryCounts]) -> [Point] {
        zip(thresholds, counts).map { threshold, counts in
            Point(
                threshold: threshold, recall: Double(counts.matchedTruth) / Double(max(counts.truth, 1)),
                precision: Double(counts.matchedPrediction) / Double(max(counts.prediction, 1)))
        }
    }

    /// The best F on the lines between neighbouring points, in 99 steps each; the first of equal ones.
    static func best(of curve: [Point]) -> Point {
        guard var best = curve.first else { return Point(threshold: 0, recall: 0, precision: 0) }
        for (a, b) in zip(curve, curve.dropFirst()) {
            for step in 0..<100 {
                let share = Double(step) / 99
                let point = Point(
                    threshold: b.threshold * share + a.threshold * (1 - share),
                    recall: b.recall * share + a.recall * (1 - share),
                    precision: b.precision * share + a.precision * (1 - share))
                if point.fMeasure > best.fMeasure { best = point }
            }
        }
        return best
    }

    /// The points by ascending recall; of equal recalls the one with the largest threshold.
    private static func byRecall(_ curve: [Point]) -> [Point] {
        var points: [Point] = []
        for point in curve.sorted(by: { ($0.recall, $0.threshold) < ($1.recall, $1.threshold) }) {
            if points.last?.recall == point.recall { points.removeLast() }
            points.append(point)
        }
        return points
    }

    /// Linear interpolation, `nil` outside of the points.
    private static func precision(at recall: Double, _ points: [Point]) -> Double? {
        if let exact = points.first(where: { $0.recall == recall }) { return exact.precision }
        for (a, b) in zip(points, points.dropFirst()) where a.recall < recall && recall < b.recall {
            return a.precision + (b.precision - a.precision) * (recall - a.recall) / (b.recall - a.recall)
        }
        return nil
    }
}
