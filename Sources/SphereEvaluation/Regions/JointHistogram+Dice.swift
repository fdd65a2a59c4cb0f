extension JointHistogram {
    /// Number of labels of the ground truth that are objects.
    public func truthObjectCount(background: Int32? = 0) -> Int {
        truthLabels.count - (background.flatMap { row(ofTruth: $0) } == nil ? 0 : 1)
    }

    /// Number of labels of the prediction that are objects.
    public func predictedObjectCount(background: Int32? = 0) -> Int {
        predictedLabels.count - (background.flatMap { column(ofPrediction: $0) } == nil ? 0 : 1)
    }

    /// The mean over the objects of the ground truth of the best dice `2 |a and b| / (|a| + |b|)` with any object of the
    /// prediction; several may choose the same one.
    ///
    /// `transposed.bestDice()` is the other direction. 0 where only the prediction has objects (the rule of the
    /// challenge), undefined where neither has.
    ///
    /// - Parameter background: the label that is no object, `nil` if every label is one.
    /// - Complexity: O(cells).
    public func bestDice(background: Int32? = 0) -> MetricValue {
        let objects = truthObjectCount(background: background)
        if objects == 0 {
            return predictedObjectCount(background: background) == 0 ? .undefined(.noObjects) : .defined(0)
        }
        let left = background.flatMap { column(ofPrediction: $0) }
        var sum = 0.0
        for row in truthLabels.indices where truthLabels[row] != background {
            var best = 0.0
            for cell in cells(ofRow: row) where cell.column != left {
                best = max(best, 2 * Double(cell.count) / Double(truthSizes[row] + predictedSizes[cell.column]))
            }
            sum += best
        }
        return .defined(sum / Double(objects))
    }

    /// Symmetric best dice of the CVPPP leaf challenge: the smaller of the two directions of ``bestDice(background:)``
    /// (Scharr et al., Machine Vision and Applications 2016).
    ///
    /// Objects are the labels that occur. The original takes the smallest label for the background and every number from
    /// there to the largest for an object, so that gaps count as objects without pixels.
    ///
    /// - Parameter background: the label that is no object, `nil` if every label is one.
    /// - Complexity: O(cells).
    public func symmetricBestDice(background: Int32? = 0) -> MetricValue {
        switch (bestDice(background: background), transposed.bestDice(background: background)) {
        case (.defined(let truth), .defined(let prediction)): .defined(min(truth, prediction))
        case (let undefined, _): undefined
        }
    }

    /// Dice of the foregrounds as a whole: all labels but the background.
    ///
    /// Undefined where neither map has foreground.
    ///
    /// - Complexity: O(cells).
    public func foregroundDice(background: Int32? = 0) -> MetricValue {
        let row = background.flatMap { self.row(ofTruth: $0) }
        let column = background.flatMap { self.column(ofPrediction: $0) }
        let both = cells.reduce(0) { $0 + ($1.row != row && $1.column != column ? $1.count : 0) }
        let truth = total - (row.map { truthSizes[$0] } ?? 0)
        let prediction = total - (column.map { predictedSizes[$0] } ?? 0)
        return .ratio(2 * both, truth + prediction, ifZero: .noObjects)
    }

    /// Objects of the prediction minus objects of the ground truth (DiC); its magnitude is the |DiC| of the CVPPP challenge.
    public func differenceInCount(background: Int32? = 0) -> Int {
        predictedObjectCount(background: background) - truthObjectCount(background: background)
    }
}
