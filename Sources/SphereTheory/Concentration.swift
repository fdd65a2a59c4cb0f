/// The concentration κ of the von Mises-Fisher kernel K(x, y) = exp(κ(⟨x, y⟩ - 1)), under each of its names.
///
/// | name | relation | where |
/// | --- | --- | --- |
/// | concentration κ | | statistics on the sphere |
/// | bandwidth h | κ = 1/h² | released code: exponent (⟨x, y⟩ - 1)/h² |
/// | δ | κ = δ | paper: density ∝ Σ exp(δ⟨x, y⟩) |
/// | margin α | κ = 3/(1 - α) | paper's rule 1/δ = (1 - α)/3 |
///
/// On the sphere the kernel is a Gaussian of the chord: exp(κ(⟨x, y⟩ - 1)) = exp(-|x - y|²/(2h²)).
///
/// The two rules of the paper and of its code do **not** agree. At the paper's margin α = 0.5 the rule gives κ = 6, a
/// kernel that still has half its weight at 28°; the code runs with h = 0.1 (κ = 100, 6.7°) or h = 0.2 (κ = 25, 13.5°).
/// Name the one that is meant: `Concentration(margin: 0.5)` or `Concentration(bandwidth: 0.1)`.
///
/// Source: Kong and Fowlkes, "Recurrent Pixel Embedding for Instance Grouping", CVPR 2018, and its released code.
public struct Concentration: Sendable, Hashable {
    /// κ, positive and finite, without unit.
    public let value: Double

    /// The concentration κ = `value`.
    ///
    /// - Precondition: `value` is positive and finite.
    public init(_ value: Double) {
        require(value > 0 && value.isFinite, "a concentration of \(value): must be positive and finite")
        self.value = value
    }

    /// The concentration κ = 1/h² of the bandwidth h, a chord length: the rule of the released code.
    ///
    /// - Precondition: `bandwidth` is positive and finite, and so is 1/h².
    public init(bandwidth: Double) {
        require(bandwidth > 0 && bandwidth.isFinite, "a bandwidth of \(bandwidth): must be positive and finite")
        // 1/h first: (1/0.1)² is 100 exactly, 1/(0.1·0.1) is not.
        let inverse = 1 / bandwidth
        self.init(inverse * inverse)
    }

    /// The concentration κ = 3/(1 - α) of the margin α of the pair loss: the rule of the paper.
    ///
    /// The margin is in calibrated similarity ((1 + cosine)/2). κ is 3 at α = 0 and grows without limit towards α = 1.
    ///
    /// - Precondition: 0 <= `margin` < 1.
    public init(margin: Double) {
        require(margin >= 0 && margin < 1, "a margin of \(margin): the rule 3/(1 - margin) needs 0 <= margin < 1")
        self.init(3 / (1 - margin))
    }

    /// The bandwidth h = 1/√κ of the released code, a chord length.
    public var bandwidth: Double { 1 / value.squareRoot() }

    /// δ, the paper's name of κ.
    public var delta: Double { value }

    /// The margin α = 1 - 3/κ to which the paper's rule assigns this concentration.
    ///
    /// Below κ = 3 the result is negative: no margin of the loss has so soft a kernel.
    public var margin: Double { 1 - 3 / value }
}
