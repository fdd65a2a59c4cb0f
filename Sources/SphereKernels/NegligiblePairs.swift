#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

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
    /// Points within this share of the angle at which kernel values are negligible are near enough to share a cell.
    private static let nearAngleShare = 0.6

    init(
        dot: Float?, _ tiles: MeanShiftPlan.NegligibleTiles, blocks: PackedBlocks, sums: SymmetricSums, count: Int,
        threads: Int
    ) {
        self.blocks = blocks
        self.sums = sums
        self.count = count
        self.threads = threads
        let blockCount = (count + blocks.blockRows - 1) / blocks.blockRows
        let isBounded =
            tiles != .evaluate && blockCount >= Self.fewestBlocks && blockCount <= BlockBounds.mostBlocks
        self.dot = isBounded ? dot : nil
        isOrdered = tiles == .skipInClusterOrder && self.dot != nil
    }

    private var size: Int { blocks.blockRows }
    private var blockCount: Int { (count + size - 1) / size }

    /// Numbers of the rows in the order in which they are packed; `nil`: as they are.
    var order: UnsafePointer<Int32>? { isOrdered ? UnsafePointer(sums.order.rows.start) : nil }

    /// Finds the order of `points`, where there is one.
    func arrange(_ points: RowPointer) {
        guard isOrdered, let dot else { return }
        sums.order.arrange(
            points, count: count, nearCosine: Float(cos(Self.nearAngleShare * acos(Double(dot)))), threads: threads,
            scratch: sums.scratch)
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

    /// Finds the bounds of all pairs of packed blocks.
    func findBounds() {
        if dot == nil { return }
        sums.bounds.packMeans(blockCount)
        parallelFor(units: blockCount, threads: threads) { worker, block in
            sums.bounds.findMaxima(
                of: block, groups: blocks.groups.start + block * size * blocks.dimension, blocks: blockCount,
                scratch: sums.scratch(worker))
        }
    }

    /// Calls `body` for runs of blocks that have nothing negligible with block `row` between them.
    ///
    /// Blocks with weights, the last one in general, go in runs of their own.
    func forEachRun(of columns: Range<Int>, with row: Int, _ worker: Int, _ body: (_ run: Range<Int>) -> Void) {
        if columns.isEmpty { return }
        let cosines = sums.partScratch(worker)
        if dot != nil { sums.bounds.meanCosines(columns, row, into: cosines) }
        func isNegligible(_ column: Int) -> Bool {
            guard let dot else { return false }
            return sums.bounds.isNegligible(
                column, row, of: blockCount, meanCosine: cosines[column - columns.lowerBound], below: dot)
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
