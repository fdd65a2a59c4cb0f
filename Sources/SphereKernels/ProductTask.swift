/// One operand of a product: as it lies in memory, or packed.
struct ProductSide: @unchecked Sendable {
    // Sendable: the memory is borrowed or owned for the duration of the product and only read.
    let start: UnsafePointer<Float>
    /// Rows and columns of op(operand).
    let rows: Int
    let columns: Int
    /// Between the rows as they are stored; the depth of a packed operand.
    let stride: Int
    let isTransposed: Bool
    let isPacked: Bool
    /// Between the matrices of a batch, 0 for one that all share.
    var matrixStride = 0

    init(_ stored: RowPointer, rows storedRows: Int, isTransposed: Bool) {
        start = stored.start
        stride = stored.stride
        rows = isTransposed ? stored.dimension : storedRows
        columns = isTransposed ? storedRows : stored.dimension
        self.isTransposed = isTransposed
        isPacked = false
    }

    init(_ packed: PackedMatrix) {
        start = packed.start
        rows = packed.rows
        columns = packed.columns
        stride = packed.side == .left ? packed.columns : packed.rows
        isTransposed = false
        isPacked = true
    }

    /// Where element (row, depth) of a left operand lies.
    func leftStart(row: Int, depth: Int) -> UnsafePointer<Float> {
        isTransposed ? start + depth * stride + row : start + row * stride + depth
    }

    /// Where element (depth, column) of a right operand lies.
    func rightStart(column: Int, depth: Int) -> UnsafePointer<Float> {
        isTransposed ? start + column * stride + depth : start + depth * stride + column
    }

    /// Matrix number `index` of a batch.
    func matrix(_ index: Int) -> UnsafePointer<Float> { start + index * matrixStride }
}

/// M, N and K of a product.
struct ProductShape: Sendable {
    let rows: Int
    let columns: Int
    let depth: Int

    /// Stops the program if the shapes do not match.
    init(_ left: ProductSide, _ right: ProductSide, resultRows: Int, resultColumns: Int) {
        require(
            left.columns == right.rows,
            "a product of \(left.rows) x \(left.columns) and \(right.rows) x \(right.columns)")
        require(
            resultRows == left.rows && resultColumns == right.columns,
            "a product of \(left.rows) x \(left.columns) and \(right.rows) x \(right.columns) "
                + "into \(resultRows) x \(resultColumns)")
        rows = left.rows
        columns = right.columns
        depth = left.columns
    }
}

/// A range cut into pieces of `unit`, of which the last is at least half as long where there are several.
///
/// Kernels halve what is left between one and two tiles; a piece that starts between the halves would be packed differently.
struct ProductPieces: Sendable {
    let total: Int
    let unit: Int
    let count: Int

    init(_ total: Int, unit: Int) {
        self.total = total
        self.unit = unit
        count = total == 0 ? 0 : max(1, total / unit)
    }

    subscript(_ index: Int) -> Range<Int> {
        index * unit..<(index == count - 1 ? total : (index + 1) * unit)
    }
}

extension KernelTable {
    /// `columns` rounded up to whole vectors.
    func wholeVectors(_ columns: Int) -> Int { (columns + lanes - 1) / lanes * lanes }
}

/// A batch of products of one shape, ready to run.
struct ProductTask: @unchecked Sendable {
    // Sendable: operands are only read; units of work write to ranges of the result that do not overlap.
    var left: ProductSide
    let right: ProductSide
    let shape: ProductShape
    /// Matrices of the batch.
    let count: Int
    let result: UnsafeMutablePointer<Float>
    let resultStride: Int
    let resultMatrixStride: Int
    let options: ProductOptions
    let columnBias: UnsafePointer<Float>?
    let rowBias: UnsafePointer<Float>?
    let kernels: KernelTable

