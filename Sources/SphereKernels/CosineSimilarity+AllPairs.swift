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
        let sources = PackedPairOperand(a, as: .sources, accumulation, execution)
        let panels = PackedPairOperand(b, as: .panels, accumulation, execution)
        pairBlocks(sources, panels, symmetric: false, into: &cosines, execution)
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
    /// Each pair is evaluated once and written twice, so the result is symmetric to the bit.
    ///
    /// - Precondition: `cosines` is N x N.
    /// - Complexity: O(N^2 D) time, O(N D) memory beside the result.
    public static func symmetric(
        _ points: MatrixView, into cosines: inout MutableMatrixView, accumulation: Accumulation = .float32,
        on execution: Execution = .default
    ) {
        require(
            cosines.rows == points.rows && cosines.columns == points.rows,
            "cosines of \(points.rows) rows with one another into \(cosines.rows) x \(cosines.columns)")
        let sources = PackedPairOperand(points, as: .sources, accumulation, execution)
        let panels = PackedPairOperand(points, as: .panels, accumulation, execution)
        pairBlocks(sources, panels, symmetric: true, into: &cosines, execution)
    }

    /// The cosines of every row of `points` with every other and itself, a symmetric N x N matrix.
    public static func symmetric(
        _ points: Matrix, accumulation: Accumulation = .float32, on execution: Execution = .default
    ) -> Matrix {
        var result = Matrix(rows: points.rows, columns: points.rows)
        var view = result.mutableView
        symmetric(points.view, into: &view, accumulation: accumulation, on: execution)
        return result
    }

    /// A unit of work is one row of blocks (of the upper triangle if `symmetric`).
    private static func pairBlocks(
        _ sources: PackedPairOperand, _ panels: PackedPairOperand, symmetric: Bool,
        into cosines: inout MutableMatrixView, _ execution: Execution
    ) {
        let kernels = execution.instructionSet.kernels
        let side = kernels.pairBlock
        let (rows, columns, stride) = (sources.rows, panels.rows, cosines.rowStride)
        let workers = max(1, min(execution.threads, sources.blocks))
        let scratch = AlignedBuffer<Float>(count: workers * side * side)
        cosines.elements.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            nonisolated(unsafe) let out = start
            parallelFor(units: sources.blocks, threads: execution.threads) { worker, rowBlock in
                let block = scratch.start + worker * side * side
                let row = rowBlock * side
                let height = min(side, rows - row)
                for columnBlock in (symmetric ? rowBlock : 0)..<panels.blocks {
                    let column = columnBlock * side
                    let width = min(side, columns - column)
                    panels.dotBlock(columnBlock, with: sources, rowBlock, kernels, block)
                    kernels.storeBlock(block, height, width, out + row * stride + column, stride)
                    if symmetric && columnBlock > rowBlock {
                        kernels.storeBlockTransposed(block, height, width, out + column * stride + row, stride)
                    }
                }
            }
        }
    }
}

/// Rows of length 1 (zero rows stay zero), packed in blocks for the tiles of an all-pairs operation.
private struct PackedPairOperand: Sendable {
    enum Role {
        case sources
        case panels
    }

    let rows: Int
    let blocks: Int
    let dimension: Int
    private let blockSize: Int
    private let storage: Storage

    private enum Storage: Sendable {
        case float32(AlignedBuffer<Float>)
        case float64(AlignedBuffer<Double>)
    }

