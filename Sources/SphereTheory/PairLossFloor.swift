/// The value below which the pair loss of M groups cannot fall, whatever the embedding.
///
/// The pair loss of one image, every ordered pair of groups weighted equally (instance-aware weights), is
///
///     L = L_pos + w L_neg,    L_pos = 1/M² Σ_k mean (1 - s),    L_neg = 1/M² Σ_{k≠l} mean max(0, s - α)
///
/// with s = (1 + cosine)/2 the calibrated similarity and the means over the pixel pairs of the two groups. L_pos vanishes
/// when each group is one point, so that the floor comes from L_neg alone and the weight of L_pos does not enter.
///
/// **In any dimension** Proposition 1 (``CosineSum``) and the convexity of the hinge give
///
///     L_neg ≥ (M-1)/M · max(0, ½(1 - 1/(M-1)) - α),
///
/// reached by every set that sums to zero with all s ≥ α, for one by the simplex. For α = 0.1 and M = 2 ... 10: 0, 0.100,
/// 0.175, 0.220, 0.250, 0.271, 0.288, 0.300, 0.310. It is positive exactly for α < ½ and M > 1 + 1/(1 - 2α).
///
/// **In D dimensions** the floor is higher where D is too small. With c = 2α - 1 and L(D, c) the bound of
/// ``SphericalCode/levenshteinBound(dimension:cosine:)``,
///
///     L_neg ≥ (1 - α) · max(0, 1/L(D, c) - 1/M).
///
/// The bound above is the case L = 1 - 1/c of the same formula. Proof: Levenshtein's polynomial f is not positive on
/// [-1, c], has nonnegative Gegenbauer coefficients f_i with f(1)/f_0 = L, and f(x) ≤ f(1)(x - c)/(1 - c) on [c, 1]; so
/// (1-c)/(2f(1)) · f lies below the hinge ½ max(0, x - c) of the cosine, and its sum over the ordered pairs k ≠ l of M unit
/// vectors is at least (1-c)/(2f(1)) · (f_0 M² - f(1) M). For D = 1 it is a count of the groups at each of the two points.
/// Groups that are not points are averaged over their points. The bound is reached when a code of size L(D, c) exists and
/// its size divides M: 12 groups at α = ½ in D = 3, two on each half axis, have the loss 1/24.
///
/// Source: Kong and Fowlkes, "Recurrent Pixel Embedding for Instance Grouping", CVPR 2018, for the loss and Proposition 1.
public struct PairLossFloor: Sendable, Hashable {
    /// The margin α of the hinge, in calibrated similarity, in [0, 1].
    public let margin: Double
    /// The weight w of the negative part, 0 or more.
    public let negativeWeight: Double

    /// The floor of the loss with margin α = `margin` and weight w = `negativeWeight` of the negative part.
    ///
    /// The released code trains with w = 1 on the toy digits and w = 5 on VOC (positive part 1).
    ///
    /// - Precondition: 0 <= `margin` <= 1; `negativeWeight` is finite and not negative.
    public init(margin: Double, negativeWeight: Double = 1) {
        requireMargin(margin)
        require(
            negativeWeight >= 0 && negativeWeight.isFinite,
            "a weight of \(negativeWeight) for the negative pairs: must be finite and 0 or more")
        self.margin = margin
        self.negativeWeight = negativeWeight
    }

    /// The floor for M = `groups` groups in any dimension: w (M-1)/M · max(0, ½(1 - 1/(M-1)) - α).
    ///
    /// 0 for one group, which has no negative pair, and for none (an image without pixels has loss 0).
    ///
    /// - Precondition: `groups` >= 0.
    public func value(groups: Int) -> Double {
        floor(groups: groups, bound: margin < 0.5 ? 2 * (1 - margin) / (1 - 2 * margin) : .infinity)
    }

    /// The floor for M = `groups` groups in D = `dimension` dimensions: w (1 - α) · max(0, 1/L(D, 2α - 1) - 1/M).
    ///
    /// Never below ``value(groups:)``, and equal to it when D >= M - 1.
    ///
    /// - Complexity: that of ``SphericalCode/levenshteinBound(dimension:cosine:)``.
    /// - Precondition: `groups` >= 0 and `dimension` >= 1.
    public func value(groups: Int, dimension: Int) -> Double {
        let cosine = SphericalDistance.cosine(fromSimilarity: margin)
        return floor(
            groups: groups, bound: SphericalCode.levenshteinBound(dimension: dimension, cosine: cosine))
    }

    /// The mean of ``value(groups:)`` over numbers of groups that are equally likely.
    ///
    /// 1...10 for the toy digits (0 to 9 digits and the background): 0.191 at α = 0.1, 0.211 at α = 0.07.
    ///
    /// - Precondition: `groups.lowerBound` >= 0.
    public func mean(overGroups groups: ClosedRange<Int>) -> Double {
        groups.reduce(0) { $0 + value(groups: $1) } / Double(groups.count)
    }

    /// The mean of ``value(groups:)`` when M groups occur with a frequency proportional to `groupWeights[M]`.
    ///
    /// A histogram of the numbers of groups, beginning at none, will do.
    ///
    /// - Precondition: the weights are not negative, and their sum is positive and finite.
    public func mean(groupWeights: [Double]) -> Double {
        let total = groupWeights.reduce(0, +)
        let valid = groupWeights.allSatisfy { $0 >= 0 } && total > 0 && total.isFinite
        require(valid, "\(groupWeights.count) weights with sum \(total): none negative, the sum positive and finite")
        return groupWeights.enumerated().reduce(0) { $0 + $1.element / total * value(groups: $1.offset) }
    }

    /// The total weight 1/M of the pairs within a group, under instance-aware weights and self pairs included.
    ///
    /// L_pos is at most this. 0 for no group.
    ///
    /// - Precondition: `groups` >= 0.
    public static func positiveShare(groups: Int) -> Double {
        requireGroups(groups)
        return groups == 0 ? 0 : 1 / Double(groups)
    }

    /// The total weight (M - 1)/M of the pairs of different groups, under instance-aware weights.
    ///
    /// L_neg is at most (1 - α) times this. 0 for no group.
    ///
    /// - Precondition: `groups` >= 0.
    public static func negativeShare(groups: Int) -> Double {
        requireGroups(groups)
        return groups == 0 ? 0 : Double(groups - 1) / Double(groups)
    }

    /// w (1 - α)(1/bound - 1/M), or 0 when the number of groups does not exceed the bound.
    private func floor(groups: Int, bound: Double) -> Double {
        requireGroups(groups)
        // Groups up to the bound reach zero exactly; one part in 10^12 keeps rounding from leaving 10^-17 there.
        guard Double(groups) > bound * (1 + 1e-12) else { return 0 }
        return negativeWeight * (1 - margin) * (1 / bound - 1 / Double(groups))
    }
}

/// Stops with a message when `margin` is not one of the pair loss.
func requireMargin(_ margin: Double) {
    require(margin >= 0 && margin <= 1, "a margin of \(margin): must lie in [0, 1], in calibrated similarity")
}

/// Stops with a message when `groups` is negative.
func requireGroups(_ groups: Int) {
    require(groups >= 0, "\(groups) groups: must be 0 or more")
}
