internal import SphereKernels

/// The softmax cross-entropy of pixels' scores: how unlikely the scores make the right classes.
///
/// For N pixels with scores x_i of K classes and labels y_i,
///
///     L = f Σ_i w_i l_i,    l_i = log Σ_k exp x_ik - x_iy,    ∂L/∂x_ik = f w_i (exp x_ik / Σ_m exp x_im - [k = y_i])
///
/// with w_i the weight of the class y_i, and f = 1 or 1 / Σ w_i. Pixels with the ignored label take no part, whatever their scores.
/// Evaluated in double around the largest score: no overflow, and small losses keep their digits.
public struct SoftmaxLoss: Sendable, Hashable {
    /// Mean or sum over the pixels.
    public let reduction: LossReduction
    /// The label of pixels that take no part; `nil`: every label is a class.
    public let ignoredLabel: Int32?
    /// The weight of every class, 0 or more; `nil`: 1 each.
    public let classWeights: [Float]?

    /// A softmax cross-entropy.
    ///
    /// - Precondition: weights are finite and not negative.
    public init(reduction: LossReduction = .mean, ignoredLabel: Int32? = nil, classWeights: [Float]? = nil) {
        for weight in classWeights ?? [] {
            require(weight >= 0 && weight.isFinite, "a class weight of \(weight): must be finite and 0 or more")
        }
        self.reduction = reduction
        self.ignoredLabel = ignoredLabel
        self.classWeights = classWeights
    }
}
