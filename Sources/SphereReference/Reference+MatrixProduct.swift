public import SphereKernels

extension Reference {
    /// `alpha op(A) op(B) + beta C + biases`, rectified if `options` say so; with `beta` 0, C is not read.
    public static func matrixProduct(
        _ a: Matrix, _ b: Matrix, adding c: Matrix? = nil, options: ProductOptions = ProductOptions(),
        columnBias: [Float]? = nil, rowBias: [Float]? = nil
    ) -> ReferenceMatrix {
        let left = options.transposesLeft ? transposed(a) : a
        let right = options.transposesRight ? b : transposed(b)
        var result = ReferenceMatrix(rows: left.rows, columns: right.rows)
        for i in 0..<left.rows {
            for j in 0..<right.rows {
                var value = Double(options.alpha) * dot(left.row(i), right.row(j))
                if options.beta != 0 { value += Double(options.beta) * Double(c![i, j]) }
                value += Double(columnBias?[j] ?? 0) + Double(rowBias?[i] ?? 0)
                // NaN stays NaN.
                result[i, j] = options.rectifies && value < 0 ? 0 : value
            }
        }
        return result
    }

    /// How large the terms of ``matrixProduct(_:_:adding:options:columnBias:rowBias:)`` are, to which the error of a float32
    /// evaluation is relative: `|alpha| |op(A)| |op(B)| + |beta| |C| + |biases|`.
    public static func matrixProductMagnitudes(
        _ a: Matrix, _ b: Matrix, adding c: Matrix? = nil, options: ProductOptions = ProductOptions(),
        columnBias: [Float]? = nil, rowBias: [Float]? = nil
    ) -> ReferenceMatrix {
        var options = options
        (options.alpha, options.beta) = (abs(options.alpha), abs(options.beta))
        return matrixProduct(
            absolute(a), absolute(b), adding: c.map(absolute), options: options,
            columnBias: columnBias.map { $0.map { abs($0) } },
            rowBias: rowBias.map { $0.map { abs($0) } })
    }

    private static func absolute(_ matrix: Matrix) -> Matrix {
        Matrix(rows: matrix.rows, columns: matrix.columns, elements: matrix.elements.map { abs($0) })
    }

    private static func transposed(_ matrix: Matrix) -> Matrix {
        var result = Matrix(rows: matrix.columns, columns: matrix.rows)
        for i in 0..<matrix.rows {
            for j in 0..<matrix.columns { result[j, i] = matrix[i, j] }
        }
        return result
    }
}
