/// Unit rows packed for mean shift, in blocks of 48: as panels and groups for dot products and row-major for the second
/// product (KernelOperands.h), with their weights.
struct PackedBlocks: Sendable {
    let dimension: Int
    /// Rows of a block.
    let blockRows: Int
    /// Distance of rows in `rows`.
    let stride: Int
    /// Points in panels, column by column; only where symmetric operations need them.
    let panels: AlignedBuffer<Float>
    /// Points in groups of the tile's rows, column by column.
    let groups: AlignedBuffer<Float>
    /// Points row-major, padded with zeros.
    let rows: AlignedBuffer<Float>
    /// Weights; 0 for padding and for points that take no part.
    let weights: AlignedBuffer<Float>
    private let states: AlignedBuffer<State>
    private let kernels: KernelTable

    private enum State: UInt8, BitwiseCopyable {
        /// Every point takes part with weight 1, so that weights need not be looked at.
        case plain
        /// There are weights, or padding.
        case weighted
        /// Some rows hold NaN or infinity and take no part.
        case unusable
    }

    /// Memory for at most `capacity` points.
    init(capacity: Int, dimension: Int, _ kernels: KernelTable) {
        self.dimension = dimension
        self.kernels = kernels
        blockRows = kernels.blockRows
        stride = kernels.symmetricStride(dimension)
        let blocks = (capacity + blockRows - 1) / blockRows
        panels = AlignedBuffer(count: blocks * blockRows * dimension)
        groups = AlignedBuffer(count: blocks * blockRows * dimension)
        rows = AlignedBuffer(count: blocks * blockRows * stride)
        weights = AlignedBuffer(count: blocks * blockRows)
        states = AlignedBuffer(count: blocks)
    }

    /// Packs block number `block`.
    ///
    /// - Parameters:
    ///   - points: all rows, `count` of them.
    ///   - given: the weights of all rows; `nil`: 1 each.
    ///   - order: numbers of the rows in the order in which they are packed; `nil`: as they are.
    ///   - scratch: blockRows x dimension elements where there is an order.
    func pack(
        block: Int, _ points: RowPointer, count: Int, weights given: UnsafePointer<Float>?,
        order: UnsafePointer<Int32>? = nil, scratch: UnsafeMutablePointer<Float>? = nil
    ) {
        let start = block * blockRows
        let size = min(blockRows, count - start)
        let weights = weights.start + start
        let target = rows.start + start * stride
        let (panels, groups) = (panels.start + start * dimension, groups.start + start * dimension)
        var run = PointRun(rows: points.advanced(by: start), count: size, first: start)
        if let order = order.map({ $0 + start }), let scratch {
            for i in 0..<size {
                let row = Int(order[i])
                (scratch + i * dimension).update(from: points.start + row * points.stride, count: dimension)
                weights[i] = given?[row] ?? 1
            }
            run = PointRun(
                rows: RowPointer(start: scratch, stride: dimension, dimension: dimension), count: size, order: order)
        } else {
            for i in 0..<size { weights[i] = given?[start + i] ?? 1 }
        }
        for i in size..<blockRows { weights[i] = 0 }
        kernels.packBlock(run.rows.start, run.rows.stride, size, dimension, stride, panels, groups, target)
        var state = given == nil && size == blockRows ? State.plain : .weighted
        run.forEachUnusable(kernels) { i in
            weights[i] = 0
            (target + i * stride).update(repeating: 0, count: dimension)
            state = .unusable
        }
        if state == .unusable { kernels.packRows(target, dimension, stride, panels, groups) }
        states.start[block] = state
    }

    /// The weights from row `row` on, `nil` where all of the `blocks` blocks there are plain.
    func weights(from row: Int, blocks: Int) -> UnsafePointer<Float>? {
        let block = row / blockRows
        for i in block..<block + blocks where !isPlain(i) { return UnsafePointer(weights.start + row) }
        return nil
    }

    /// Whether every point of a block takes part with weight 1.
    func isPlain(_ block: Int) -> Bool { states.start[block] == .plain }

    /// Whether a point of the first `blocks` blocks takes no part.
    func hasUnusable(in blocks: Int) -> Bool { (0..<blocks).contains { states.start[$0] == .unusable } }
}

/// A few rows, checked together.
struct PointRun {
    let rows: RowPointer
    let count: Int
    /// Number of the first row, for messages.
    let first: Int
    /// Numbers of the rows where they are not consecutive.
    let order: UnsafePointer<Int32>?

    init(rows: RowPointer, count: Int, first: Int) {
        (self.rows, self.count, self.first, self.order) = (rows, count, first, nil)
    }

    init(rows: RowPointer, count: Int, order: UnsafePointer<Int32>) {
        (self.rows, self.count, self.first, self.order) = (rows, count, 0, order)
    }

    /// Squared lengths above this are a mistake: the rows were not normalised.
    private static let largestSquare: Float = 1.01

    /// Calls `body` for every row that holds NaN or infinity; stops the program on a row that is too long.
    func forEachUnusable(_ kernels: KernelTable, _ body: (Int) -> Void) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { squares in
            kernels.squaredNorms(rows.start, rows.stride, count, rows.dimension, squares.baseAddress!)
            for i in 0..<count where !(squares[i] <= Self.largestSquare) {
                // A square may be infinite although the row is finite.
                var isFinite = true
                for k in 0..<rows.dimension where !rows.start[i * rows.stride + k].isFinite { isFinite = false }
                require(
                    !isFinite,
                    "row \(order.map { Int($0[i]) } ?? first + i) has the length \(squares[i].squareRoot()), mean shift takes unit rows "
                        + "(RowNorms.normalized)")
                body(i)
            }
        }
    }
}
