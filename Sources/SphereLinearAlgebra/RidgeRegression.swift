public import SphereKernels

/// The linear prediction of a number from the rows of a matrix, by least squares with a penalty on the coefficients.
///
/// With columns of mean mu_k and standard deviation sigma_k, z_ik = (x_ik - mu_k) / sigma_k, the prediction ȳ + sum over k of c_k z_ik minimises
///
///     1/N sum over i of (y_i - ȳ - c·z_i)² + lambda |c|²,    (ZᵀZ / N + lambda I) c = Zᵀ(y - ȳ) / N.
///
/// A column that is constant plays no part. Sums and the solution (Cholesky) are in double.
///
/// Source: Hoerl and Kennard, "Ridge regression", Technometrics 1970.
public struct RidgeRegression: Sendable {
    /// ȳ, the mean of the targets.
    public let intercept: Double
    /// c_k / sigma_k, what a column is multiplied with after its mean has been taken away.
    public let coefficients: [Double]
    /// mu_k.
    public let means: [Double]

    /// Why there is no prediction.
    public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
        /// There are no rows to learn from.
        case empty
        /// A row or a target is NaN or infinite.
        case notFinite

        /// One line for the user.
        public var description: String {
            switch self {
            case .empty: "a linear prediction from no rows"
            case .notFinite: "a linear prediction from numbers that are NaN or infinite"
            }
        }
    }

    /// Fits `targets` by the rows of `inputs` (N x D).
    ///
    /// - Parameter penalty: lambda, in parts of the variance of a column, more than 0.
    /// - Precondition: one target for each row; the penalty is more than 0 and finite.
    /// - Throws: ``Failure``.
    /// - Complexity: O(N D² + D³) time, O(N D) memory.
    public init(_ inputs: MatrixView, targets: [Double], penalty: Double = 1e-3) throws(Failure) {
        require(inputs.rows == targets.count, "\(targets.count) targets for \(inputs.rows) rows")
        require(penalty > 0 && penalty.isFinite, "a penalty of \(penalty): must be more than 0")
        let (rows, columns) = (inputs.rows, inputs.columns)
        if rows == 0 { throw .empty }
        let count = Double(rows)
        let intercept = targets.reduce(0, +) / count
        var means = [Double](repeating: 0, count: columns)
        for row in 0..<rows {
            for k in 0..<columns { means[k] += Double(inputs.elements[row * inputs.rowStride + k]) / count }
        }
        var products = [Double](repeating: 0, count: columns * columns)
        var right = [Double](repeating: 0, count: columns)
        var centered = [Double](repeating: 0, count: columns)
        for row in 0..<rows {
            for k in 0..<columns { centered[k] = Double(inputs.elements[row * inputs.rowStride + k]) - means[k] }
            for k in 0..<columns {
                right[k] += centered[k] * (targets[row] - intercept) / count
                for j in 0...k { products[k * columns + j] += centered[k] * centered[j] / count }
            }
        }
        let deviations = (0..<columns).map { k in
            let variance = products[k * columns + k]
            return variance > 0 ? variance.squareRoot() : 1
        }
        for k in 0..<columns {
            right[k] /= deviations[k]
            for j in 0...k { products[k * columns + j] /= deviations[k] * deviations[j] }
            products[k * columns + k] += penalty
        }
        // The penalty makes the matrix positive definite unless it is not finite.
        guard intercept.isFinite, right.allSatisfy(\.isFinite), let factor = CholeskyFactor(products, size: columns)
        else { throw .notFinite }
        self.intercept = intercept
        self.means = means
        coefficients = zip(factor.solve(right), deviations).map { $0 / $1 }
    }

    /// The predictions for the rows of `inputs`.
    ///
    /// - Precondition: as many columns as those that were fitted.
    /// - Complexity: O(N D).
    public func predict(_ inputs: MatrixView) -> [Double] {
        require(
            inputs.columns == means.count,
            "rows of \(inputs.columns) numbers for a prediction from \(means.count)")
        return (0..<inputs.rows).map { row in
            (0..<means.count).reduce(intercept) { sum, k in
                sum + coefficients[k] * (Double(inputs.elements[row * inputs.rowStride + k]) - means[k])
            }
        }
    }
}
