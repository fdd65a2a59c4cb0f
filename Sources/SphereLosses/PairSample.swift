public import SphereKernels

/// Rows of a matrix that were picked, to gather them and to scatter their gradients back.
public struct PairSample: Sendable, Hashable {
    /// The rows, each 0 or more.
    public let rows: [Int]

    /// The rows `rows`; a row may be there more than once.
    ///
    /// - Precondition: no row is negative.
    public init(rows: [Int]) {
        require(rows.allSatisfy { $0 >= 0 }, "row \(rows.min() ?? 0) in a sample: must be 0 or more")
        self.rows = rows
    }

    /// The sampled rows of `points`, one below the other.
    ///
    /// - Precondition: every row of the sample is one of `points`.
    public func gather(_ points: MatrixView) -> Matrix {
        requireInside(points.rows)
        var elements: [Float] = []
        elements.reserveCapacity(rows.count * points.columns)
        for row in rows {
            for k in 0..<points.columns { elements.append(points.elements[row * points.rowStride + k]) }
        }
        return Matrix(rows: rows.count, columns: points.columns, elements: elements)
    }

    /// The labels of the sampled rows.
    ///
    /// - Precondition: every row of the sample has a label.
    public func gather(_ labels: Span<Int32>) -> [Int32] {
        requireInside(labels.count)
        return rows.map { labels[$0] }
    }

    /// Adds the rows of `sampled` to the sampled rows of `target`; other rows stay as they are.
    ///
    /// The transpose of ``gather(_:)-(MatrixView)``: takes gradients of the gathered rows back.
    ///
    /// - Precondition: `sampled` has one row for each of the sample, both have the same number of columns, and every row of the sample is
    ///   one of `target`.
    public func scatter(adding sampled: MatrixView, to target: inout MutableMatrixView) {
        requireInside(target.rows)
        require(
            sampled.rows == rows.count && sampled.columns == target.columns,
            "\(sampled.rows) x \(sampled.columns) scattered to \(rows.count) rows of \(target.columns)")
        let stride = target.rowStride
        for (index, row) in rows.enumerated() {
            for k in 0..<sampled.columns {
                target.elements[row * stride + k] += sampled.elements[index * sampled.rowStride + k]
            }
        }
    }

    private func requireInside(_ count: Int) {
        require(rows.allSatisfy { $0 < count }, "row \(rows.max() ?? 0) of a sample from \(count) rows")
    }
}
