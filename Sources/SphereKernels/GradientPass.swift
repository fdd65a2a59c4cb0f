internal import CInstructionSets

/// The memory of a gradient beside that of a step: h of every point in the layouts of the points, and partial sums.
final class GradientSums: Sendable {
    let panels: AlignedBuffer<Float>
    let groups: AlignedBuffer<Float>
    let rows: AlignedBuffer<Float>
    /// The products b of h with the mean M.
    let offsets: AlignedBuffer<Float>
    /// Per unit of the schedule: its part of dL/dkappa.
    let exponents: AlignedBuffer<Double>
    /// Per block: its part of dL/deta.
    let steps: AlignedBuffer<Double>
    private let scratch: AlignedBuffer<Float>
    private let workerScratch: Int
    private let kernelScratch: Int

    /// No instruction set has more.
    private static let mostLanes = 16

    init(capacity: Int, _ blocks: PackedBlocks, _ kernels: KernelTable, workers: Int) {
        let count = (capacity + kernels.blockRows - 1) / kernels.blockRows
        let padded = count * kernels.blockRows
        panels = AlignedBuffer(count: padded * blocks.dimension)
        groups = AlignedBuffer(count: padded * blocks.dimension)
        rows = AlignedBuffer(count: padded * blocks.stride)
        offsets = AlignedBuffer(count: padded)
        exponents = AlignedBuffer(count: SymmetricSums.schedule(blocks: max(1, count), blocks).units)
        steps = AlignedBuffer(count: count)
        kernelScratch = max(kernels.gradientScratch, kernels.blockRows * blocks.dimension)
        workerScratch = kernelScratch + Self.mostLanes
        scratch = AlignedBuffer(count: workers * workerScratch)
    }

    func scratch(_ worker: Int) -> UnsafeMutablePointer<Float> { scratch.start + worker * workerScratch }

    /// Room for a number per lane, beside what the kernels use.
    func laneScratch(_ worker: Int) -> UnsafeMutablePointer<Float> { scratch(worker) + kernelScratch }

    /// Takes what the lanes hold, and sets them to zero.
    func takeLanes(_ worker: Int) -> Double {
        let lanes = laneScratch(worker)
        var sum = 0.0
        for lane in 0..<Self.mostLanes {
            sum += Double(lanes[lane])
            lanes[lane] = 0
        }
        return sum
    }
}

/// The gradient of a blurring step, phase by phase; the formulas are those of
/// ``MeanShiftPlan/gradient(of:from:weights:concentration:stepSize:upstream:into:)``.
struct GradientPass: Sendable {
    let blocks: PackedBlocks
    let sums: SymmetricSums
    let own: GradientSums
    let kernels: KernelTable
    /// N.
    let count: Int
    /// kappa / ln 2.
    let scale: Float
    let concentration: Float
    let stepSize: Float
    /// What the kernels' values have to be multiplied with; h takes it up.
    let unit: Float
    let threads: Int
    let negligible: NegligiblePairs

    private var size: Int { blocks.blockRows }
    private var blockCount: Int { (count + size - 1) / size }

    // MARK: Packing

    /// The number of the point that is packed at `place`.
    private func row(at place: Int) -> Int { negligible.order.map { Int($0[place]) } ?? place }

    /// Packs the points and their h, in their order or in one by clusters, finds the bounds of the blocks, and clears the sums.
    func pack(
        _ points: RowPointer, _ weights: UnsafePointer<Float>?, _ step: MeanShiftStep, _ upstream: RowPointer
    ) {
        nonisolated(unsafe) let weights = weights
        let (dimension, stride) = (blocks.dimension, blocks.stride)
        step.shifted.elements.withUnsafeBufferPointer { shifted in
            guard let shiftedStart = shifted.baseAddress else { return }
            nonisolated(unsafe) let shifted = shiftedStart
            negligible.arrange(points)
            parallelFor(units: blockCount, threads: threads) { worker, block in
                negligible.pack(block: block, points, weights, worker)
                sums.clear(from: block * size, rows: size)
                let h = own.scratch(worker)
                own.steps.start[block] = 0
                for i in 0..<size {
                    let place = block * size + i
                    own.offsets.start[place] = 0
                    if place < count {
                        let row = row(at: place)
                        setOperands(
                            at: place, of: row, points.start + row * points.stride, shifted + row * dimension,
                            upstream.start + row * upstream.stride, step, h + i * dimension)
                    }
                }
                let start = block * size
                kernels.packBlock(
                    h, dimension, min(size, count - start), dimension, stride, own.panels.start + start * dimension,
                    own.groups.start + start * dimension, own.rows.start + start * stride)
            }
            negligible.findBounds()
        }
    }

