/// Lengths of the rows of a matrix, and rows of length 1.
public enum RowNorms {
    /// Rows that one unit of work covers: enough to hide the hand-out, few enough to balance.
    private static let unitRows = 1024

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
                kernels.rowLengths(rows, points: count) { i, length in out[start + i] = Float(length) }
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
                kernels.rowLengths(rows, points: count) { i, length in
                    let x = rows.start + i * rows.stride
                    let y = out + (start + i) * stride
                    if length > 0 && length < .infinity {
                        // In double: 1 / length may leave the range of float32 where x / length does not.
                        let inverse = 1 / length
                        for k in 0..<dimension { y[k] = Float(Double(x[k]) * inverse) }
                    } else {
                        let value: Float = length == 0 ? 0 : .nan
                        for k in 0..<dimension { y[k] = value }
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
