/// The largest errors that the kernels may make, per operation: one place for tests, ``AccuracyTable`` and docs/accuracy.md.
///
/// u = 2^-24 is half a unit in the last place of 1, the largest relative error of one float32 rounding.
public enum AccuracyLimits {
    /// u = 2^-24.
    public static let roundoff = 0x1p-24

    /// ``VectorExponential``, in units in the last place: half for the last rounding, a quarter for what comes before
    /// where the result is in [1, 2), twice that in [1/2, 1).
    public static let exponential = 1.0

    /// ``RowNorms``, relative: D squares and D additions, halved by the root, and two roundings.
    public static func norm(dimension: Int) -> Double {
        (Double(dimension) / 2 + 2) * roundoff
    }

    /// ``CosineSimilarity`` with float32 accumulation, absolute: D/2 for the sums (their rounding errors have either sign;
    /// D would be the worst case), 6 for the two lengths, quotient and scaling.
    public static func cosine(dimension: Int) -> Double {
        (Double(dimension) / 2 + 6) * roundoff
    }

    /// ``CosineSimilarity`` with float64 accumulation, in units in the last place: half for the last rounding; the error
    /// before it, about D 2^-53, would need a cosine below D 2^-29 to count.
    public static let cosineFloat64 = 1.0

    /// ``VonMisesFisher/logNormalizer``, relative to max(1, kappa, |log C|).
    public static let logNormalizer = 1e-12

    /// ``VonMisesFisher/meanResultantLength``, relative: four units in the last place; every step of its recurrence forgets
    /// a part of the errors before it.
    public static let meanResultantLength = 0x1p-50

    /// ``VonMisesFisher/circularVariance`` and ``VonMisesFisher/meanResultantLengthDerivative``, relative.
    ///
    /// Where both are small, a step of the recurrence adds an error of u and forgets about 2 k / kappa of those before it: D / 8
    /// units in the last place at the seam kappa = (D / 2)^2, plus a few.
    public static func circularVariance(dimension: Int) -> Double {
        (Double(dimension) / 8 + 8) * 0x1p-52
    }

    /// ``VonMisesFisher/concentration(meanResultantLength:dimension:)``, relative: the error of A_D or 1 - A_D, the smaller of
    /// which has a condition number of 2 at most, and Newton's last step.
    public static func concentration(dimension: Int) -> Double {
        2 * circularVariance(dimension: dimension) + meanResultantLength
    }

    /// ``VonMisesFisher/fit(_:on:)``, relative error of 1 - R: N additions of either sign in double, each |x - mu|^2 with an
    /// error of D roundings.
    public static func fit(dimension: Int, count: Int) -> Double {
        (Double(dimension) + Double(count).squareRoot() + 16) * 0x1p-52
    }

    /// ``MeanShiftPlan/logDensity(at:concentration:into:)``, relative to max(1, |result|): the relative error of a kernel sum,
    /// and one rounding to float32.
    public static func logDensityEstimate(dimension: Int, concentration: Double, count: Int) -> Double {
        kernelSum(dimension: dimension, concentration: concentration, count: count) + roundoff
    }

    /// ``VonMisesFisher/logDensity(of:around:into:on:)``, relative to max(1, |result|): one rounding to float32 and
    /// kappa times the error of a cosine in double.
    public static func logDensity(concentration: Double) -> Double {
        roundoff + max(1, concentration) * 0x1p-49
    }

    /// Relative error of one kernel value.
    ///
    /// kappa times the error of a dot product of unit vectors, one rounding of the exponent (at most 126 ln 2 = 87.3) and one of its factor, 2 for the exponential, 1 for a weight.
    static func kernelValue(dimension: Int, concentration: Double) -> Double {
        (concentration * (Double(dimension) / 2 + 2) + 2 * min(2 * concentration, 87.4) + 3) * roundoff
    }

    /// Kernel sums, relative: a kernel value's error and the additions, in two levels of blocks.
    ///
    /// A sum of nothing but values
    /// near 2^-126 may also lose those that count as 0.
    public static func kernelSum(dimension: Int, concentration: Double, count: Int) -> Double {
        kernelValue(dimension: dimension, concentration: concentration)
            + (96 + Double(count) / 96) / 2 * roundoff
    }

    /// A mean-shift step, distance of a row from the exact one: kernel values and sums move the mean by their relative
    /// error at most, twice (sum and weight); normalising divides by the length of the step's vector before it.
    public static func meanShiftRow(
        dimension: Int, concentration: Double, count: Int, length: Double
    ) -> Double {
        2 * kernelSum(dimension: dimension, concentration: concentration, count: count) / max(length, 1e-12)
            + 4 * roundoff
    }

    /// A mean-shift step on the benchmark's clusters (N = 4096, kappa = 100), distance of the worst row: 1.25 times what
    /// row blocks with Eigen 3.4 reach on such input (1.0e-6 at D = 16, 1.7e-6 at D = 64).
    public static func meanShiftRowOnClusters(dimension: Int) -> Double {
        dimension <= 16 ? 1.25e-6 : 2.1e-6
    }

    /// The gradient of a mean-shift step and of kernel sums, norm-wise: the norm of the error over that of the gradient.
    ///
    /// Its kernel part is kappa times sums of differences of dot products, each with the error of a dot product; on points
    /// that have been shifted already the differences are small, and the errors count for more.
    public static func meanShiftGradient(shifted: Bool) -> Double {
        shifted ? 3e-5 : 1e-5
    }

    /// How far the worst row of a result may be above the norm-wise limit: rows differ in length, as clusters do in size.
    public static let worstRow = 10.0

    /// ``MatrixProduct``, relative to the sum of the absolute values of an element's terms.
    ///
    /// The bound of a chain of K products and additions is gamma_K = K u / (1 - K u) (Higham, Accuracy and Stability of
    /// Numerical Algorithms, 3.1); blocks of at most 512 make the chain that long, plus one addition for each block. 4 for
    /// alpha, beta C and the two biases.
    public static func matrixProduct(inner: Int) -> Double {
        let chain = Double(min(inner, 512) + 1 + (inner + 511) / 512 + 4) * roundoff
        return chain / (1 - chain)
    }
}
