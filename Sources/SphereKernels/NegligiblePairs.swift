/// Which pairs of blocks a symmetric operation skips, and the order of the points in which there are many.
struct NegligiblePairs: Sendable {
    /// See ``BlockBounds/negligibleDot(concentration:weight:)``; `nil` where every tile is evaluated.
    let dot: Float?
    /// Whether the points are brought into an order by clusters.
    let isOrdered: Bool
    private let blocks: PackedBlocks
    private let sums: SymmetricSums
    /// N.
    private let count: Int
    private let threads: Int

    /// Blocks from which on it pays to look for negligible pairs.
    private static let fewestBlocks = 16

    init(
        dot: Float?, _ tiles: MeanShiftPlan.NegligibleTiles, blocks: PackedBlocks, sums: SymmetricSums, count: Int,
        threads: Int
    ) {
        self.blocks = blocks
        self.sums = sums
        self.count = count
        self.threads = threads
        let blockCount = (count + blocks.blockRows - 1) / blocks.blockRows
        self.dot = tiles != .evaluate && blockCount >= Self.fewestBlocks ? dot : nil
        isOrdered = tiles == .skipInClusterOrder && self.dot != nil
    }

    private var size: Int { blocks.blockRows }
    private var blockCount: Int { (count + size - 1) / size }

    /// Numbers of the rows in the order in which they are packed; `nil`: as they are.
    var order: UnsafePointer<Int32>? { isOrdered ? UnsafePointer(sums.order.rows.start) : nil }

    /// Finds the order of `points`, where there is one.
    func arrange(_ points: RowPointer) {
        if !isOrdered { return }
        sums.order.arrange(points, count: count, threads: threads, scratch: sums.scratch)
    }

    /// Packs a block of `points` in the order, and finds what its bounds need.
    func pack(block: Int, _ points: RowPointer, _ weights: UnsafePointer<Float>?, _ worker: Int) {
        let scratch = sums.scratch(worker)
        blocks.pack(block: block, points, count: count, weights: weights, order: order, scratch: scratch)
        if dot == nil { return }
        sums.bounds.findMean(
            of: block, blocks.rows.start + block * size * blocks.stride, stride: blocks.stride,
            count: min(size, count - block * size), weights: blocks.weights.start + block * size, scratch: scratch)
    }

    /// Finds the bounds of all pairs of packed blocks, or what those of parts need.
    func findBounds() {
        if dot == nil { return }
        sums.bounds.packMeans(blockCount)
        if !sums.bounds.holdsAll(blockCount) { return }
        parallelFor(units: blockCount, threads: threads) { worker, block in
            sums.bounds.findMaxima(
                of: block, groups: groups(of: block), blocks: blockCount, scratch: sums.scratch(worker))
        }
    }

    private func groups(of block: Int) -> UnsafePointer<Float> {
        UnsafePointer(blocks.groups.start + block * size * blocks.dimension)
    }

    /// The bounds of the pairs of blocks of two parts, the first of which may be the second.
    ///
    /// - Parameter worker: who will ask for them, and for no others in between.
    func bounds(of first: Range<Int>, and second: Range<Int>, _ worker: Int) -> BlockBounds.Maxima {
        guard let dot else { return .none }
        if sums.bounds.holdsAll(blockCount) { return sums.bounds.maxima(blockCount) }
        return sums.bounds.findMaxima(
            of: first, and: second, groups: groups(of:), below: dot, worker, scratch: sums.scratch(worker),
            cosines: sums.partScratch(worker))
    }

    /// Calls `body` for runs of blocks that have nothing negligible with block `row` between them.
    ///
    /// Blocks with weights, the last one in general, go in runs of their own.
    func forEachRun(
        of columns: Range<Int>, with row: Int, _ maxima: BlockBounds.Maxima, _ worker: Int,
        _ body: (_ run: Range<Int>) -> Void
    ) {
        if columns.isEmpty { return }
        let cosines = sums.partScratch(worker)
        if dot != nil { sums.bounds.meanCosines(columns, row, into: cosines) }
        func isNegligible(_ column: Int) -> Bool {
            guard let dot else { return false }
            return sums.bounds.isNegligible(
                column, row, maxima, meanCosine: cosines[column - columns.lowerBound], below: dot)
        }
        var start = columns.lowerBound
        while start < columns.upperBound {
            if isNegligible(start) {
                start += 1
                continue
            }
            var end = start + 1
            while end < columns.upperBound && blocks.isPlain(end) == blocks.isPlain(start) && !isNegligible(end) {
                end += 1
            }
            body(start..<end)
            start = end
        }
    }
}
