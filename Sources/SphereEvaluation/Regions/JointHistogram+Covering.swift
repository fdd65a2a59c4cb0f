extension JointHistogram {
    /// Intersection over union of the regions of a cell, in (0, 1].
    func intersectionOverUnion(_ cell: Cell) -> Double {
        Double(cell.count) / Double(truthSizes[cell.row] + predictedSizes[cell.column] - cell.count)
    }

    /// For every region of the ground truth (row) the best intersection over union with any region of the prediction.
    ///
    /// - Parameter predictedBackground: label of the prediction that is no region, `nil` if every label is one.
    /// - Complexity: O(cells).
    public func bestIntersectionsOverUnion(predictedBackground: Int32? = nil) -> [Double] {
        let left = predictedBackground.flatMap { column(ofPrediction: $0) }
        var best = [Double](repeating: 0, count: truthLabels.count)
        for cell in cells where cell.column != left {
            best[cell.row] = max(best[cell.row], intersectionOverUnion(cell))
        }
        return best
    }

    /// Covering of the ground truth by the prediction: the best intersection over union of every region of the ground truth,
    /// weighted by its size, in (0, 1] (Arbelaez, Maire, Fowlkes and Malik, TPAMI 2011, section 3.1).
    ///
    /// With `background` both maps' background is no region; its pixels still count in the unions.
    ///
    /// - Parameter background: the label that is no region, `nil` if every label is one (as in BSDS).
    /// - Complexity: O(cells).
    public func covering(background: Int32? = nil) -> MetricValue {
        let best = bestIntersectionsOverUnion(predictedBackground: background)
        var (sum, size) = (0.0, 0)
        for row in truthLabels.indices where truthLabels[row] != background {
            sum += Double(truthSizes[row]) * best[row]
            size += truthSizes[row]
        }
        return .ratio(sum, Double(size), ifZero: .noTruth)
    }

    /// The best intersection over union of every object of the ground truth, each with the same weight.
    ///
    /// - Parameter background: the label that is no object, `nil` if every label is one.
    /// - Complexity: O(cells).
    public func meanBestIntersectionOverUnion(background: Int32? = 0) -> MetricValue {
        let best = bestIntersectionsOverUnion(predictedBackground: background)
        let objects = truthLabels.indices.filter { truthLabels[$0] != background }
        return .ratio(objects.reduce(0.0) { $0 + best[$1] }, Double(objects.count), ifZero: .noTruth)
    }
}
