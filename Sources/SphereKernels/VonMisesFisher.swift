#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The von Mises-Fisher distribution on the unit sphere of R^D: density `f(x) = C_D(kappa) exp(kappa mu . x)`.
///
/// The normal distribution of directions: mean direction mu, concentration kappa (0 is uniform; about 1 / variance per
/// tangent coordinate when large). Its kernel `exp(kappa (cos - 1))` equals the Gaussian of the chord,
/// `exp(-kappa |x - y|^2 / 2)`.
public struct VonMisesFisher: Sendable, Hashable {
    /// D, the number of coordinates; the sphere has D - 1 dimensions.
    public let dimension: Int
    /// kappa, 0 or more.
    public let concentration: Double

    /// - Precondition: `dimension >= 2` and `concentration` is finite and 0 or more.
    public init(dimension: Int, concentration: Double) {
        require(dimension >= 2, "dimension of a von Mises-Fisher distribution must be 2 or more, found \(dimension)")
        require(
            concentration >= 0 && concentration < .infinity,
            "concentration must be finite and 0 or more, found \(concentration)")
        self.dimension = dimension
        self.concentration = concentration
    }

    /// Logarithm of the normalising constant, for every D >= 2 and kappa >= 0 without overflow.
    ///
    ///     log C_D(kappa) = nu log kappa - (nu + 1) log(2 pi) - log I_nu(kappa),    nu = D/2 - 1
    ///
    /// with the modified Bessel function I; at kappa = 0 minus the logarithm of the sphere's area. For large kappa it is close
    /// to -kappa, and ``scaledLogNormalizer`` says more.
    public var logNormalizer: Double {
        usesSeries ? seriesLogNormalizer : scaledLogNormalizer - concentration
    }

    /// `log C_D(kappa) + kappa`: the log density at the mean direction, without cancellation.
    public var scaledLogNormalizer: Double {
        if usesSeries { return seriesLogNormalizer + concentration }
        return order <= Self.largestHankelOrder ? hankelScaledLogNormalizer : debyeScaledLogNormalizer
    }

    /// nu = D/2 - 1, the order of the Bessel function.
    var order: Double { Double(dimension) / 2 - 1 }

    /// log(2 pi).
    private static let logTwoPi = 1.837877066409345483560659472811

    // MARK: Power series

    /// Where the terms of the power series stay below e^25 and fewer than about 120 of them count.
    private var usesSeries: Bool {
        concentration < 25 || concentration * concentration < 100 * (order + 1)
    }

    /// From the power series of I_nu (DLMF 10.25.2), in which kappa^nu cancels:
    /// `log Gamma(D/2) - D/2 log pi - log 2 - log sum over k of (kappa^2/4)^k / (k! (D/2)_k)`.
    private var seriesLogNormalizer: Double {
        let square = concentration * concentration / 4
        var term = 1.0
        // The sum without its first term 1, so that log1p keeps small ones.
        var rest = 0.0
        var k = 1.0
        repeat {
            term *= square / (k * (order + k))
            rest += term
            k += 1
        } while term > 0x1p-60 * (1 + rest)
        var sign: Int32 = 0
        let logGamma = lgamma_r(order + 1, &sign)
        return logGamma - (order + 1) * log(Double.pi) - log(2.0) - log1p(rest)
    }

    // MARK: Large arguments

    /// Up to here Hankel's expansion loses less than two digits to cancellation where the series ends.
    private static let largestHankelOrder = 15.0

    /// From Hankel's expansion of I_nu for kappa well above nu^2 / 8 (DLMF 10.40.1):
    /// `I_nu(kappa) ~ e^kappa / sqrt(2 pi kappa) * sum over k of (-1)^k a_k(nu) / kappa^k`.
    private var hankelScaledLogNormalizer: Double {
        let fourSquares = 4 * order * order
        var term = 1.0
        var sum = 1.0
        var k = 1.0
        while true {
            let odd = 2 * k - 1
            let next = -term * (fourSquares - odd * odd) / (8 * k * concentration)
            // Half-integer orders end; others are cut where the terms stop counting, long before they grow again.
            if abs(next) <= 0x1p-58 * abs(sum) || (odd > 2 * order && abs(next) >= abs(term)) { break }
            sum += next
            term = next
            k += 1
        }
        return (order + 0.5) * log(concentration) - (order + 0.5) * Self.logTwoPi - log(sum)
    }

