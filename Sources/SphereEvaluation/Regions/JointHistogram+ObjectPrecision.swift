internal import SphereKernels

extension JointHistogram {
    /// The thresholds 0.5, 0.55, ...
    ///
    /// 0.95 of the COCO and DSB2018 scores.
    public static let objectThresholds: [Double] = (0..<10).map { 0.5 + 0.05 * Double($0) }

    /// Precision of objects of the 2018 Data Science Bowl at one threshold: `TP / (TP + FP + FN)`, a true positive being a
    /// pair whose intersection over union is ABOVE the threshold.
    ///
    /// Such pairs are one to one at 0.5 or more. 0 where only one map has objects, undefined where neither has.
    ///
    /// - Parameters:
    ///   - threshold: in [0.5, 1).
    ///   - background: the label that is no object, `nil` if every label is one.
    /// - Precondition: the threshold is in range.
    /// - Complexity: O(cells).
    public func objectPrecision(above threshold: Double, background: Int32? = 0) -> MetricValue {
        let matched = objectMatches(above: threshold, background: background)
        let objects = truthObjectCount(background: background) + predictedObjectCount(background: background)
        return .ratio(matched, objects - matched, ifZero: .noObjects)
    }

    /// The true positives of ``objectPrecision(above:background:)``: pairs of objects whose intersection over union is above the threshold.
    ///
    /// - Parameters:
    ///   - threshold: in [0.5, 1).
    ///   - background: the label that is no object, `nil` if every label is one.
    /// - Precondition: the threshold is in range.
    /// - Complexity: O(cells).
    public func objectMatches(above threshold: Double, background: Int32? = 0) -> Int {
        require(threshold >= 0.5 && threshold < 1, "the threshold must be in [0.5, 1), found \(threshold)")
        let (row, column) = (
            background.flatMap { self.row(ofTruth: $0) }, background.flatMap { self.column(ofPrediction: $0) }
        )
        return cells.reduce(0) { count, cell in
            let isMatch = cell.row != row && cell.column != column && intersectionOverUnion(cell) > threshold
            return count + (isMatch ? 1 : 0)
        }
    }

    /// The mean of ``objectPrecision(above:background:)`` over ``objectThresholds``: the score of the 2018 Data Science
    /// Bowl for one image, and over images of the mean.
    ///
    /// - Complexity: O(10 cells).
    public func objectAveragePrecision(background: Int32? = 0) -> MetricValue {
        .mean(
            of: Self.objectThresholds.map { objectPrecision(above: $0, background: background) }, ifNone: .noObjects)
    }
}
