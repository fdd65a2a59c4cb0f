extension SphericalCode {
    /// Levenshtein's upper bound L(D, c) of the number of unit vectors in R^D with all pairwise cosines at most c.
    ///
    /// With P_k the Gegenbauer polynomial of the sphere in R^D, P_k(1) = 1, for the one k whose interval holds c:
    ///
    ///     L_{2k-1} = C(k+D-3, k-1) [ (2k+D-3)/(D-1) - (P_{k-1}(c) - P_k(c)) / ((1-c) P_k(c)) ]
    ///     L_{2k}   = C(k+D-2, k)   [ (2k+D-1)/(D-1) - (1+c)(P_k(c) - P_{k+1}(c)) / ((1-c)(P_k(c) + P_{k+1}(c))) ]
    ///
    /// The first intervals give the closed forms 1 - 1/c (c ≤ -1/D), 2D(1 - c)/(1 - cD) (c ≤ 0, 2D at 0) and
    /// D(1 - c)(2 + (D + 1)c)/(1 - Dc²). Continuous and increasing in c. It is a real number: the number of vectors is at
    /// most its whole part. Sharp for the simplex, the regular polygons, ± each axis, the icosahedron, the kissing
    /// configurations of E8 and of the Leech lattice; far below ``volumeBound(dimension:cosine:)`` for larger D.
    ///
    /// Infinite, which is to say no bound, at c >= 1 and where more than 10,000 polynomials would be needed or the number
    /// exceeds the range of `Double`. 2 for D = 1 and c < 1, where only two unit vectors exist.
    ///
    /// Source: V. I. Levenshtein, "Universal bounds for codes and designs", Handbook of Coding Theory, 1998, section 6.1.
    ///
    /// - Complexity: O(k), with k of the order of D/arccos c and at most 10,000.
    /// - Precondition: `dimension` >= 1 and `cosine` >= -1.
    public static func levenshteinBound(dimension: Int, cosine: Double) -> Double {
        requireDimension(dimension)
        require(cosine >= -1, "a largest cosine of \(cosine): must be -1 or more")
        if cosine >= 1 { return .infinity }
        if dimension == 1 { return 2 }
        let d = Double(dimension)
        /// P_{k+1}(c) from P_k(c) and P_{k-1}(c).
        func next(_ k: Double, _ value: Double, _ previous: Double) -> Double {
            ((2 * k + d - 2) * cosine * value - k * previous) / (k + d - 2)
        }
        // p0, p1, p2, p3 are P_{k-1}, P_k, P_{k+1}, P_{k+2} at c.
        var (p0, p1) = (1.0, cosine)
        var p2 = next(1, p1, p0)
        var (oddFactor, evenFactor) = (1.0, d - 1)
        for index in 1...10_000 {
            let k = Double(index)
            let p3 = next(k + 1, p2, p1)
            // The intervals end at the largest zeros of (P_k - P_{k+1})/(1-c) and of (P_k - P_{k+2})/(1-c²) in turn. These
            // zeros interlace: once c lies above the last one, each polynomial is negative at c exactly when its own
            // largest zero lies above c.
            if p1 <= p2 {
                return oddFactor * ((2 * k + d - 3) / (d - 1) - (p0 - p1) / ((1 - cosine) * p1))
            }
            if p1 <= p3 {
                let ratio = (1 + cosine) * (p1 - p2) / ((1 - cosine) * (p1 + p2))
                return evenFactor * ((2 * k + d - 1) / (d - 1) - ratio)
            }
            oddFactor *= (k + d - 2) / k
            evenFactor *= (k + d - 1) / (k + 1)
            if oddFactor.isInfinite { return .infinity }
            (p0, p1, p2) = (p1, p2, p3)
        }
        return .infinity
    }
}