    init(
        _ points: MatrixView, as role: Role, _ accumulation: CosineSimilarity.Accumulation, _ execution: Execution
    ) {
        let kernels = execution.instructionSet.kernels
        let side = kernels.pairBlock
        let total = points.rows
        rows = total
        dimension = points.columns
        blocks = (total + side - 1) / side
        blockSize = side * dimension
        switch accumulation {
        case .float32:
            let width = role == .panels ? kernels.panelColumns : kernels.sourceGroup
            let pack = role == .panels ? kernels.packPanel : kernels.packSourceGroup
            let packed = AlignedBuffer<Float>(count: blocks * blockSize)
            Self.forEachGroup(points, width: width, groups: blocks * (side / width), execution) { rows, group, count in
                let target = packed.start + group * width * rows.dimension
                withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { scales in
                    var inRange = true
                    kernels.rowLengths(rows, points: count) { i, length in
                        scales[i] = length == 0 ? 0 : Float(1 / length)
                        inRange = inRange && (length == 0 || (length >= 1e-15 && length <= 1e15))
                    }
                    if inRange {
                        pack(rows.start, rows.stride, count, rows.dimension, scales.baseAddress!, target)
                    } else {
                        Self.packOutOfRange(rows, count, width, kernels, target)
                    }
                }
            }
            storage = .float32(packed)
        case .float64:
            let width = role == .panels ? kernels.doublePanelColumns : kernels.sourceGroup
            let packed = AlignedBuffer<Double>(count: blocks * blockSize)
            Self.forEachGroup(points, width: width, groups: blocks * (side / width), execution) { rows, group, count in
                let target = packed.start + group * width * rows.dimension
                withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { scales in
                    kernels.squaredNormsDouble(
                        rows.start, rows.stride, count, rows.dimension, scales.baseAddress!)
                    for i in 0..<count { scales[i] = scales[i] == 0 ? 0 : 1 / scales[i].squareRoot() }
                    kernels.packDouble(
                        rows.start, rows.stride, count, rows.dimension, width, scales.baseAddress!, target)
                }
            }
            storage = .float64(packed)
        }
    }

    /// Calls `body` for every group of `width` rows with the rows that exist of it, none in the padding.
    private static func forEachGroup(
        _ points: MatrixView, width: Int, groups: Int, _ execution: Execution,
        _ body: @Sendable (_ rows: RowPointer, _ group: Int, _ count: Int) -> Void
    ) {
        let total = points.rows
        withRows(of: points) { all in
            parallelFor(units: groups, threads: execution.threads) { _, group in
                let start = min(group * width, total)
                body(all.advanced(by: start), group, min(width, total - start))
            }
        }
    }

    /// A group that holds a row whose inverse length leaves the range of float32: scaled in double.
    private static func packOutOfRange(
        _ rows: RowPointer, _ count: Int, _ width: Int, _ kernels: KernelTable, _ target: UnsafeMutablePointer<Float>
    ) {
        target.update(repeating: 0, count: width * rows.dimension)
        kernels.rowLengths(rows, points: count) { i, length in
            let x = rows.start + i * rows.stride
            let scale = length == 0 ? 0 : 1 / length
            for k in 0..<rows.dimension { target[k * width + i] = Float(scale * Double(x[k])) }
        }
    }

    /// The dot products of block `panel` of this operand with block `source` of `sources`.
    func dotBlock(
        _ panel: Int, with sources: PackedPairOperand, _ source: Int, _ kernels: KernelTable,
        _ block: UnsafeMutablePointer<Float>
    ) {
        if dimension == 0 {
            block.update(repeating: 0, count: kernels.pairBlock * kernels.pairBlock)
            return
        }
        switch (storage, sources.storage) {
        case (.float32(let panels), .float32(let groups)):
            let size = kernels.sourceGroup * kernels.panelColumns
            withUnsafeTemporaryAllocation(byteCount: size * MemoryLayout<Float>.stride, alignment: 64) { tile in
                kernels.dotBlock(
                    panels.start + panel * blockSize, groups.start + source * blockSize, dimension,
                    tile.assumingMemoryBound(to: Float.self).baseAddress!, block)
            }
        case (.float64(let panels), .float64(let groups)):
            let size = kernels.sourceGroup * kernels.doublePanelColumns
            withUnsafeTemporaryAllocation(byteCount: size * MemoryLayout<Double>.stride, alignment: 64) { tile in
                kernels.dotBlockDouble(
                    panels.start + panel * blockSize, groups.start + source * blockSize, dimension,
                    tile.assumingMemoryBound(to: Double.self).baseAddress!, block)
            }
        default:
            fatalError("operands of an all-pairs operation packed in different precisions")
        }
    }
}
