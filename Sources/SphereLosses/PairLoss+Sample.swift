public import SphereKernels

extension PairLoss {
    /// The loss of the sampled rows of `points` (N x D, unit rows), see ``evaluate(_:labels:on:)``.
    ///
    /// The sizes of groups are those in the sample, as the authors count them.
    ///
    /// - Precondition: N labels; every row of the sample is one of `points`.
    /// - Complexity: O(m² D) time for m sampled rows.
    public func evaluate(
        _ points: MatrixView, labels: Span<Int32>, sample: PairSample, on execution: Execution = .default
    ) -> PairLossValue {
        require(labels.count == points.rows, "\(labels.count) labels for \(points.rows) points")
        return evaluate(sample.gather(points).view, labels: sample.gather(labels).span, on: execution)
    }

    /// The loss of the sampled rows, and its gradient **added** to their rows of `gradient` (N x D); other rows stay as they are.
    ///
    /// - Precondition: as above; `gradient` is N x D.
    /// - Complexity: O(m² D) time for m sampled rows.
    public func evaluate(
        _ points: MatrixView, labels: Span<Int32>, sample: PairSample, scale: Float = 1,
        gradient: inout MutableMatrixView, on execution: Execution = .default
    ) -> PairLossValue {
        require(labels.count == points.rows, "\(labels.count) labels for \(points.rows) points")
        require(
            gradient.rows == points.rows && gradient.columns == points.columns,
            "a gradient of \(points.rows) x \(points.columns) into \(gradient.rows) x \(gradient.columns)")
        let gathered = sample.gather(points)
        let sampledLabels = sample.gather(labels)
        var sampled = Matrix(rows: gathered.rows, columns: gathered.columns)
        var view = sampled.mutableView
        let value = evaluate(
            gathered.view, labels: sampledLabels.span, scale: scale, gradient: &view, on: execution)
        sample.scatter(adding: sampled.view, to: &gradient)
        return value
    }
}
