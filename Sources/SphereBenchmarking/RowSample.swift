package import SphereKernels
package import SphereReference

/// The rows of a result that the naive twin computes: all, or some spread evenly from the first to the last.
package struct RowSample {
    /// Number of rows of the whole result, 1 or more.
    package let total: Int
    /// Number of rows that are taken.
    package let count: Int

    /// - Precondition: `1 <= count <= total`.
    package init(_ count: Int, of total: Int) {
        require(count >= 1 && count <= total, "a sample of \(count) of \(total) rows")
        self.total = total
        self.count = count
    }

    /// Whether all rows are taken.
    package var isComplete: Bool { count == total }

    /// The index of the row at `position` of the sample.
    ///
    /// The last row is always taken: there the tails of the kernels are.
    package func row(at position: Int) -> Int {
        count == 1 ? total - 1 : position * (total - 1) / (count - 1)
    }

    /// The sampled rows of `matrix`.
    package func rows(of matrix: Matrix) -> Matrix {
        isComplete ? matrix : matrix.selectingRows((0..<count).map { row(at: $0) })
    }

    /// The sampled rows of `matrix`.
    package func rows(of matrix: ReferenceMatrix) -> ReferenceMatrix {
        if isComplete { return matrix }
        let elements = (0..<count).flatMap { position in
            (0..<matrix.columns).map { matrix[row(at: position), $0] }
        }
        return ReferenceMatrix(rows: count, columns: matrix.columns, elements)
    }
}