    /// h and b of a point, and its part of dL/deta, in double.
    private func setOperands(
        at place: Int, of row: Int, _ point: UnsafePointer<Float>, _ shifted: UnsafePointer<Float>,
        _ upstream: UnsafePointer<Float>,
        _ step: MeanShiftStep, _ h: UnsafeMutablePointer<Float>
    ) {
        let dimension = blocks.dimension
        let (sum, length, eta) = (Double(step.sums[row]), Double(step.lengths[row]), Double(stepSize))
        guard length > 0, sum > 0 else {
            h.update(repeating: 0, count: dimension)
            return
        }
        var radial = 0.0
        for k in 0..<dimension { radial += Double(shifted[k]) * Double(upstream[k]) }
        let factor = Double(unit) * eta / sum
        var (offset, stepGradient) = (0.0, 0.0)
        for k in 0..<dimension {
            let (x, y) = (Double(point[k]), Double(shifted[k]))
            let du = (Double(upstream[k]) - y * radial) / length
            let mean = (length * y - (1 - eta) * x) / eta
            h[k] = Float(factor * du)
            // Of h as it was rounded, so that h . x_j - b is as exact as its dot product.
            offset += Double(h[k]) * mean
            stepGradient += du * (mean - x)
        }
        own.offsets.start[place] = Float(offset)
        own.steps.start[place / size] += stepGradient
    }

    // MARK: Pairs

    /// Evaluates every pair of blocks once; returns dL/dkappa.
    func addPairs() -> Double {
        sums.clearEvaluated()
        if count == 0 { return 0 }
        let schedule = SymmetricSums.schedule(blocks: blockCount, blocks)
        for worker in 0..<threads { _ = own.takeLanes(worker) }
        schedule.forEachUnit(threads: threads, turns: sums.turns) { worker, first, second in
            var exponents = 0.0
            flushingSubnormals {
                let (columns, rows) = (schedule.blocks(of: first), schedule.blocks(of: second))
                let bounds = negligible.bounds(of: columns, and: rows, worker)
                for row in rows {
                    add(first == second ? columns.lowerBound..<row : columns, to: row, bounds, worker)
                    exponents += own.takeLanes(worker)
                    if first == second {
                        addDiagonal(row, worker)
                        exponents += own.takeLanes(worker) / 2
                    }
                }
            }
            own.exponents.start[schedule.index(first, second)] = exponents
        }
        return (0..<schedule.units).reduce(0) { $0 + own.exponents.start[$1] }
    }

    /// Adds blocks and another block to each other, except negligible ones.
    private func add(_ columns: Range<Int>, to row: Int, _ bounds: BlockBounds.Maxima, _ worker: Int) {
        negligible.forEachRun(of: columns, with: row, bounds, worker) { columns in
            var run = run(columns: columns.lowerBound, count: columns.count, row, worker)
            kernels.symmetricGradient(&run)
            sums.evaluated.start[worker] += columns.count
        }
    }

    private func addDiagonal(_ block: Int, _ worker: Int) {
        var run = run(columns: block, count: 1, block, worker)
        let rows = min(size, count - block * size)
        kernels.diagonalGradient(&run, (rows + kernels.sourceGroup - 1) / kernels.sourceGroup * kernels.sourceGroup)
        sums.evaluated.start[worker] += 1
    }

