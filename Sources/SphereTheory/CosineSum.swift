/// Proposition 1 of the paper: the sum of all pairwise cosines has a lower bound that does not depend on the dimension.
///
/// For vectors x_1 ... x_n of any dimension
///
///     Σ_{i≠j} ⟨x_i, x_j⟩ = |Σ x_i|² - Σ |x_i|² ≥ -Σ |x_i|²
///
/// over ordered pairs, with equality exactly when the vectors sum to zero. It is why groups cannot all be pushed apart
/// without end, and the source of the loss floor, ``PairLossFloor``.
///
/// Source: Kong and Fowlkes, "Recurrent Pixel Embedding for Instance Grouping", CVPR 2018, Proposition 1.
public enum CosineSum {
    /// The bound -n of the sum of the cosines of all ordered pairs of n = `count` unit vectors.
    ///
    /// Reached by every set that sums to zero. No such set has one vector: there the sum is empty, 0, and the bound -1.
    ///
    /// - Precondition: `count` >= 0.
    public static func lowerBound(count: Int) -> Double {
        require(count >= 0, "\(count) vectors: must be 0 or more")
        return -Double(count)
    }

    /// The bound -Σ |x_i|² of the sum of the inner products of all ordered pairs of vectors of any length.
    ///
    /// - Complexity: O(n).
    public static func lowerBound(squaredNorms: some Sequence<Double>) -> Double {
        -squaredNorms.reduce(0, +)
    }
}
