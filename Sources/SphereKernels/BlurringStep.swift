internal import CInstructionSets

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
    let negligible: NegligiblePairs

    /// Floating-point operations below which threads take longer to start than they save: some 50 microseconds of work.
    private static let leastParallelWork = 4e6

    /// The threads that so many points are worth.
    static func threads(_ threads: Int, count: Int, dimension: Int) -> Int {
        3 * Double(count) * Double(count) * Double(dimension + 8) < leastParallelWork ? 1 : threads
    }

    private var size: Int { blocks.blockRows }
    private var blockCount: Int { (count + size - 1) / size }
    private var order: UnsafePointer<Int32>? { negligible.order }

    // MARK: Packing

    /// Packs the points, in their order or in one by clusters, finds the bounds of the blocks, and clears the sums.
    func pack(_ points: MatrixView, _ weights: UnsafePointer<Float>?) {
        nonisolated(unsafe) let weights = weights
        withRows(of: points) { rows in
            negligible.arrange(rows)
            parallelFor(units: blockCount, threads: threads) { worker, block in
                negligible.pack(block: block, rows, weights, worker)
                sums.clear(from: block * size, rows: size)
            }
            negligible.findBounds()
        }
    }

    // MARK: Pairs

    /// Evaluates every pair of blocks once, except negligible ones; returns the share that was.
    func addPairs() -> Double {
        if count == 0 { return 1 }
        sums.clearEvaluated()
        let schedule = SymmetricSums.schedule(blocks: blockCount, blocks)
        schedule.forEachUnit(threads: threads, turns: sums.turns) { worker, first, second in
            flushingSubnormals {
                let (columns, rows) = (schedule.blocks(of: first), schedule.blocks(of: second))
                let bounds = negligible.bounds(of: columns, and: rows, worker)
                for row in rows {
                    if first == second {
                        add(columns.lowerBound..<row, to: row, bounds, worker)
                        addDiagonal(row, worker)
                    } else {
                        add(columns, to: row, bounds, worker)
                    }
                }
            }
        }
        return sums.evaluatedShare(blocks: blockCount)
    }

    /// Adds blocks and another block to each other, except negligible ones.
    private func add(_ columns: Range<Int>, to row: Int, _ bounds: BlockBounds.Maxima, _ worker: Int) {
        negligible.forEachRun(of: columns, with: row, bounds, worker) { columns in
            var run = run(columns: columns.lowerBound, count: columns.count, row, worker)
            kernels.symmetricMeanShift(&run)
            sums.evaluated.start[worker] += columns.count
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
