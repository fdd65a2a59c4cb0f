public import SphereKernels

/// Removal of the mean.
public enum Centering {
    /// `x_i - mean of all rows`, the mean in double.
    ///
    /// Embeddings often share a large common component (word vectors do), which makes all cosines high.
    ///
    /// - Complexity: O(N D).
    public static func centered(_ points: Matrix) -> Matrix {
        let dimension = points.columns
        var mean = [Double](repeating: 0, count: dimension)
        for row in 0..<points.rows {
            for (k, x) in points.row(row).enumerated() { mean[k] += Double(x) }
        }
        for k in 0..<dimension { mean[k] /= Double(max(1, points.rows)) }
        var elements = points.elements
        for row in 0..<points.rows {
            for k in 0..<dimension { elements[row * dimension + k] -= Float(mean[k]) }
        }
        return Matrix(rows: points.rows, columns: dimension, elements: elements)
    }
}
