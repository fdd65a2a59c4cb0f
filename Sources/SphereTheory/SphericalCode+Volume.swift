extension SphericalCode {
    /// The volume bound 1/σ_D(θ/2), θ = arccos c: an upper bound of the number of unit vectors in R^D with all pairwise
    /// cosines at most c.
    ///
    /// Caps of angular radius θ/2 around the vectors do not overlap, and each covers the fraction σ_D(θ/2) of the sphere,
    /// ``SphericalCap/fraction(dimension:angle:)``. Holds for every c in [-1, 1) but is only an upper bound, far from
    /// sharp except for D = 2, where it is 2π/θ. Infinite from c = 1 on, or when the fraction underflows.
    ///
    /// - Complexity: O(√D).
    /// - Precondition: `dimension` >= 2 and `cosine` >= -1.
    public static func volumeBound(dimension: Int, cosine: Double) -> Double {
        require(cosine >= -1, "a largest cosine of \(cosine): must be -1 or more")
        let angle = SphericalDistance.angle(fromCosine: cosine)
        return 1 / SphericalCap.fraction(dimension: dimension, angle: angle / 2)
    }

    /// The covering bound 1 + 1/σ_D(θ), θ = arccos c: a set of at least its whole part of unit vectors in R^D with all
    /// pairwise cosines at most c exists.
    ///
    /// Add vectors one by one, anywhere: as long as the caps of angular radius θ around those present do not cover the
    /// sphere there is room for one more, so n vectors fit when (n - 1) σ_D(θ) < 1, and, the sphere being compact, also
    /// when it is 1. It guarantees such a set without naming one. Infinite from c = 1 on.
    ///
    /// Source: the Gilbert-Varshamov argument; for the sphere, C. E. Shannon, "Probability of error for optimal codes in a
    /// Gaussian channel", Bell System Tech. J. 38, 1959.
    ///
    /// - Complexity: O(√D).
    /// - Precondition: `dimension` >= 2 and `cosine` >= -1.
    public static func coveringBound(dimension: Int, cosine: Double) -> Double {
        require(cosine >= -1, "a largest cosine of \(cosine): must be -1 or more")
        let angle = SphericalDistance.angle(fromCosine: cosine)
        return 1 + 1 / SphericalCap.fraction(dimension: dimension, angle: angle)
    }
}
