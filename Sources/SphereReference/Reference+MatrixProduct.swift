public import SphereKernels

extension Reference {
    /// `alpha op(A) op(B) + beta C + biases`, rectified if `options` say so, and how large its terms are.
    ///
    /// `magnitudes` are `|alpha| |op(A)| |op(B)| + |beta| |C| + |biases|`, to which the error of a float32 evaluation is
    /// relative. With `beta` 0, C is not read.
    public static func matrixProduct(
        _ a: Matrix, _ b: Matrix, adding c: Matrix? = nil, options: ProductOptions = ProductOptions(),
        columnBias: [Float]? = nil, rowBias: [Float]? = nil
    ) -> (values: ReferenceMatrix, magnitudes: ReferenceMatrix) {
        let left = options.transposesLeft ? transposed(a) : a
        let right = options.transposesRight ? b : transposed(b)
        var values = ReferenceMatrix(rows: left.rows, columns: right.rows)
        var magnitudes = values
        let (alpha, beta) = (Double(options.alpha), Double(options.beta))
        for i in 0..<left.rows {
            for j in 0..<right.rows {
                let old = beta == 0 ? 0 : beta * Double(c![i, j])
                let bias = (Double(columnBias?[j] ?? 0), Double(rowBias?[i] ?? 0))
                let value = alpha * dot(left.row(i), right.row(j)) + old + bias.0 + bias.1
                // NaN stays NaN.
                values[i, j] = options.rectifies && value < 0 ? 0 : value
                magnitudes[i, j] =
                    abs(alpha) * zip(left.row(i), right.row(j)).reduce(0) { $0 + abs(Double($1.0) * Double($1.1)) }
                    + abs(old) + abs(bias.0) + abs(bias.1)
            }
        }
        return (values, magnitudes)
    }

    private static func transposed(_ matrix: Matrix) -> Matrix {
        var result = Matrix(rows: matrix.columns, columns: matrix.rows)
        for i in 0..<matrix.rows {
            for j in 0..<matrix.columns { result[j, i] = matrix[i, j] }
        }
        return result
    }
}
