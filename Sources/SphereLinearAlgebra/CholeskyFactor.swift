/// The Cholesky factor L of a symmetric positive definite matrix, A = L Lᵀ.
///
/// For small matrices, up to a few hundred rows: plain loops in double.
package struct CholeskyFactor {
    private let size: Int
    /// L row by row; what is above the diagonal is not used.
    private var factor: [Double]

    /// The factor of the `size` x `size` matrix whose rows are in `matrix`, of which the lower triangle is read.
    ///
    /// `nil` where a pivot is not positive: the matrix is not positive definite, or not finite.
    ///
    /// - Complexity: O(`size`³).
    package init?(_ matrix: [Double], size: Int) {
        self.size = size
        factor = matrix
        for row in 0..<size {
            for column in 0...row {
                var rest = factor[row * size + column]
                for k in 0..<column { rest -= factor[row * size + k] * factor[column * size + k] }
                if column < row {
                    factor[row * size + column] = rest / factor[column * size + column]
                } else {
                    guard rest > 0 && rest.isFinite else { return nil }
                    factor[row * size + row] = rest.squareRoot()
                }
            }
        }
    }

    /// x with A x = `right`.
    ///
    /// - Complexity: O(size²).
    package func solve(_ right: [Double]) -> [Double] {
        var x = right
        for row in 0..<size {
            for k in 0..<row { x[row] -= factor[row * size + k] * x[k] }
            x[row] /= factor[row * size + row]
        }
        for row in (0..<size).reversed() {
            for k in row + 1..<size { x[row] -= factor[k * size + row] * x[k] }
            x[row] /= factor[row * size + row]
        }
        return x
    }
}
