public import SphereKernels

extension PairLoss {
    /// The loss of `points` (N x D, unit rows) in groups of equal `labels`.
    ///
    /// Labels may be any Int32. No points, or none that is not ignored: the loss is 0 with 0 groups. One group: the negative part is 0.
    /// A point with NaN that is not ignored makes the loss NaN. Rows are taken as they are, not divided by their lengths.
    ///
    /// - Precondition: N labels; D >= 1 unless there are no points; fewer than 2^24 groups.
    /// - Complexity: O(N² D + N log N) time, O(N D) memory. The same bits for any number of threads.
    public func evaluate(
        _ points: MatrixView, labels: Span<Int32>, on execution: Execution = .default
    ) -> PairLossValue {
        sums(points, labels, wantsGradient: false, execution).value
    }

    /// The loss as ``evaluate(_:labels:on:)``, and its gradient **added** to `gradient`:
    /// `gradient[i] += scale ∂L/∂x_i`, in the convention of ``gradient``.
    ///
    /// The rows are free variables: project the gradient if the points are to stay on the sphere. Where s_ij = α the exact gradient takes
    /// the derivative of the hinge as 0. Rows of ignored points are left as they are. A point with NaN that is not ignored makes every
    /// row NaN whose point is in its group or, if there are two groups or more, in any.
    ///
    /// - Parameter scale: the derivative of the final objective by this loss.
    /// - Precondition: as above; `gradient` is N x D.
    /// - Complexity: O(N² D + N log N) time, O(N D) memory. The same bits for any number of threads.
    public func evaluate(
        _ points: MatrixView, labels: Span<Int32>, scale: Float = 1, gradient: inout MutableMatrixView,
        on execution: Execution = .default
    ) -> PairLossValue {
        require(
            gradient.rows == points.rows && gradient.columns == points.columns,
            "a gradient of \(points.rows) x \(points.columns) into \(gradient.rows) x \(gradient.columns)")
        let sums = sums(points, labels, wantsGradient: true, execution)
        let (dimension, stride) = (points.columns, gradient.rowStride)
        for (position, row) in sums.groups.order.enumerated() {
            for k in 0..<dimension {
                gradient.elements[row * stride + k] += scale * sums.gradient[position * dimension + k]
            }
        }
        return sums.value
    }

    /// The loss and, in the order of the groups, its gradient (or nothing).
    private func sums(
        _ points: MatrixView, _ labels: Span<Int32>, wantsGradient: Bool, _ execution: Execution
    ) -> (value: PairLossValue, groups: PairGroups, gradient: [Float]) {
        require(labels.count == points.rows, "\(labels.count) labels for \(points.rows) points")
        let groups = PairGroups(labels, ignoring: ignoredLabel)
        let (count, groupCount, dimension) = (groups.order.count, groups.count, points.columns)
        if count == 0 { return (value(positive: 0, negative: 0, groups: 0, dimension: 1), groups, []) }
        require(dimension >= 1, "\(points.rows) points with \(dimension) coordinates: needs 1 or more")
        let share = 1 / (Double(groupCount) * Double(groupCount))
        let means = groups.means(of: points)
        var positive = 0.0
        for group in 0..<groupCount {
            let mean = means[group * dimension..<(group + 1) * dimension]
            positive += share * (0.5 - 0.5 * mean.reduce(0) { $0 + $1 * $1 })
        }
        var gradient = [Float](repeating: 0, count: wantsGradient ? count * dimension : 0)
        var negative = 0.0
        let (factor, pullsBySimilarity): (PairHinges.Factor, Bool) =
            switch self.gradient {
            case .exact: (.step, false)
            case .released: (.hinge, true)
            case .steep: (.cube, true)
            }
        if groupCount > 1 || (wantsGradient && pullsBySimilarity) {
            let pairs = PairHinges(
                points, order: groups.order, groupStarts: groups.starts,
                groupWeights: (0..<groupCount).map { Float(groups.weight(of: $0)) }, on: execution)
            var hinges = [Double](repeating: 0, count: count)
            if groupCount > 1 {
                pairs.sum(
                    over: .ofDifferentGroups, margin: margin, factor: factor, hinges: &hinges,
                    directions: &gradient)
                for group in 0..<groupCount {
                    let sum = hinges[groups.range(of: group)].reduce(0, +)
                    negative += share * groups.weight(of: group) * sum
                }
            }
            if wantsGradient && pullsBySimilarity {
                // s is its own hinge at the margin 0: it is not negative for unit rows.
                var pulls = [Float](repeating: 0, count: count * dimension)
                pairs.sum(over: .withinGroups, margin: 0, factor: .hinge, hinges: &hinges, directions: &pulls)
                combine(&gradient, groups, dimension, factor: 2 * share) { position, _, k in
                    Double(pulls[position * dimension + k])
                }
            }
        }
        if wantsGradient && !pullsBySimilarity {
            combine(&gradient, groups, dimension, factor: share) { _, group, k in means[group * dimension + k] }
        }
        let value = value(positive: positive, negative: negative, groups: groupCount, dimension: dimension)
        return (value, groups, gradient)
    }

    /// Turns the directions of the negative part into the gradient: `factor w_i (n direction - p pull)`.
    private func combine(
        _ gradient: inout [Float], _ groups: PairGroups, _ dimension: Int, factor: Double,
        pull: (_ position: Int, _ group: Int, _ k: Int) -> Double
    ) {
        for group in 0..<groups.count {
            let weight = factor * groups.weight(of: group)
            for position in groups.range(of: group) {
                for k in 0..<dimension {
                    let index = position * dimension + k
                    gradient[index] = Float(
                        weight * (negativeWeight * Double(gradient[index]) - positiveWeight * pull(position, group, k)))
                }
            }
        }
    }
}
