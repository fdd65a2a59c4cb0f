internal import CEigen
public import SphereKernels

/// Principal components of the rows of a matrix (PCA).
///
/// With mean mu and covariance S = 1/N sum (x_i - mu)(x_i - mu)^T, the axes are the unit eigenvectors of S by falling
/// eigenvalue. Computed in double by Eigen's self-adjoint solver. The sign of an axis is fixed: its largest coordinate is
/// positive.
public struct PrincipalComponents: Sendable {
    /// Mean of the rows, D values.
    public let mean: [Double]
    /// The axes, C rows of D values, orthonormal.
    public let axes: [[Double]]
    /// Population variance along each axis, C values, falling, 0 or more.
    public let variances: [Double]

    /// Why no components could be computed.
    public enum Failure: Error, Equatable, CustomStringConvertible {
        /// The matrix has no rows or no columns.
        case emptyMatrix(rows: Int, columns: Int)
        /// The matrix holds NaN or infinity, so that its covariance is not finite.
        case notFinite

        /// What is wrong with the matrix, in one line.
        public var description: String {
            switch self {
            case .emptyMatrix(let rows, let columns):
                "principal components of a matrix of \(rows) x \(columns), at least 1 x 1 is needed"
            case .notFinite: "principal components of a matrix that holds NaN or infinity"
            }
        }
    }

    /// The first `count` principal components of `points` (N x D).
    ///
    /// - Parameter count: 1...D; a larger number gives all D.
    /// - Throws: ``Failure``.
    /// - Complexity: O(N D^2 + D^3) time, O(D^2) memory.
    public init(of points: MatrixView, count: Int) throws(Failure) {
        require(count >= 1, "number of principal components must be 1 or more, found \(count)")
        let dimension = points.columns
        guard points.rows > 0 && dimension > 0 else {
            throw .emptyMatrix(rows: points.rows, columns: dimension)
        }
        let components = min(count, dimension)
        var mean = [Double](repeating: 0, count: dimension)
        var axes = [Double](repeating: 0, count: components * dimension)
        var variances = [Double](repeating: 0, count: components)
        let (rows, stride) = (points.rows, points.rowStride)
        let status = points.elements.withUnsafeBufferPointer { elements in
            sphereshift_principal_components(
                elements.baseAddress, rows, dimension, stride, components, &mean, &axes, &variances)
        }
        guard status == 0 else { throw .notFinite }
        self.mean = mean
        self.axes = (0..<components).map { Array(axes[$0 * dimension..<($0 + 1) * dimension]) }
        self.variances = variances
    }

    /// Coordinates of `points` (N x D) along the axes: `y_ic = axis_c . (x_i - mean)`, an N x C matrix.
    ///
    /// - Precondition: `points` has as many columns as the matrix that the components were computed from.
    /// - Complexity: O(N C D).
    public func project(_ points: MatrixView) -> Matrix {
        require(
            points.columns == mean.count,
            "points of dimension \(points.columns) projected on principal components of dimension \(mean.count)")
        var projected = [Float](repeating: 0, count: points.rows * axes.count)
        let (rows, columns, stride) = (points.rows, points.columns, points.rowStride)
        points.elements.withUnsafeBufferPointer { elements in
            for row in 0..<rows {
                for (component, axis) in axes.enumerated() {
                    var sum = 0.0
                    for k in 0..<columns { sum += axis[k] * (Double(elements[row * stride + k]) - mean[k]) }
                    projected[row * axes.count + component] = Float(sum)
                }
            }
        }
        return Matrix(rows: rows, columns: axes.count, elements: projected)
    }
}
