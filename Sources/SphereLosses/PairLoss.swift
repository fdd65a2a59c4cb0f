internal import SphereKernels
internal import SphereTheory

/// The pair loss of an embedding: points of a group are pulled together, points of different groups pushed apart up to a margin.
///
/// For unit rows x_1 ... x_N with labels, M groups, and s_ij = (1 + ⟨x_i, x_j⟩)/2 the calibrated similarity,
///
///     L = Σ_ij W_ij (p [y_i = y_j] (1 - s_ij) + n [y_i ≠ y_j] max(0, s_ij - α)),    W_ij = w_i w_j / M²,  w_i = 1/size of i's group,
///
/// over ordered pairs, i = j among them. Every ordered pair of groups has the weight 1/M², whatever the sizes: with p = n = 1 the loss
/// lies in [0, 1] and does not change when points are repeated. Below ``PairLossValue/floor`` no embedding can push it.
///
/// The positive part is linear in s and follows from the means μ_c of the groups, `Σ_c (1 - |μ_c|²) / (2 M²)` for unit rows; the
/// negative part goes over all pairs, tile by tile, without a matrix of pairs.
///
/// Source: Kong and Fowlkes, "Recurrent Pixel Embedding for Instance Grouping", CVPR 2018, section 3.1.
public struct PairLoss: Sendable, Hashable {
    /// What ``evaluate(_:labels:scale:gradient:on:)`` writes as the gradient.
    public enum Gradient: Sendable, Hashable, CaseIterable {
        /// The derivative of the loss: `∂L/∂x_i = Σ_j W_ij (-p [same] + n [different] [s_ij > α]) x_j`.
        case exact
        /// What the authors' released code computes: `2 Σ_j W_ij (-p [same] s_ij + n [different] max(0, s_ij - α)) x_j`.
        ///
        /// It is the gradient of twice the squares `-p s²/2` and `n max(0, s - α)²/2`: the same minima, a weaker pull between points that
        /// are far apart. For comparisons with that code.
        case released
        /// `2 Σ_j W_ij (-p [same] s_ij + n [different] max(0, s_ij - α)³) x_j`: for margins that leave no room for all groups.
        ///
        /// It is the gradient of twice `-p s²/2` and the fourth power `n max(0, s - α)⁴/4`. Where every pair of groups is nearer than the
        /// margin the exact gradient is content once the groups' means add up to zero, and the released one once they are a
        /// spherical 2-design, which groups that share four directions are too: on S² at α = 0.1 eight groups or more. The fourth power
        /// takes up to ten groups within 6 degrees of the most that S² allows, see docs/math.md.
        case steep
    }

    /// The margin α in calibrated similarity, in (0, 1).
    public let margin: Double
    /// The weight p of the positive part, 0 or more.
    public let positiveWeight: Double
    /// The weight n of the negative part, 0 or more.
    public let negativeWeight: Double
    /// The convention of the gradient.
    public let gradient: Gradient
    /// The label of points that take no part; `nil`: every label is a group.
    public let ignoredLabel: Int32?

    /// A pair loss with margin α = `margin`.
    ///
    /// The authors train with the weights 1 and 1 on the toy digits and 1 and 5 on VOC. α = 1/2 and half as many dimensions as groups
    /// allow a loss of zero.
    ///
    /// - Precondition: 0 < `margin` < 1; the weights are finite and not negative.
    public init(
        margin: Double, positiveWeight: Double = 1, negativeWeight: Double = 1, gradient: Gradient = .exact,
        ignoredLabel: Int32? = nil
    ) {
        require(margin > 0 && margin < 1, "a margin of \(margin): must lie between 0 and 1, in calibrated similarity")
        require(
            positiveWeight >= 0 && positiveWeight.isFinite && negativeWeight >= 0 && negativeWeight.isFinite,
            "weights of \(positiveWeight) and \(negativeWeight): must be finite and 0 or more")
        self.margin = margin
        self.positiveWeight = positiveWeight
        self.negativeWeight = negativeWeight
        self.gradient = gradient
        self.ignoredLabel = ignoredLabel
    }

    /// The value of the parts for `groups` groups in D = `dimension` dimensions.
    func value(positive: Double, negative: Double, groups: Int, dimension: Int) -> PairLossValue {
        let floor = PairLossFloor(margin: margin, negativeWeight: negativeWeight)
        return PairLossValue(
            total: positiveWeight * positive + negativeWeight * negative, positive: positive, negative: negative,
            groupCount: groups, floor: groups == 0 ? 0 : floor.value(groups: groups, dimension: dimension))
    }
}
