/// How many unit vectors of R^D fit when no two of them may be closer than a given cosine, and how far apart a given
/// number of them can be.
///
/// A spherical code (D, n, c) is a set of n unit vectors in R^D whose pairwise cosines are all at most c. Both questions
/// are answered by a range: its lower end is known to be reached, its upper end is a theorem that nothing beats. Where
/// the answer is known exactly the two ends agree:
///
/// | case | largest n for c | smallest c for n | reached by |
/// | --- | --- | --- | --- |
/// | c < 0, n ≤ D + 1 | min(D + 1, ⌊1 - 1/c⌋) | -1/(n - 1) | ``SphericalConfiguration/simplex(count:dimension:)`` |
/// | c = 0, n ≤ 2D | 2D | 0 | ``SphericalConfiguration/axes(count:dimension:)`` |
/// | D = 1, 0 < c < 1 | 2 | 1 for n ≥ 3 | |
/// | D = 2, 0 < c < 1 | ⌊2π/arccos c⌋ | cos(2π/n) | ``SphericalConfiguration/polygons(count:dimension:)`` |
/// | D = 3, 0 < c < 0.563, n ≤ 14 | 6 ... 13 | ``Tammes/solvedCosine(count:)`` | polyhedra, tabulated |
///
/// Beyond, for c > 0, D ≥ 3 and n > 2D, the number grows exponentially with D. There the theorem is the best of
/// ``levenshteinBound(dimension:cosine:)``, ``volumeBound(dimension:cosine:)`` and, for D = 3, ``Tammes``; the guarantee
/// is the better of the best sets of 3, 2 and 1 dimensions in orthogonal subspaces and of
/// ``coveringBound(dimension:cosine:)``, which names no set.
///
/// Source of the exact cases for D ≥ 3: R. A. Rankin, "The closest packing of spherical caps in n dimensions",
/// Proc. Glasgow Math. Assoc. 2, 1955.
public enum SphericalCode {
    /// 10^-12: sizes are counted for a cosine raised by this much.
    ///
    /// The limit is usually computed from a margin or an angle: 2·0.45 - 1 comes out just below -0.1, for which the exact
    /// answer would be 10 vectors instead of 11. A cosine within the tolerance of 0 counts as 0, within that of 1 as 1.
    public static let cosineTolerance = 1e-12

    /// The largest number of unit vectors in R^D, D = `dimension`, with all pairwise cosines at most c = `cosine`, as a range.
    ///
    /// - lower end: a set of that many exists, to within ``cosineTolerance``;
    /// - upper end: no larger set exists.
    ///
    /// 1 below c = -1, where no pair is allowed. From c = 1 on vectors may coincide and there is no limit. `Int.max`
    /// stands for that and for every number that an `Int` does not hold.
    ///
    /// - Complexity: that of ``levenshteinBound(dimension:cosine:)``, for c <= 0 O(1).
    /// - Precondition: `dimension` >= 1 and `cosine` is not NaN.
    public static func largestSize(dimension: Int, cosine: Double) -> ClosedRange<Int> {
        requireDimension(dimension)
        let limit = raised(cosine)
        if limit >= 1 { return exactly(.max) }
        if limit == 0 { return exactly(saturatedCount(2 * Double(dimension))) }
        if limit < 0 { return exactly(min(saturatedCount(Double(dimension) + 1), simplexSize(cosine: limit))) }
        if dimension == 1 { return exactly(2) }
        if dimension == 2 { return exactly(blockSize(dimension: 2, cosine: limit)) }
        let upper = saturatedCount(sizeLimit(dimension: dimension, cosine: limit) * (1 + roundingAllowance))
        let lower = guaranteedSize(dimension: dimension, cosine: limit)
        return lower...max(lower, upper)
    }

    /// The largest number of unit vectors with all pairwise cosines at most c when the dimension may be chosen freely.
    ///
    /// ⌊1 - 1/c⌋ for -1 <= c < 0, 1 below, and no limit (`Int.max`) from c = 0 on. The cosine is raised by
    /// ``cosineTolerance`` first.
    ///
    /// - Precondition: `cosine` is not NaN.
    public static func largestSizeInAnyDimension(cosine: Double) -> Int {
        let limit = raised(cosine)
        return limit < 0 ? simplexSize(cosine: limit) : .max
    }