    private func run(columns: Int, count: Int, _ row: Int, _ worker: Int) -> sphereshift_gradient_run {
        let (dimension, stride) = (blocks.dimension, blocks.stride)
        let (column, first) = (columns * size, row * size)
        let isPlain = blocks.isPlain(columns) && blocks.isPlain(row)
        return sphereshift_gradient_run(
            dimension: dimension, stride: stride, scale: scale, concentration: concentration, blocks: count,
            panels: blocks.panels.start + column * dimension, h_panels: own.panels.start + column * dimension,
            column_points: blocks.rows.start + column * stride, column_h: own.rows.start + column * stride,
            column_offsets: own.offsets.start + column,
            column_weights: isPlain ? nil : blocks.weights.start + column,
            panel_sums: sums.panelSums.start + column * dimension, panel_totals: sums.panelTotals.start + column,
            groups: blocks.groups.start + first * dimension, h_groups: own.groups.start + first * dimension,
            row_points: blocks.rows.start + first * stride, row_h: own.rows.start + first * stride,
            row_offsets: own.offsets.start + first, row_weights: isPlain ? nil : blocks.weights.start + first,
            row_sums: sums.rowSums.start + first * stride, row_totals: sums.rowTotals.start + first,
            exponent_sums: own.laneScratch(worker), scratch: own.scratch(worker))
    }

    /// The share of the tiles that ``addPairs()`` evaluated.
    var evaluatedShare: Double { sums.evaluatedShare(blocks: blockCount) }

    // MARK: Finish

    /// dL/deta.
    func stepSizeGradient() -> Double { (0..<blockCount).reduce(0) { $0 + own.steps.start[$1] } }

    /// Adds the two sides of every point up, and what the step leaves of the point itself.
    func finish(_ step: MeanShiftStep, _ upstream: RowPointer, into gradient: inout MeanShiftGradient) {
        let (dimension, stride, width) = (blocks.dimension, blocks.stride, kernels.panelColumns)
        // Taken out, so that both parts can be borrowed at the same time.
        var matrix = Matrix(rows: 0, columns: 0)
        swap(&matrix, &gradient.points)
        defer { swap(&matrix, &gradient.points) }
        var view = matrix.mutableView
        view.elements.withUnsafeMutableBufferPointer { points in
            gradient.weights.withUnsafeMutableBufferPointer { weights in
                guard let pointsStart = points.baseAddress, let weightsStart = weights.baseAddress else { return }
                nonisolated(unsafe) let (points, weights) = (pointsStart, weightsStart)
                parallelFor(units: (count + width - 1) / width, threads: threads) { _, panel in
                    let first = panel * width
                    let panelSums = sums.panelSums.start + first * dimension
                    for i in 0..<min(width, count - first) {
                        let place = first + i
                        let row = row(at: place)
                        let result = points + row * dimension
                        if step.sums[row].isNaN {
                            result.update(repeating: 0, count: dimension)
                            weights[row] = 0
                            continue
                        }
                        let rowSums = sums.rowSums.start + place * stride
                        for k in 0..<dimension { result[k] = panelSums[k * width + i] + rowSums[k] }
                        weights[row] = sums.panelTotals.start[place] + sums.rowTotals.start[place]
                        addDirect(row, step, upstream.start + row * upstream.stride, to: result)
                    }
                }
            }
        }
    }

    /// (1 - eta) du_i, or the upstream gradient of a point that stayed.
    private func addDirect(
        _ row: Int, _ step: MeanShiftStep, _ upstream: UnsafePointer<Float>, to result: UnsafeMutablePointer<Float>
    ) {
        let dimension = blocks.dimension
        let length = step.lengths[row]
        if length == 0 {
            for k in 0..<dimension { result[k] += upstream[k] }
            return
        }
        if stepSize == 1 { return }
        let shifted = step.shifted.elements
        var radial = 0.0
        for k in 0..<dimension { radial += Double(shifted[row * dimension + k]) * Double(upstream[k]) }
        for k in 0..<dimension {
            let du = (Double(upstream[k]) - Double(shifted[row * dimension + k]) * radial) / Double(length)
            result[k] += Float((1 - Double(stepSize)) * du)
        }
    }
}