    /// Runs the products on `threads` threads.
    func run(_ workspace: ProductWorkspace?, threads: Int) {
        if shape.rows == 0 || shape.columns == 0 || count == 0 { return }
        let blocking = ProductBlocking(self, threads: threads)
        let size = blocking.packedLeftSize + min(threads, blocking.units) * blocking.workerSize
        let memory = size == 0 ? nil : workspace?.elements(size) ?? AlignedBuffer(count: size)
        var task = self
        if blocking.packsLeft, let memory { task.packLeft(into: memory, threads: threads) }
        let ready = task
        nonisolated(unsafe) let scratch = memory.map { $0.start + blocking.packedLeftSize }
        parallelFor(units: blocking.units, threads: threads) { worker, unit in
            let panels = scratch.map { $0 + worker * blocking.workerSize }
            ready.multiply(blocking.unit(unit), blocking, panels)
        }
        withExtendedLifetime(memory) {}
    }

    /// Replaces the left operand by a packed one.
    private mutating func packLeft(into memory: AlignedBuffer<Float>, threads: Int) {
        let (operand, depth, kernels) = (left, shape.depth, kernels)
        let pieces = ProductPieces(shape.rows, unit: 8 * kernels.productGroup)
        let matrices = operand.matrixStride == 0 ? 1 : count
        let size = shape.rows * depth
        parallelFor(units: matrices * pieces.count, threads: threads) { _, unit in
            let (matrix, range) = (unit / pieces.count, pieces[unit % pieces.count])
            kernels.packProductLeft(
                operand.leftStart(row: range.lowerBound, depth: 0) + matrix * operand.matrixStride, operand.stride,
                operand.isTransposed, range.count, depth, memory.start + matrix * size + range.lowerBound * depth)
        }
        left = ProductSide(
            packedLeft: UnsafePointer(memory.start), shape, matrixStride: operand.matrixStride == 0 ? 0 : size)
    }

    /// The rows and columns of one unit of work.
    private func multiply(
        _ unit: ProductBlocking.Unit, _ blocking: ProductBlocking, _ panels: UnsafeMutablePointer<Float>?
    ) {
        withUnsafeTemporaryAllocation(byteCount: kernels.productScratch * 4, alignment: 64) { memory in
            let edge = memory.assumingMemoryBound(to: Float.self).baseAddress!
            if shape.depth == 0 {
                multiplyNothing(unit, edge)
                return
            }
            multiply(unit, blocking, unit.columns, blocking.packsRight ? panels : nil, edge)
        }
    }

