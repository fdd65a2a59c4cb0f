#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Tammes' problem, D = 3: how far apart n points on the ordinary sphere can be kept.
///
/// Proposition 2 of the paper. Fejes Tóth: some two of n >= 3 unit vectors in R³ have a chord d with
///
///     d² ≤ 4 - csc²(nπ/(6(n - 2))),
///
/// that is a cosine of at least 1 - d²/2. Sharp for n = 3 (triangle), 4 (tetrahedron), 6 (octahedron) and 12
/// (icosahedron), and in the limit: d² → 8π/(√3 n). Up to 14 points the exact answer is known,
/// ``solvedCosine(count:)``.
///
/// Source: L. Fejes Tóth, "Über eine Abschätzung des kürzesten Abstandes zweier Punkte eines auf einer Kugelfläche
/// liegenden Punktsystems", Jber. Deutsch. Math. Verein. 53, 1943; Kong and Fowlkes, CVPR 2018, Proposition 2.
public enum Tammes {
    /// The bound 4 - csc²(nπ/(6(n - 2))) of the smallest squared chord between n = `count` unit vectors in R³.
    ///
    /// - Precondition: `count` >= 3.
    public static func largestSquaredChord(count: Int) -> Double {
        4 - squaredCosecant(count: count)
    }

    /// The bound ½ csc²(nπ/(6(n - 2))) - 1 of the largest cosine: some two of n = `count` unit vectors in R³ reach it.
    ///
    /// - Precondition: `count` >= 3.
    public static func smallestLargestCosine(count: Int) -> Double {
        squaredCosecant(count: count) / 2 - 1
    }

    /// The real number n at which ``smallestLargestCosine(count:)`` becomes c: at most its whole part of unit vectors in R³
    /// have all pairwise cosines at most c.
    ///
    ///     n = 12w/(6w - π),      sin w = 1/√(2(1 + c))
    ///
    /// Infinite from c = 1 on.
    ///
    /// - Precondition: `cosine` >= -1/2, the cosine of the triangle: below it fewer than three vectors fit.
    public static func largestCount(cosine: Double) -> Double {
        require(cosine >= -0.5, "a largest cosine of \(cosine): the bound begins at -1/2")
        if cosine >= 1 { return .infinity }
        let w = asin(1 / (2 * (1 + cosine)).squareRoot())
        let excess = 6 * w - .pi
        return excess > 0 ? 12 * w / excess : .infinity
    }

    /// The asymptote 8π/(√3 n) of the smallest squared chord between n = `count` unit vectors in R³.
    ///
    /// Above ``largestSquaredChord(count:)`` for every n.
    ///
    /// - Precondition: `count` >= 1.
    public static func asymptoticSquaredChord(count: Int) -> Double {
        require(count >= 1, "the asymptote for \(count) vectors: must be 1 or more")
        return 8 * .pi / (3.0.squareRoot() * Double(count))
    }

    /// The number 2π/(√3 (1 - α)) ≈ 3.628/(1 - α) of groups that the asymptote allows in R³ at margin α.
    ///
    /// The asymptotic rule of the paper, 1 - α = d²/4. It is loose: 7 at α = 0.5, where ``GroupCapacity`` knows 6.
    ///
    /// - Precondition: 0 <= `margin` < 1, in calibrated similarity.
    public static func asymptoticCount(margin: Double) -> Double {
        require(margin >= 0 && margin < 1, "a margin of \(margin): the asymptote needs 0 <= margin < 1")
        return 2 * .pi / (3.0.squareRoot() * (1 - margin))
    }

    private static func squaredCosecant(count: Int) -> Double {
        require(count >= 3, "Fejes Tóth's bound for \(count) vectors: must be 3 or more")
        let n = Double(count)
        let sine = sin(n * .pi / (6 * (n - 2)))
        return 1 / (sine * sine)
    }
}