    /// The smallest possible largest pairwise cosine of n = `count` unit vectors in R^D, D = `dimension`, as a range.
    ///
    /// - lower end: every set of n vectors has a pair with at least this cosine;
    /// - upper end: some set of n vectors has no pair with a larger cosine.
    ///
    /// -1 for fewer than two vectors, which have no pair. Accurate to 10^-12.
    ///
    /// - Complexity: some 60 times that of ``largestSize(dimension:cosine:)`` for n > 2D and D >= 3, otherwise O(1).
    /// - Precondition: `count` >= 0 and `dimension` >= 1.
    public static func smallestLargestCosine(count: Int, dimension: Int) -> ClosedRange<Double> {
        require(count >= 0, "\(count) unit vectors: must be 0 or more")
        requireDimension(dimension)
        if count <= 2 { return exactly(-1) }
        let n = Double(count)
        if n <= Double(dimension) + 1 { return exactly(-1 / (n - 1)) }
        if n <= 2 * Double(dimension) { return exactly(0) }
        if dimension == 1 { return exactly(1) }
        if dimension == 2 { return exactly(SphericalDistance.cosine(fromAngle: 2 * .pi / n)) }
        if dimension == 3, let solved = Tammes.solvedCosine(count: count) { return exactly(solved) }
        let lower = bisect(0, 1) { sizeLimit(dimension: dimension, cosine: $0) < n }.last
        let upper = bisect(0, 1) { guaranteedSize(dimension: dimension, cosine: $0) < count }.first
        return lower...max(lower, upper)
    }

    /// The least of the upper bounds for D >= 3 and 0 <= c: no code with cosines up to c has more vectors.
    private static func sizeLimit(dimension: Int, cosine: Double) -> Double {
        let general = min(
            levenshteinBound(dimension: dimension, cosine: cosine),
            volumeBound(dimension: dimension, cosine: cosine))
        if dimension > 3 { return general }
        let solved = Tammes.solvedSize(cosine: cosine)
        return solved < Tammes.largestSolvedCount ? Double(solved) : min(general, Tammes.largestCount(cosine: cosine))
    }

    /// The greatest of the lower bounds for D >= 3 and 0 <= c: a code with cosines up to c has as many vectors.
    private static func guaranteedSize(dimension: Int, cosine: Double) -> Int {
        // At c = 1 both bounds divide by an angle of 0.
        if cosine >= 1 { return .max }
        let covered = saturatedCount(coveringBound(dimension: dimension, cosine: cosine) * (1 - roundingAllowance))
        return max(covered, blockSize(dimension: dimension, cosine: cosine))
    }

    /// One part in 10^12, to the safe side, for the rounding of the real-valued bounds (10^-13 was measured).
    private static let roundingAllowance = 1e-12

    /// `cosine` plus the tolerance, 0 when it is 0 to within the tolerance.
    private static func raised(_ cosine: Double) -> Double {
        require(!cosine.isNaN, "the largest cosine is NaN")
        return abs(cosine) <= cosineTolerance ? 0 : cosine + cosineTolerance
    }

    /// ⌊1 - 1/c⌋ for c < 0: the largest regular simplex whose cosines -1/(n - 1) are at most c.
    private static func simplexSize(cosine: Double) -> Int {
        saturatedCount(1 - 1 / cosine)
    }

    private static func exactly<Value>(_ value: Value) -> ClosedRange<Value> { value...value }
}

/// Stops with a message when `dimension` is not that of a space with unit vectors.
func requireDimension(_ dimension: Int) {
    require(dimension >= 1, "dimension \(dimension): must be 1 or more")
}

/// The whole part of `value`, or `Int.max` when an `Int` does not hold it.
func saturatedCount(_ value: Double) -> Int {
    Int(exactly: value.rounded(.down)) ?? .max
}
