public import SphereKernels

extension Reference {
    /// `x . y / (|x| |y|)`; 0 with a zero row, NaN with a row that holds NaN or infinity.
    static func cosine(_ x: ArraySlice<Float>, _ y: ArraySlice<Float>) -> Double {
        let lengths = (dot(x, x) * dot(y, y)).squareRoot()
        let cosine = dot(x, y) / lengths
        // NaN passes both comparisons.
        return lengths == 0 ? 0 : cosine > 1 ? 1 : cosine < -1 ? -1 : cosine
    }

    /// Cosines of corresponding rows.
    public static func cosineSimilarityPaired(_ a: Matrix, _ b: Matrix) -> [Double] {
        (0..<a.rows).map { cosine(a.row($0), b.row($0)) }
    }

    /// Cosines of one vector with every row.
    public static func cosineSimilarityOneToMany(_ query: [Float], _ points: Matrix) -> [Double] {
        (0..<points.rows).map { cosine(query[...], points.row($0)) }
    }

    /// Cosines of every row of `a` with every row of `b`.
    public static func cosineSimilarityAllPairs(_ a: Matrix, _ b: Matrix) -> ReferenceMatrix {
        var result = ReferenceMatrix(rows: a.rows, columns: b.rows)
        for i in 0..<a.rows {
            for j in 0..<b.rows { result[i, j] = cosine(a.row(i), b.row(j)) }
        }
        return result
    }
}
