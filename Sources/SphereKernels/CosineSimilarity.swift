/// Cosine similarity of rows: `cos(a, b) = a . b / (|a| |b|)`, limited to [-1, 1].
///
/// The same for every operation here:
/// - the rows need not be unit vectors, and their scale does not matter (1e-30 and 1e30 are fine);
/// - the cosine with a zero row is 0, with a row that holds NaN or infinity NaN;
/// - ``Accumulation/float32`` is the fast one, ``Accumulation/float64`` is right to 1 ulp of float32. Limits of both:
///   docs/accuracy.md.
public enum CosineSimilarity {
    /// The precision in which products are added up.
    public enum Accumulation: String, Sendable, CaseIterable {
        /// float32: error about (D / 2 + 3) 2^-24.
        case float32
        /// float64, rounded to float32 once: error at most 1 ulp of the result (plus D 2^-53 where it is tiny).
        case float64
    }

    /// Pairs that one unit of work covers.
    private static let unitRows = 1024

    /// Cosines of corresponding rows of `a` and `b` (both N x D): `cosines[i] = cos(a_i, b_i)`.
    ///
    /// - Precondition: `a` and `b` have the same shape and `cosines` has N elements.
    /// - Complexity: O(N D).
    public static func paired(
        _ a: MatrixView, _ b: MatrixView, into cosines: inout MutableSpan<Float>,
        accumulation: Accumulation = .float32, on execution: Execution = .default
    ) {
        require(
            a.rows == b.rows && a.columns == b.columns,
            "paired cosines of \(a.rows) x \(a.columns) with \(b.rows) x \(b.columns)")
        pairRows(a, b, bStride: b.rowStride, into: &cosines, accumulation, execution)
    }

    /// The cosines of corresponding rows of `a` and `b`.
    public static func paired(
        _ a: Matrix, _ b: Matrix, accumulation: Accumulation = .float32, on execution: Execution = .default
    ) -> [Float] {
        var result = [Float](repeating: 0, count: a.rows)
        var span = result.mutableSpan
        paired(a.view, b.view, into: &span, accumulation: accumulation, on: execution)
        return result
    }

    /// Cosines of one vector with every row of `points` (N x D): `cosines[i] = cos(query, x_i)`.
    ///
    /// - Precondition: `query` has D elements and `cosines` has N.
    /// - Complexity: O(N D).
    public static func oneToMany(
        _ query: Span<Float>, _ points: MatrixView, into cosines: inout MutableSpan<Float>,
        accumulation: Accumulation = .float32, on execution: Execution = .default
    ) {
        require(
            query.count == points.columns,
            "cosines of a vector of \(query.count) elements with rows of \(points.columns)")
        let one = MatrixView(query, rows: 1, columns: query.count)
        pairRows(points, one, bStride: 0, into: &cosines, accumulation, execution)
    }

    /// The cosines of `query` with every row of `points`.
    public static func oneToMany(
        _ query: [Float], _ points: Matrix, accumulation: Accumulation = .float32, on execution: Execution = .default
    ) -> [Float] {
        var result = [Float](repeating: 0, count: points.rows)
        var span = result.mutableSpan
        oneToMany(query.span, points.view, into: &span, accumulation: accumulation, on: execution)
        return result
    }

    /// Row i of `a` with the row `i * bStride` elements into `b`.
    private static func pairRows(
        _ a: MatrixView, _ b: MatrixView, bStride: Int, into cosines: inout MutableSpan<Float>,
        _ accumulation: Accumulation, _ execution: Execution
    ) {
        require(cosines.count == a.rows, "cosines of \(a.rows) pairs into \(cosines.count) elements")
        switch accumulation {
        case .float32:
            let kernels = execution.instructionSet.kernels
            forEachUnit(a, b, bStride: bStride, into: &cosines, execution) { a, b, count, out in
                kernels.pairedCosines(a.start, a.stride, b.start, b.stride, count, a.dimension, out)
                // The kernel leaves NaN where float32 is not enough.
                for i in 0..<count where out[i].isNaN {
                    var cosine = 0.0
                    kernels.pairedCosinesDouble(
                        a.start + i * a.stride, 0, b.start + i * b.stride, 0, 1, a.dimension, &cosine)
                    out[i] = Float(cosine)
                }
            }
        case .float64:
            forEachPair(a, b, bStride: bStride, into: &cosines, execution) { Float($0) }
        }
    }

    /// Writes `transform(cosine)` for every pair, the cosine in double.
    static func forEachPair(
        _ a: MatrixView, _ b: MatrixView, bStride: Int, into result: inout MutableSpan<Float>, _ execution: Execution,
        _ transform: @Sendable (Double) -> Float
    ) {
        let kernels = execution.instructionSet.kernels
        forEachUnit(a, b, bStride: bStride, into: &result, execution) { a, b, count, out in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { cosines in
                let cosines = cosines.baseAddress!
                kernels.pairedCosinesDouble(a.start, a.stride, b.start, b.stride, count, a.dimension, cosines)
                for i in 0..<count { out[i] = transform(cosines[i]) }
            }
        }
    }

    /// Calls `body` for runs of pairs with the first row of each side and where the first result goes.
    private static func forEachUnit(
        _ a: MatrixView, _ b: MatrixView, bStride: Int, into result: inout MutableSpan<Float>, _ execution: Execution,
        _ body: @Sendable (_ a: RowPointer, _ b: RowPointer, _ count: Int, _ out: UnsafeMutablePointer<Float>) -> Void
    ) {
        let count = a.rows
        withRows(of: a) { a in
            withRows(of: b) { b in
                let b = RowPointer(start: b.start, stride: bStride, dimension: b.dimension)
                result.withUnsafeMutableBufferPointer { buffer in
                    guard let start = buffer.baseAddress else { return }
                    nonisolated(unsafe) let out = start
                    parallelFor(units: (count + unitRows - 1) / unitRows, threads: execution.threads) { _, unit in
                        let first = unit * unitRows
                        body(
                            a.advanced(by: first), b.advanced(by: first), min(unitRows, count - first), out + first)
                    }
                }
            }
        }
    }
}