    // MARK: Large orders

    /// From Debye's uniform expansion for large nu (DLMF 10.41.3), with z = kappa / nu, s = sqrt(1 + z^2), p = 1 / s.
    ///
    /// `I_nu(nu z) ~ e^(nu eta) / (sqrt(2 pi nu) (1 + z^2)^(1/4)) * sum over k of U_k(p) / nu^k`,
    /// `eta = s + log(z / (1 + s))`. Here `eta - z = 1 / (s + z) - asinh(1 / z)`, which does not cancel.
    private var debyeScaledLogNormalizer: Double {
        let z = concentration / order
        let s = (1 + z * z).squareRoot()
        let p = 1 / s
        var sum = 0.0
        var power = 1.0
        for polynomial in Self.debyePolynomials {
            var value = 0.0
            for coefficient in polynomial.reversed() { value = value * p + coefficient }
            sum += value * power
            power /= order
        }
        let exponent = order / (s + z) - order * asinh(1 / z)
        return order * log(concentration) - (order + 0.5) * Self.logTwoPi
            - exponent + 0.5 * log(order) + 0.5 * log(s) - log(sum)
    }

    /// The coefficients of U_0 to U_15 by rising power of p.
    ///
    /// By the recurrence (DLMF 10.41.9) `U_{k+1}(p) = p^2 (1 - p^2) U_k'(p) / 2 + 1/8 * integral from 0 to p of (1 - 5 t^2) U_k(t) dt`.
    private static let debyePolynomials: [[Double]] = {
        var polynomials: [[Double]] = [[1]]
        for _ in 1...15 {
            let u = polynomials[polynomials.count - 1]
            var next = [Double](repeating: 0, count: u.count + 3)
            for (i, coefficient) in u.enumerated() {
                let n = Double(i)
                next[i + 1] += coefficient * (n / 2 + 1 / (8 * (n + 1)))
                next[i + 3] -= coefficient * (n / 2 + 5 / (8 * (n + 3)))
            }
            polynomials.append(next)
        }
        return polynomials
    }()

    // MARK: Density

    /// Log densities of the directions of `points` (N x D): `result[i] = log C_D(kappa) + kappa cos(mu, x_i)`.
    ///
    /// In double, rounded once. Neither the rows nor `mean` need be unit vectors; a zero row has cosine 0, a row with NaN
    /// or infinity gives NaN.
    ///
    /// - Precondition: `points` has D columns, `mean` D elements, `result` N.
    /// - Complexity: O(N D).
    public func logDensity(
        of points: MatrixView, around mean: Span<Float>, into result: inout MutableSpan<Float>,
        on execution: Execution = .default
    ) {
        require(
            points.columns == dimension && mean.count == dimension,
            "log density in dimension \(dimension) of points of \(points.columns) around a mean of \(mean.count)")
        require(result.count == points.rows, "log densities of \(points.rows) points into \(result.count) elements")
        let atMean = scaledLogNormalizer
        let concentration = concentration
        let one = MatrixView(mean, rows: 1, columns: dimension)
        CosineSimilarity.forEachPair(points, one, bStride: 0, into: &result, execution) { cosine in
            Float(atMean - concentration * (1 - cosine))
        }
    }

    /// The log densities of the directions of `points` around `mean`.
    public func logDensity(of points: Matrix, around mean: [Float], on execution: Execution = .default) -> [Float] {
        var result = [Float](repeating: 0, count: points.rows)
        var span = result.mutableSpan
        logDensity(of: points.view, around: mean.span, into: &span, on: execution)
        return result
    }
}