    private func multiply(
        _ unit: ProductBlocking.Unit, _ blocking: ProductBlocking, _ columns: Range<Int>,
        _ panels: UnsafeMutablePointer<Float>?, _ edge: UnsafeMutablePointer<Float>
    ) {
        let whole = columns.count / kernels.lanes * kernels.lanes
        if panels == nil && !right.isPacked && whole < columns.count {
            // Vectors may not reach behind the operand: its last columns are packed on their own.
            let middle = columns.lowerBound + whole
            if whole > 0 { multiply(unit, blocking, columns.lowerBound..<middle, nil, edge) }
            let bytes = blocking.depthBlock * kernels.lanes * 4
            withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 64) { memory in
                let panel = memory.assumingMemoryBound(to: Float.self).baseAddress!
                multiply(unit, blocking, middle..<columns.upperBound, panel, edge, isResident: false)
            }
        } else {
            multiply(unit, blocking, columns, panels, edge, isResident: blocking.isResident)
        }
    }

    private func multiply(
        _ unit: ProductBlocking.Unit, _ blocking: ProductBlocking, _ columns: Range<Int>,
        _ panels: UnsafeMutablePointer<Float>?, _ edge: UnsafeMutablePointer<Float>, isResident: Bool
    ) {
        if isResident {
            // All panels stay in the second-level cache: rows stream past them once.
            if let panels { packRight(unit, columns, 0..<shape.depth, into: panels) }
            let pieces = ProductPieces(unit.rows.count, unit: blocking.residentRows)
            for piece in 0..<pieces.count {
                let rows = pieces[piece]
                let range = unit.rows.lowerBound + rows.lowerBound..<unit.rows.lowerBound + rows.upperBound
                for depth in blocking.depthBlocks(of: shape.depth) {
                    block(unit, range, columns, depth, panels, panelDepth: shape.depth, first: depth.lowerBound, edge)
                }
            }
        } else {
            for depth in blocking.depthBlocks(of: shape.depth) {
                if let panels { packRight(unit, columns, depth, into: panels) }
                block(unit, unit.rows, columns, depth, panels, panelDepth: depth.count, first: 0, edge)
            }
        }
    }

    private func packRight(
        _ unit: ProductBlocking.Unit, _ columns: Range<Int>, _ depth: Range<Int>,
        into panels: UnsafeMutablePointer<Float>
    ) {
        kernels.packProductRight(
            right.rightStart(column: columns.lowerBound, depth: depth.lowerBound) + unit.matrix * right.matrixStride,
            right.stride, right.isTransposed, columns.count, depth.count, panels)
    }

    /// One call of the kernel.
    private func block(
        _ unit: ProductBlocking.Unit, _ rows: Range<Int>, _ columns: Range<Int>, _ depth: Range<Int>,
        _ panels: UnsafeMutablePointer<Float>?, panelDepth: Int, first: Int, _ edge: UnsafeMutablePointer<Float>
    ) {
        let leftStart = left.start + unit.matrix * left.matrixStride
        let a: KernelTable.ProductLeft =
            if left.isPacked {
                (leftStart + rows.lowerBound * left.stride, left.stride, depth.lowerBound, 1, 0)
            } else if left.isTransposed {
                (leftStart + depth.lowerBound * left.stride + rows.lowerBound, 1, 0, 1, left.stride)
            } else {
                (leftStart + rows.lowerBound * left.stride + depth.lowerBound, left.stride, 0, left.stride, 1)
            }
        let rightStart = right.start + unit.matrix * right.matrixStride
        let b: KernelTable.ProductRight =
            if let panels {
                (UnsafePointer(panels), panelDepth, first, 0)
            } else if right.isPacked {
                (rightStart + columns.lowerBound * right.stride, right.stride, depth.lowerBound, 0)
            } else {
                (rightStart + depth.lowerBound * right.stride + columns.lowerBound, 1, 0, right.stride)
            }
        let isLast = depth.upperBound == shape.depth
        kernels.productBlock(
            a, b, rows.count, columns.count, depth.count,
            result + unit.matrix * resultMatrixStride + rows.lowerBound * resultStride + columns.lowerBound,
            resultStride,
            (
                options.alpha, depth.lowerBound == 0 ? options.beta : 1,
                isLast ? columnBias.map { $0 + columns.lowerBound } : nil,
                isLast ? rowBias.map { $0 + rows.lowerBound } : nil, isLast && options.rectifies
            ), edge)
    }

    /// An inner size of 0: one product of zeros stands for none.
    private func multiplyNothing(_ unit: ProductBlocking.Unit, _ edge: UnsafeMutablePointer<Float>) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: kernels.panelColumns) { zeros in
            zeros.initialize(repeating: 0)
            let zero = UnsafePointer(zeros.baseAddress!)
            kernels.productBlock(
                (zero, 0, 0, 0, 1), (zero, 0, 0, 1), unit.rows.count, unit.columns.count, 1,
                result + unit.matrix * resultMatrixStride + unit.rows.lowerBound * resultStride
                    + unit.columns.lowerBound, resultStride,
                (
                    1, options.beta, columnBias.map { $0 + unit.columns.lowerBound },
                    rowBias.map { $0 + unit.rows.lowerBound }, options.rectifies
                ), edge)
        }
    }
}

extension ProductSide {
    fileprivate init(packedLeft start: UnsafePointer<Float>, _ shape: ProductShape, matrixStride: Int) {
        self.start = start
        rows = shape.rows
        columns = shape.depth
        stride = shape.depth
        isTransposed = false
        isPacked = true
        self.matrixStride = matrixStride
    }
}
