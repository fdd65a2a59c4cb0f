internal import CInstructionSets

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// One step of blurring mean shift, phase by phase.
struct BlurringStep: Sendable {
    let blocks: PackedBlocks
    let sums: SymmetricSums
    let kernels: KernelTable
    /// N.
    let count: Int
    /// kappa / ln 2.
    let scale: Float
    let threads: Int
    /// See ``BlockBounds/negligibleDot(concentration:weight:)``; `nil` where every tile is evaluated.
    let negligibleDot: Float?
    private let isOrdered: Bool

    /// Blocks from which on it pays to look for negligible pairs.
    private static let fewestBoundedBlocks = 16
    /// Points within this share of the angle at which kernel values are negligible are near enough to share a cell.
    private static let nearAngleShare = 0.6
    /// Floating-point operations below which threads take longer to start than they save: some 50 microseconds of work.
    private static let leastParallelWork = 4e6

    init(
        blocks: PackedBlocks, sums: SymmetricSums, kernels: KernelTable, count: Int, scale: Float, threads: Int,
        negligibleDot: Float?, isOrdered: Bool
    ) {
        self.blocks = blocks
        self.sums = sums
        self.kernels = kernels
        self.count = count
        self.scale = scale
        let work = 3 * Double(count) * Double(count) * Double(blocks.dimension + 8)
        self.threads = work < Self.leastParallelWork ? 1 : threads
        let blockCount = (count + blocks.blockRows - 1) / blocks.blockRows
        let isBounded = blockCount >= Self.fewestBoundedBlocks && blockCount <= BlockBounds.mostBlocks
        self.negligibleDot = isBounded ? negligibleDot : nil
        self.isOrdered = isOrdered && self.negligibleDot != nil
    }

    private var size: Int { blocks.blockRows }
    private var blockCount: Int { (count + size - 1) / size }
    private var order: UnsafePointer<Int32>? { isOrdered ? UnsafePointer(sums.order.rows.start) : nil }

    // MARK: Packing

    /// Packs the points, in their order or in one by clusters, finds the bounds of the blocks, and clears the sums.
    func pack(_ points: MatrixView, _ weights: UnsafePointer<Float>?) {
        nonisolated(unsafe) let weights = weights
        withRows(of: points) { rows in
            if isOrdered, let negligibleDot {
                sums.order.arrange(
                    rows, count: count, nearCosine: Float(cos(Self.nearAngleShare * acos(Double(negligibleDot)))),
                    threads: threads,
                    scratch: sums.scratch)
            }
            parallelFor(units: blockCount, threads: threads) { worker, block in
                let scratch = sums.scratch(worker)
                blocks.pack(block: block, rows, count: count, weights: weights, order: order, scratch: scratch)
                sums.clear(from: block * size, rows: size)
                if negligibleDot != nil {
                    sums.bounds.findMean(
                        of: block, blocks.rows.start + block * size * blocks.stride, stride: blocks.stride,
                        count: min(size, count - block * size), weights: blocks.weights.start + block * size,
                        scratch: scratch)
                }
            }
            if negligibleDot == nil { return }
            sums.bounds.packMeans(blockCount)
            parallelFor(units: blockCount, threads: threads) { worker, block in
                sums.bounds.findMaxima(
                    of: block, groups: blocks.groups.start + block * size * blocks.dimension, blocks: blockCount,
                    scratch: sums.scratch(worker))
            }
        }
    }

    // MARK: Pairs

    /// Evaluates every pair of blocks once, except negligible ones; returns the share that was.
    func addPairs() -> Double {
        if count == 0 { return 1 }
        for worker in 0..<threads { sums.evaluated.start[worker] = 0 }
        let schedule = SymmetricSums.schedule(blocks: blockCount, blocks)
        schedule.forEachUnit(threads: threads, turns: sums.turns) { worker, first, second in
            flushingSubnormals {
                let columns = schedule.blocks(of: first)
                for row in schedule.blocks(of: second) {
                    if first == second {
                        add(columns.lowerBound..<row, to: row, worker)
                        addDiagonal(row, worker)
                    } else {
                        add(columns, to: row, worker)
                    }
                }
            }
        }
        let evaluated = (0..<threads).reduce(0) { $0 + sums.evaluated.start[$1] }
        return Double(evaluated) / Double(blockCount * (blockCount + 1) / 2)
    }

