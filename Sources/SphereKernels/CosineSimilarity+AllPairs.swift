extension CosineSimilarity {
    /// Cosines of every row of `a` (N x D) with every row of `b` (M x D): `cosines[i, j] = cos(a_i, b_j)`.
    ///
    /// - Precondition: `a` and `b` have the same number of columns and `cosines` is N x M.
    /// - Complexity: O(N M D) time, O((N + M) D) memory beside the result.
    public static func allPairs(
        _ a: MatrixView, _ b: MatrixView, into cosines: inout MutableMatrixView,
        accumulation: Accumulation = .float32, on execution: Execution = .default
    ) {
        require(
            a.columns == b.columns, "cosines of rows of \(a.columns) elements with rows of \(b.columns)")
        require(
            cosines.rows == a.rows && cosines.columns == b.rows,
            "cosines of \(a.rows) rows with \(b.rows) rows into \(cosines.rows) x \(cosines.columns)")
        switch accumulation {
        case .float32:
            let sources = PackedDirections<Float>(a, as: .sources, execution)
            let panels = PackedDirections<Float>(b, as: .panels, execution)
            strips(sources, panels, execution.instructionSet.kernels.cosineStrip, into: &cosines, execution)
        case .float64:
            let sources = PackedDirections<Double>(a, as: .sources, execution)
            let panels = PackedDirections<Double>(b, as: .panels, execution)
            strips(sources, panels, execution.instructionSet.kernels.cosineStripDouble, into: &cosines, execution)
        }
    }

    /// The cosines of every row of `a` with every row of `b`, an N x M matrix.
    public static func allPairs(
        _ a: Matrix, _ b: Matrix, accumulation: Accumulation = .float32, on execution: Execution = .default
    ) -> Matrix {
        var result = Matrix(rows: a.rows, columns: b.rows)
        var view = result.mutableView
        allPairs(a.view, b.view, into: &view, accumulation: accumulation, on: execution)
        return result
    }

    /// Cosines of every row of `points` (N x D) with every other and itself: `cosines[i, j] = cos(x_i, x_j)`.
    ///
    /// Symmetric to the bit: (i, j) and (j, i) add the same products in the same order. Both are evaluated: writing the
    /// result takes longer than the products unless D is large, and a transposed copy writes it in short pieces.
    ///
    /// - Precondition: `cosines` is N x N.
    /// - Complexity: O(N^2 D) time, O(N D) memory beside the result.
    public static func symmetric(
        _ points: MatrixView, into cosines: inout MutableMatrixView, accumulation: Accumulation = .float32,
        on execution: Execution = .default
    ) {
        allPairs(points, points, into: &cosines, accumulation: accumulation, on: execution)
    }

    /// The cosines of every row of `points` with every other and itself, a symmetric N x N matrix.
    public static func symmetric(
        _ points: Matrix, accumulation: Accumulation = .float32, on execution: Execution = .default
    ) -> Matrix {
        allPairs(points, points, accumulation: accumulation, on: execution)
    }

    /// Groups of sources that one unit of work covers, against all panels.
    private static let unitGroups = 6
    /// Bytes of panels that a unit goes over with all its groups before the next ones: they stay in a second-level cache.
    private static let panelBytes = 256 * 1024

    private static func strips<Element: PackableElement>(
        _ sources: PackedDirections<Element>, _ panels: PackedDirections<Element>,
        _ strip:
            @Sendable (
                UnsafePointer<Element>, Int, UnsafePointer<Element>, Int, Int, UnsafeMutablePointer<Float>,
                UnsafeMutablePointer<Float>, Int
            ) -> Void,
        into cosines: inout MutableMatrixView, _ execution: Execution
    ) {
        let (rows, columns, stride) = (sources.rows, panels.rows, cosines.rowStride)
        let (group, dimension) = (sources.width, sources.dimension)
        let unitRows = unitGroups * group
        let rowBytes = max(1, dimension * MemoryLayout<Element>.stride)
        let chunk = max(1, panelBytes / (rowBytes * panels.width)) * panels.width
        cosines.elements.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            nonisolated(unsafe) let out = start
            if dimension == 0 {
                for row in 0..<rows { (out + row * stride).update(repeating: 0, count: columns) }
                return
            }
            parallelFor(units: (rows + unitRows - 1) / unitRows, threads: execution.threads) { _, unit in
                let bytes = group * panels.width * MemoryLayout<Float>.stride
                withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 64) { scratch in
                    let tile = scratch.assumingMemoryBound(to: Float.self).baseAddress!
                    for column in Swift.stride(from: 0, to: columns, by: chunk) {
                        for row in Swift.stride(from: unit * unitRows, to: min((unit + 1) * unitRows, rows), by: group)
                        {
                            strip(
                                panels.start + column * dimension, min(chunk, columns - column),
                                sources.start + row * dimension, min(group, rows - row), dimension, tile,
                                out + row * stride + column, stride)
                        }
                    }
                }
            }
        }
    }
}
