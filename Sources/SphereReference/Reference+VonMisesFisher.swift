public import SphereKernels

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif
extension Reference {
    /// A_D(kappa) and 1 - A_D(kappa) from the integrals over the angle to the mean direction,
    /// `1 - A = integral of (1 - cos t) f(t) / integral of f(t)`, `f(t) = exp(kappa cos t) sin(t)^(D - 2)`, t from 0 to pi.
    ///
    /// By the trapezoidal rule in u with `t = pi / (1 + exp(-pi sinh u))` (Takahasi and Mori 1974), the largest exponent
    /// taken out.
    public static func meanResultantLength(
        dimension: Int, concentration: Double
    ) -> (length: Double, circularVariance: Double) {
        let terms = (-4000...4000).map { i in
            let u = Double(i) / 1000
            let fraction = 1 / (1 + exp(-.pi * sinh(u)))
            let other = 1 / (1 + exp(.pi * sinh(u)))
            let sine = sin(.pi * min(fraction, other))
            let half = sin(.pi * fraction / 2)
            // 1 - cos t = 2 sin(t / 2)^2, and dt / du is pi fraction other pi cosh u.
            let exponent =
                -2 * concentration * half * half + Double(dimension - 2) * log(sine) + log(fraction * other * cosh(u))
            return (exponent: exponent, lack: 2 * half * half, cosine: sin(.pi * (other - fraction) / 2))
        }
        let largest = terms.reduce(-Double.infinity) { max($0, $1.exponent) }
        let weights = terms.map { exp($0.exponent - largest) }
        let sum = weights.reduce(0, +)
        let length = zip(weights, terms).reduce(0) { $0 + $1.0 * $1.1.cosine } / sum
        let variance = zip(weights, terms).reduce(0) { $0 + $1.0 * $1.1.lack } / sum
        return (length, variance)
    }

    /// The maximum-likelihood fit: mean direction, R, 1 - R and the concentration, by bisection of its logarithm.
    ///
    /// The directions must have a fit (``VonMisesFisher/FitError``) whose concentration is in [1e-6, 1e12].
    public static func fit(
        _ points: Matrix, weights: [Float]? = nil
    ) -> (meanDirection: [Double], meanResultantLength: Double, circularVariance: Double, concentration: Double) {
        let lengths = norms(points)
        let used = (0..<points.rows).filter { lengths[$0] > 0 && lengths[$0] < .infinity }
        let total = used.reduce(0.0) { $0 + Double(weights?[$1] ?? 1) }
        let sum = (0..<points.columns).map { k in
            used.reduce(0.0) { $0 + Double(weights?[$1] ?? 1) * Double(points[$1, k]) / lengths[$1] }
        }
        let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let mean = sum.map { $0 / length }
        let variance = used.reduce(0.0) { result, i in
            let square = (0..<points.columns).reduce(0.0) { square, k in
                let difference = Double(points[i, k]) / lengths[i] - mean[k]
                return square + difference * difference
            }
            return result + Double(weights?[i] ?? 1) * square / (2 * total)
        }
        var (low, high) = (log(1e-6), log(1e12))
        for _ in 0..<100 {
            let middle = (low + high) / 2
            let found = meanResultantLength(dimension: points.columns, concentration: exp(middle)).circularVariance
            if found > variance { low = middle } else { high = middle }
        }
        return (mean, length / total, variance, exp(low))
    }

    /// Logarithms of the kernel density estimate `sum over j of w_j C_D(kappa) exp(kappa x_j . y_i) / sum over j of w_j`, where
    /// points with NaN or infinity take no part.
    public static func logDensityEstimate(
        at targets: Matrix, of points: Matrix, weights: [Float]? = nil, concentration: Double
    ) -> [Double] {
        let used = (0..<points.rows).filter { points.row($0).allSatisfy(\.isFinite) }
        let total = used.reduce(0.0) { $0 + Double(weights?[$1] ?? 1) }
        let factor =
            logNormalizer(dimension: points.columns, concentration: concentration) + concentration - log(total)
        return kernelSums(at: targets, of: points, weights: weights, concentration: concentration)
            .map { log($0) + factor }
    }
}
