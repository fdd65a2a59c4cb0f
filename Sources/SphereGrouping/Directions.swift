internal import SphereKernels

/// Rows that were checked and normalised: what grouping works on.
struct Directions {
    /// Unit rows, N x D with N, D >= 1.
    let points: Matrix

    /// The directions of the rows of `points`.
    ///
    /// - Throws: ``GroupingError`` for an empty matrix, NaN, infinity or a zero row, naming the first.
    init(_ points: Matrix, on execution: Execution) throws(GroupingError) {
        guard points.rows > 0 else { throw .noPoints }
        guard points.columns > 0 else { throw .noCoordinates }
        let norms = RowNorms.norms(points, on: execution)
        for (row, norm) in norms.enumerated() where !(norm > 0 && norm < .infinity) {
            for (column, value) in points.row(row).enumerated() where !value.isFinite {
                throw .notFinite(row: row, column: column, value: value)
            }
            if norm == 0 { throw .zeroRow(row: row) }
        }
        self.points = RowNorms.normalized(points, on: execution)
    }
}
