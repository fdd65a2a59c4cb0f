/// What a matrix product does beside multiplying: `C = alpha op(A) op(B) + beta C`, then `max(C, 0)` if `rectifies`.
public struct ProductOptions: Sendable, Hashable {
    /// Whether op(A) is the transpose of A.
    public var transposesLeft: Bool
    /// Whether op(B) is the transpose of B.
    public var transposesRight: Bool
    /// The factor of the product.
    public var alpha: Float
    /// The factor of the old result; 0 does not read it.
    public var beta: Float
    /// Whether negative results, biases included, become 0; NaN stays NaN.
    public var rectifies: Bool

    /// Options; the defaults give `C = A B`.
    public init(
        transposesLeft: Bool = false, transposesRight: Bool = false, alpha: Float = 1, beta: Float = 0,
        rectifies: Bool = false
    ) {
        self.transposesLeft = transposesLeft
        self.transposesRight = transposesRight
        self.alpha = alpha
        self.beta = beta
        self.rectifies = rectifies
    }
}
