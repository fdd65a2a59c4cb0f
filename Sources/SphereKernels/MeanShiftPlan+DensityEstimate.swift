#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

extension MeanShiftPlan {
    /// Logarithm of the kernel density estimate at `targets` (M x D, unit rows) over the points that are set.
    ///
    ///     f(y) = sum over j of w_j C_D(kappa) exp(kappa x_j . y) / sum over j of w_j
    ///
    /// a density on the unit sphere: it integrates to 1 (Hall, Watson and Cabrera, Biometrika 1987). From
    /// ``kernelSums(at:concentration:into:)`` and ``VonMisesFisher/scaledLogNormalizer``, in double and rounded once, so
    /// nothing overflows.
    ///
    /// Defined results: -infinity where the kernel sum is 0 (all points are so far away that their kernel values are below
    /// 2^-126), NaN at a target with NaN or infinity, NaN everywhere when ``totalWeight`` is 0.
    ///
    /// - Precondition: `logDensities` has M elements, D >= 2, `concentration` is finite and 0 or more, no target longer than
    ///   1.005.
    /// - Complexity: as ``kernelSums(at:concentration:into:)``.
    public func logDensity(at targets: MatrixView, concentration: Float, into logDensities: inout MutableSpan<Float>) {
        estimate(at: targets, concentration, into: &logDensities) { Float($0) }
    }

    /// The kernel density estimate at `targets` (M x D, unit rows), see ``logDensity(at:concentration:into:)``.
    ///
    /// Densities beyond float32 are infinity or 0, as they soon are in many dimensions: there, take the logarithm. 0 where
    /// the kernel sum is 0.
    ///
    /// - Precondition: as ``logDensity(at:concentration:into:)``.
    /// - Complexity: as ``kernelSums(at:concentration:into:)``.
    public func density(at targets: MatrixView, concentration: Float, into densities: inout MutableSpan<Float>) {
        estimate(at: targets, concentration, into: &densities) { Float(exp($0)) }
    }

    /// The logarithm of the kernel density estimate at `targets`, see ``logDensity(at:concentration:into:)``.
    public func logDensity(at targets: Matrix, concentration: Float) -> [Float] {
        var result = [Float](repeating: 0, count: targets.rows)
        var span = result.mutableSpan
        logDensity(at: targets.view, concentration: concentration, into: &span)
        return result
    }

    /// The kernel density estimate at `targets`, see ``density(at:concentration:into:)``.
    public func density(at targets: Matrix, concentration: Float) -> [Float] {
        var result = [Float](repeating: 0, count: targets.rows)
        var span = result.mutableSpan
        density(at: targets.view, concentration: concentration, into: &span)
        return result
    }

    /// Writes `transform` of the log density; the kernel sums lie in the result before.
    private func estimate(
        at targets: MatrixView, _ concentration: Float, into result: inout MutableSpan<Float>,
        _ transform: (Double) -> Float
    ) {
        let distribution = VonMisesFisher(dimension: dimension, concentration: Double(concentration))
        let factor = distribution.scaledLogNormalizer - log(totalWeight)
        kernelSums(at: targets, concentration: concentration, into: &result)
        for i in result.indices { result[i] = transform(totalWeight > 0 ? log(Double(result[i])) + factor : .nan) }
    }
}
