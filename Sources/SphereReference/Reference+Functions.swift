public import SphereKernels

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif
extension Reference {
    /// `e^x` of every value, exactly 0 below -87.33654 as the kernel defines it.
    public static func exponential(_ values: [Float]) -> [Double] {
        values.map { $0 < -87.33654 ? 0 : exp(Double($0)) }
    }

    /// `log C_D(kappa)` of the von Mises-Fisher distribution, from the power series of the Bessel function with the
    /// logarithm of every term, the largest taken out of the sum:
    /// `log I_nu(kappa) = log sum over k of (kappa/2)^(2k + nu) / (k! Gamma(nu + k + 1))`.
    ///
    /// - Complexity: O(kappa): a million terms at kappa = 1e6.
    public static func logNormalizer(dimension: Int, concentration: Double) -> Double {
        let order = Double(dimension) / 2 - 1
        let halfDimension = Double(dimension) / 2
        // kappa^nu cancels against the first factor of every term.
        let first = -logGamma(order + 1)
        let ratio = 2 * log(concentration / 2)
        var terms = [first]
        var largest = first
        var k = 1.0
        while concentration > 0 {
            let term = k * ratio - logGamma(k + 1) - logGamma(order + k + 1)
            terms.append(term)
            largest = max(largest, term)
            if term < largest - 50 { break }
            k += 1
        }
        let sum = terms.reduce(0) { $0 + exp($1 - largest) }
        return -halfDimension * log(Double.pi) - log(2.0) - (largest + log(sum))
    }

    private static func logGamma(_ x: Double) -> Double {
        var sign: Int32 = 0
        return lgamma_r(x, &sign)
    }

    /// Log densities `log C_D(kappa) + kappa cos(mu, x_i)`.
    public static func logDensity(of points: Matrix, around mean: [Float], concentration: Double) -> [Double] {
        let logNormalizer = logNormalizer(dimension: points.columns, concentration: concentration)
        return (0..<points.rows).map { logNormalizer + concentration * cosine(points.row($0), mean[...]) }
    }
}
