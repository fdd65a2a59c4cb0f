public import SphereKernels

extension SphericalMeanLoss {
    /// The loss of `points` (N x D, unit rows) in groups of equal `labels`.
    ///
    /// Labels may be any Int32. No points, or none that is not ignored: 0 with 0 groups. One group: the second part is 0. A group whose rows
    /// sum to 0 has the mean 0, half a sphere from everything. A point with NaN that is not ignored makes the loss NaN. Rows are taken
    /// as they are, not divided by their lengths.
    ///
    /// - Precondition: N labels.
    /// - Complexity: O(N D + K² D + N log N) on one thread, sums in double.
    public func evaluate(_ points: MatrixView, labels: Span<Int32>) -> SphericalMeanLossValue {
        let means = SphericalMeans(points, PairGroups(labels, ignoring: ignoredLabel), labels.count)
        return value(of: parts(means, points), means)
    }

    /// The loss as ``evaluate(_:labels:)``, and its gradient **added** to `gradient`: `gradient[i] += scale ∂L/∂x_i`.
    ///
    /// Exact, through the mean directions too, with the counts N_k as the constants they are almost everywhere. The rows are free
    /// variables: project the gradient if the points are to stay on the sphere. Means of 0 pass no gradient on. Rows of ignored
    /// points are left as they are.
    ///
    /// - Precondition: as above; `gradient` is N x D.
    public func evaluate(
        _ points: MatrixView, labels: Span<Int32>, scale: Float = 1, gradient: inout MutableMatrixView
    ) -> SphericalMeanLossValue {
        require(
            gradient.rows == points.rows && gradient.columns == points.columns,
            "a gradient of \(points.rows) x \(points.columns) into \(gradient.rows) x \(gradient.columns)")
        let means = SphericalMeans(points, PairGroups(labels, ignoring: ignoredLabel), labels.count)
        let parts = parts(means, points)
        let (groups, dimension) = (means.groups, points.columns)
        let scale = Double(scale)
        for group in 0..<groups.count {
            let mean = means.direction(of: group)
            // dL/dμ.
            var direction = pushes(on: group, means).map { pushWeight * $0 }
            // dL/dd_i = 2 d_i factor, and d_i = (1 - <x_i, μ>)/2.
            let factor = pullWeight * parts.factors[group]
            for position in groups.range(of: group) {
                let start = groups.order[position] * points.rowStride
                let slope = factor * parts.distances[position]
                for k in 0..<dimension { direction[k] -= slope * Double(points.elements[start + k]) }
            }
            // μ = S / |S|.
            let length = means.lengths[group]
            let radial = zip(direction, mean).reduce(0) { $0 + $1.0 * $1.1 }
            let through = zip(direction, mean).map { length == 0 ? 0 : ($0 - radial * $1) / length }
            for position in groups.range(of: group) {
                let start = groups.order[position] * gradient.rowStride
                let slope = factor * parts.distances[position]
                for k in 0..<dimension {
                    gradient.elements[start + k] += Float(scale * (through[k] - slope * mean[mean.startIndex + k]))
                }
            }
        }
        return value(of: parts, means)
    }

    /// The distances of the points to their means (in the order of the groups), what the squares of each group are multiplied with
    /// in the loss, and the sum of the products.
    private func parts(
        _ means: SphericalMeans, _ points: MatrixView
    ) -> (distances: [Double], factors: [Double], pull: Double) {
        let (groups, dimension) = (means.groups, points.columns)
        var distances = [Double](repeating: 0, count: groups.order.count)
        var counts = [Int](repeating: 0, count: groups.count)
        for group in 0..<groups.count {
            let mean = means.direction(of: group)
            for position in groups.range(of: group) {
                let start = groups.order[position] * points.rowStride
                var cosine = 0.0
                for k in 0..<dimension { cosine += Double(points.elements[start + k]) * mean[mean.startIndex + k] }
                distances[position] = (1 - cosine) / 2
                // NaN is not near.
                if !(distances[position] <= pullMargin) { counts[group] += 1 }
            }
        }
        let isTogether = counts.allSatisfy { $0 == 0 }
        let factors = counts.map { isTogether ? 0 : 1 / Double(groups.count * max($0, leastCount)) }
        var pull = 0.0
        for group in 0..<groups.count where !isTogether {
            pull += factors[group] * distances[groups.range(of: group)].reduce(0) { $0 + $1 * $1 }
        }
        return (distances, factors, pull)
    }

    private func value(
        of parts: (distances: [Double], factors: [Double], pull: Double), _ means: SphericalMeans
    ) -> SphericalMeanLossValue {
        var push = 0.0
        for k in 0..<means.groups.count {
            for l in 0..<k {
                let hinge = hinge(k, l, means)
                push += 2 * pairFactor(means) * hinge * hinge
            }
        }
        return SphericalMeanLossValue(
            total: pullWeight * parts.pull + pushWeight * push, pull: parts.pull, push: push,
            groupCount: means.groups.count)
    }

    private func pairFactor(_ means: SphericalMeans) -> Double {
        let count = Double(means.groups.count)
        return 2 / (count * (count - 1))
    }

    /// max(0, δ - d) of two means; NaN stays NaN.
    private func hinge(_ k: Int, _ l: Int, _ means: SphericalMeans) -> Double {
        let lack = pushMargin - (1 - means.cosine(k, l)) / 2
        return lack <= 0 ? 0 : lack
    }

    /// The gradient of the second part with respect to the mean of `group`: d falls by half of what the cosine grows.
    private func pushes(on group: Int, _ means: SphericalMeans) -> [Double] {
        var result = [Double](repeating: 0, count: means.dimension)
        for other in 0..<means.groups.count where other != group {
            let slope = 2 * pairFactor(means) * hinge(group, other, means)
            if slope == 0 { continue }
            for (k, x) in means.direction(of: other).enumerated() { result[k] += slope * x }
        }
        return result
    }
}

/// The mean directions of groups of rows, and the lengths of the sums.
struct SphericalMeans {
    let groups: PairGroups
    let dimension: Int
    let lengths: [Double]
    private let directions: [Double]

    init(_ points: MatrixView, _ groups: PairGroups, _ labelCount: Int) {
        require(labelCount == points.rows, "\(labelCount) labels for \(points.rows) points")
        let dimension = points.columns
        var (directions, lengths) = (groups.means(of: points), [Double]())
        for group in 0..<groups.count {
            let range = group * dimension..<(group + 1) * dimension
            let length = directions[range].reduce(0) { $0 + $1 * $1 }.squareRoot()
            for i in range { directions[i] = length == 0 ? 0 : directions[i] / length }
            lengths.append(length / groups.weight(of: group))
        }
        self.groups = groups
        self.dimension = dimension
        self.lengths = lengths
        self.directions = directions
    }

    func direction(of group: Int) -> ArraySlice<Double> { directions[group * dimension..<(group + 1) * dimension] }

    func cosine(_ k: Int, _ l: Int) -> Double {
        zip(direction(of: k), direction(of: l)).reduce(0) { $0 + $1.0 * $1.1 }
    }
}
