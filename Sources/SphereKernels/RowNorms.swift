/// Lengths of the rows of a matrix, and rows of length 1.
public enum RowNorms {
    /// Rows that one unit of work covers: enough to hide the hand-out, few enough for scratch on the stack (1 KiB).
    private static let unitRows = 256

    /// Euclidean lengths of the rows of `points` (N x D): `norms[i] = |x_i|`.
    ///
    /// Right at any scale: a row whose squares leave the range of float32 is evaluated in double. 0 for a zero row,
    /// infinity for a row with an infinite element or a length beyond float32, NaN for a row with NaN.
    ///
    /// - Precondition: `norms` has N elements.
    /// - Complexity: O(N D).
    public static func norms(
        _ points: MatrixView, into norms: inout MutableSpan<Float>, on execution: Execution = .default
    ) {
        require(norms.count == points.rows, "norms of \(points.rows) rows into \(norms.count) elements")
        norms.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            nonisolated(unsafe) let out = start
            forEachUnit(points, execution) { rows, start, count, kernels in
                kernels.lengths(rows, count: count, into: out + start)
            }
        }
    }

    /// The lengths of the rows of `points`, as ``norms(_:into:on:)``.
    public static func norms(_ points: Matrix, on execution: Execution = .default) -> [Float] {
        var result = [Float](repeating: 0, count: points.rows)
        var span = result.mutableSpan
        norms(points.view, into: &span, on: execution)
        return result
    }

    /// Rows divided by their lengths: `y_i = x_i / |x_i|`.
    ///
    /// A zero row stays a zero row; a row with NaN or infinity becomes NaN in every element.
    ///
    /// - Precondition: `normalized` has the shape of `points`.
    /// - Complexity: O(N D).
    public static func normalize(
        _ points: MatrixView, into normalized: inout MutableMatrixView, on execution: Execution = .default
    ) {
        require(
            normalized.rows == points.rows && normalized.columns == points.columns,
            "rows of \(points.rows) x \(points.columns) normalized into \(normalized.rows) x \(normalized.columns)")
        let stride = normalized.rowStride
        let dimension = points.columns
        normalized.elements.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            nonisolated(unsafe) let out = start
            forEachUnit(points, execution) { rows, start, count, kernels in
                withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { factors in
                    let factors = factors.baseAddress!
                    kernels.norms(rows.start, rows.stride, count, dimension, factors)
                    for i in 0..<count { factors[i] = 1 / factors[i] }
                    kernels.scaleRows(rows.start, rows.stride, count, dimension, factors, out + start * stride, stride)
                    for i in 0..<count where factors[i].isNaN {
                        kernels.normalizeRow(rows, at: i, into: out + (start + i) * stride)
                    }
                }
            }
        }
    }

    /// The rows of `points` divided by their lengths, as ``normalize(_:into:on:)``.
    public static func normalized(_ points: Matrix, on execution: Execution = .default) -> Matrix {
        var result = Matrix(rows: points.rows, columns: points.columns)
        var view = result.mutableView
        normalize(points.view, into: &view, on: execution)
        return result
    }

    private static func forEachUnit(
        _ points: MatrixView, _ execution: Execution,
        _ body: @Sendable (_ rows: RowPointer, _ start: Int, _ count: Int, _ kernels: KernelTable) -> Void
    ) {
        let kernels = execution.instructionSet.kernels
        let total = points.rows
        withRows(of: points) { all in
            parallelFor(units: (total + unitRows - 1) / unitRows, threads: execution.threads) { _, unit in
                let start = unit * unitRows
                body(all.advanced(by: start), start, min(unitRows, total - start), kernels)
            }
        }
    }
}

extension KernelTable {
    /// One row divided by its length in double: the inverse length may leave the range of float32 where the result does not.
    fileprivate func normalizeRow(_ rows: RowPointer, at row: Int, into out: UnsafeMutablePointer<Float>) {
        let x = rows.start + row * rows.stride
        let length = length(of: rows, at: row)
        for k in 0..<rows.dimension {
            if length > 0 && length < .infinity {
                out[k] = Float(Double(x[k]) / length)
            } else {
                out[k] = length == 0 ? 0 : .nan
            }
        }
    }
}
