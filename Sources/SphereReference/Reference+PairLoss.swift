public import SphereKernels

extension Reference {
    /// What ``pairLoss(_:labels:margin:positiveWeight:negativeWeight:convention:ignoredLabel:)`` writes as the gradient.
    public enum PairLossGradient: Sendable, Hashable, CaseIterable {
        /// The derivative of the loss.
        case exact
        /// `2 Σ_j W_ij (-p [same] s_ij + n [different] max(0, s_ij - α)) x_j`.
        case released
        /// `2 Σ_j W_ij (-p [same] s_ij + n [different] max(0, s_ij - α)³) x_j`.
        case steep
    }

    /// The parts of the pair loss and its gradient, see ``pairLoss(_:labels:margin:positiveWeight:negativeWeight:convention:ignoredLabel:)``.
    public struct PairLoss: Sendable, Equatable {
        /// Sum over the pairs of a group, without its weight.
        public var positive = 0.0
        /// Sum over the pairs of different groups, without its weight.
        public var negative = 0.0
        /// The weighted sum of the two.
        public var total = 0.0
        /// `∂total/∂x`, or what another convention asks for.
        public var gradient: ReferenceMatrix
    }

    /// `Σ_ij W_ij (p [same] (1 - s_ij) + n [different] max(0, s_ij - α))` with `s_ij = (1 + x_i . x_j)/2` and
    /// `W_ij = 1 / (M² size(y_i) size(y_j))`, over all ordered pairs of points that are not ignored.
    public static func pairLoss(
        _ points: ReferenceMatrix, labels: [Int32], margin: Double, positiveWeight: Double = 1,
        negativeWeight: Double = 1, convention: PairLossGradient = .exact, ignoredLabel: Int32? = nil
    ) -> PairLoss {
        var result = PairLoss(gradient: ReferenceMatrix(rows: points.rows, columns: points.columns))
        let rows = (0..<points.rows).filter { labels[$0] != ignoredLabel }
        var sizes: [Int32: Double] = [:]
        for i in rows { sizes[labels[i], default: 0] += 1 }
        let groups = Double(sizes.count)
        for i in rows {
            for j in rows {
                let isSame = labels[i] == labels[j]
                let weight = 1 / (groups * groups * sizes[labels[i]]! * sizes[labels[j]]!)
                var dot = 0.0
                for k in 0..<points.columns { dot += points[i, k] * points[j, k] }
                let similarity = (1 + dot) / 2
                // NaN stays NaN.
                let hinge = similarity <= margin ? 0 : similarity - margin
                if isSame {
                    result.positive += weight * (1 - similarity)
                } else {
                    result.negative += weight * hinge
                }
                let slope =
                    switch convention {
                    case .exact: isSame ? -positiveWeight : similarity <= margin ? 0 : negativeWeight
                    case .released: 2 * (isSame ? -positiveWeight * similarity : negativeWeight * hinge)
                    case .steep: 2 * (isSame ? -positiveWeight * similarity : negativeWeight * hinge * hinge * hinge)
                    }
                for k in 0..<points.columns { result.gradient[i, k] += weight * slope * points[j, k] }
            }
        }
        result.total = positiveWeight * result.positive + negativeWeight * result.negative
        return result
    }

    /// ``pairLoss(_:labels:margin:positiveWeight:negativeWeight:convention:ignoredLabel:)`` of points in float32.
    public static func pairLoss(
        _ points: Matrix, labels: [Int32], margin: Double, positiveWeight: Double = 1, negativeWeight: Double = 1,
        convention: PairLossGradient = .exact, ignoredLabel: Int32? = nil
    ) -> PairLoss {
        pairLoss(
            ReferenceMatrix(points), labels: labels, margin: margin, positiveWeight: positiveWeight,
            negativeWeight: negativeWeight, convention: convention, ignoredLabel: ignoredLabel)
    }
}
