public import SphereKernels

extension Reference {
    /// `|x_i|` for every row.
    public static func norms(_ points: Matrix) -> [Double] {
        (0..<points.rows).map { dot(points.row($0), points.row($0)).squareRoot() }
    }

    /// `x_i / |x_i|` for every row; zero rows stay zero, rows with NaN or infinity become NaN.
    public static func normalized(_ points: Matrix) -> ReferenceMatrix {
        var result = ReferenceMatrix(points)
        for (i, norm) in norms(points).enumerated() {
            for k in 0..<points.columns {
                if norm > 0 && norm < .infinity {
                    result[i, k] /= norm
                } else {
                    result[i, k] = norm == 0 ? 0 : .nan
                }
            }
        }
        return result
    }
}
