#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The regularised incomplete beta function for the parameters that areas of spherical caps need: one of them is 1/2.
package enum IncompleteBeta {
    /// I_x(a, b) = 1/B(a, b) ∫_0^x t^(a-1) (1-t)^(b-1) dt, where `a` or `b` is 1/2.
    ///
    /// Relative error below 10^-12 for parameters up to 1000; it grows with the larger parameter, as that of x^a does.
    /// `complement` is 1 - x, given apart because near x = 1 the difference would have lost the digits that the square
    /// root singularity there magnifies.
    ///
    /// Source: the continued fraction of NIST DLMF 8.17.22 evaluated by Lentz's method.
    ///
    /// - Complexity: O(√max(a, b)).
    /// - Precondition: x in [0, 1], both parameters positive, one of them 1/2.
    package static func regularized(_ x: Double, complement: Double, a: Double, b: Double) -> Double {
        require(x >= 0 && x <= 1, "the incomplete beta function at \(x): must lie in [0, 1]")
        require(a > 0 && b > 0 && min(a, b) <= 0.5 && (a == 0.5 || b == 0.5), "parameters \(a), \(b): one must be 1/2")
        if x == 0 { return 0 }
        if complement == 0 { return 1 }
        let larger = a == 0.5 ? b : a
        let beta = Double.pi.squareRoot() / gammaRatio(larger)
        let front = pow(x, a) * pow(complement, b) / beta
        // The fraction converges fast below the mean of the distribution; above it the symmetry I_x(a, b) =
        // 1 - I_(1-x)(b, a) brings it there.
        if x < (a + 1) / (a + b + 2) {
            return front / (a * continuedFraction(x, a: a, b: b))
        } else {
            return 1 - front / (b * continuedFraction(complement, a: b, b: a))
        }
    }

    /// The value of 1 + d_1/(1 + d_2/(1 + ...)) with the coefficients of DLMF 8.17.23, by Lentz's method.
    private static func continuedFraction(_ x: Double, a: Double, b: Double) -> Double {
        // Keeps a denominator that vanishes by rounding away from zero without moving any other.
        let tiny = 1e-300
        var value = 1.0
        var numerator = 1.0
        var denominator = 0.0
        func multiply(by coefficient: Double) -> Double {
            denominator = 1 + coefficient * denominator
            numerator = 1 + coefficient / numerator
            if abs(denominator) < tiny { denominator = tiny }
            if abs(numerator) < tiny { numerator = tiny }
            denominator = 1 / denominator
            let factor = numerator * denominator
            value *= factor
            return factor
        }
        _ = multiply(by: -(a + b) * x / (a + 1))
        // Some 5 √max(a, b) terms suffice below the mean; the limit only guards against rounding that never settles.
        let limit = 100 + 20 * Int(max(a, b).squareRoot())
        for index in 1...limit {
            let m = Double(index)
            _ = multiply(by: m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)))
            let factor = multiply(by: -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)))
            if abs(factor - 1) <= .ulpOfOne { break }
        }
        return value
    }

    /// Γ(a + 1/2)/Γ(a) for a > 0, to a few units in the last place for every size of a.
    ///
    /// Source: the asymptotic series of DLMF 5.11.13 after moving a above 64, where its first left-out term is below
    /// 3·10^-16. A difference of two logarithms of Γ would lose digits as a grows.
    package static func gammaRatio(_ a: Double) -> Double {
        var shifted = a
        var factor = 1.0
        while shifted < 64 {
            factor *= shifted / (shifted + 0.5)
            shifted += 1
        }
        let t = 1 / shifted
        let coefficients: [Double] = [
            1, -1 / 8, 1 / 128, 5 / 1024, -21 / 32768, -399 / 262_144, 869 / 4_194_304,
        ]
        let series = coefficients.reversed().reduce(0) { $0 * t + $1 }
        return factor * shifted.squareRoot() * series
    }
}