    /// Adds blocks and another block to each other, in runs that have nothing negligible between them.
    private func add(_ columns: Range<Int>, to row: Int, _ worker: Int) {
        if columns.isEmpty { return }
        let cosines = sums.partScratch(worker)
        if negligibleDot != nil { sums.bounds.meanCosines(columns, row, into: cosines) }
        func isNegligible(_ column: Int) -> Bool {
            guard let negligibleDot else { return false }
            return sums.bounds.isNegligible(
                column, row, of: blockCount, meanCosine: cosines[column - columns.lowerBound], below: negligibleDot)
        }
        var start = columns.lowerBound
        while start < columns.upperBound {
            if isNegligible(start) {
                start += 1
                continue
            }
            // Blocks with weights, the last one in general, go in runs of their own.
            var end = start + 1
            while end < columns.upperBound && blocks.isPlain(end) == blocks.isPlain(start) && !isNegligible(end) {
                end += 1
            }
            var run = run(columns: start, count: end - start, row, worker)
            kernels.symmetricMeanShift(&run)
            sums.evaluated.start[worker] += end - start
            start = end
        }
    }

    private func addDiagonal(_ block: Int, _ worker: Int) {
        var run = run(columns: block, count: 1, block, worker)
        let rows = min(size, count - block * size)
        kernels.diagonalMeanShift(&run, (rows + kernels.sourceGroup - 1) / kernels.sourceGroup * kernels.sourceGroup)
        sums.evaluated.start[worker] += 1
    }

    private func run(columns: Int, count: Int, _ row: Int, _ worker: Int) -> sphereshift_symmetric_run {
        let (dimension, stride) = (blocks.dimension, blocks.stride)
        let (column, first) = (columns * size, row * size)
        let isPlain = blocks.isPlain(columns) && blocks.isPlain(row)
        return sphereshift_symmetric_run(
            dimension: dimension, stride: stride, scale: scale, blocks: count,
            panels: blocks.panels.start + column * dimension, column_points: blocks.rows.start + column * stride,
            column_weights: isPlain ? nil : blocks.weights.start + column,
            panel_sums: sums.panelSums.start + column * dimension, panel_totals: sums.panelTotals.start + column,
            groups: blocks.groups.start + first * dimension, row_points: blocks.rows.start + first * stride,
            row_weights: isPlain ? nil : blocks.weights.start + first,
            row_sums: sums.rowSums.start + first * stride, row_totals: sums.rowTotals.start + first,
            scratch: sums.scratch(worker))
    }

    // MARK: Finish

    /// Adds the two sides of every point up and moves it.
    func finish(_ points: MatrixView, _ stepSize: Float, _ unit: Float, into step: inout MeanShiftStep) {
        step.withTarget { target in
            parallelFor(units: blockCount, threads: threads) { worker, block in
                finish(block, stepSize, unit, target, scratch: sums.scratch(worker))
            }
            if blocks.hasUnusable(in: blockCount) {
                withRows(of: points) { rows in
                    PointRun(rows: rows, count: count, first: 0).forEachUnusable(kernels) { i in
                        target.leave(i, at: rows.start + i * rows.stride)
                    }
                }
            }
        }
    }

    private func finish(
        _ block: Int, _ stepSize: Float, _ unit: Float, _ target: StepTarget, scratch: UnsafeMutablePointer<Float>
    ) {
        let (dimension, stride, width) = (blocks.dimension, blocks.stride, kernels.panelColumns)
        let (lengths, inverses, moved) = (scratch, scratch + width, scratch + 2 * size)
        for first in Swift.stride(from: block * size, to: min((block + 1) * size, count), by: width) {
            let members = min(width, count - first)
            let panelSums = sums.panelSums.start + first * dimension
            let panelTotals = sums.panelTotals.start + first
            kernels.addRowsToPanel(sums.rowSums.start + first * stride, stride, members, dimension, panelSums)
            for i in 0..<members { panelTotals[i] += sums.rowTotals.start[first + i] }
            kernels.finishMeanShiftPanel(
                blocks.rows.start + first * stride, stride, members, dimension, stepSize,
                blocks.panels.start + first * dimension, panelSums, panelTotals, lengths, inverses,
                order == nil ? target.shifted + first * dimension : moved, dimension)
            for i in 0..<members {
                let row = order.map { Int($0[first + i]) } ?? first + i
                target.sums[row] = unit * panelTotals[i]
                target.lengths[row] = lengths[i]
                if order != nil {
                    (target.shifted + row * dimension).update(from: moved + i * dimension, count: dimension)
                }
            }
        }
    }
}
