extension MeanShiftPlan {
    /// Moves `targets` (M x D, unit rows) one step towards the points that are set.
    ///
    /// - Parameters:
    ///   - targets: y, M x D.
    ///   - concentration: kappa, 0 to ``largestConcentration``.
    ///   - stepSize: eta in (0, 1]; 1 moves a target to the mean.
    ///   - step: receives the result; its memory is reused.
    /// - Precondition: `step` is of M x D, no target longer than 1.005.
    /// - Complexity: O(M N D) time: 4 M N D floating-point operations and M N exponentials.
    public func shift(
        _ targets: MatrixView, concentration: Float, stepSize: Float = 1, into step: inout MeanShiftStep
    ) {
        requireResult(step, of: targets, stepSize)
        let scale = exponentScale(concentration)
        let (kernels, dimension, blocks, blockCount) = (kernels, dimension, blocks, blockCount)
        let unit = kernelUnit(scale)
        step.withTarget { target in
            forEachPanel(
                targets,
                addBlock: { panel, tile, first, count in
                    kernels.meanShiftPanel(
                        panel.points, blocks.groups.start + first * dimension,
                        blocks.rows.start + first * blocks.stride, blocks.stride,
                        blocks.weights(from: first, blocks: blockCount(count)), count, dimension, scale, tile,
                        panel.sums, panel.totals)
                },
                finish: { panel, run in
                    kernels.finishMeanShiftPanel(
                        run.rows.start, run.rows.stride, run.count, dimension, stepSize, panel.points, panel.sums,
                        panel.totals, panel.lengths, panel.inverses, target.shifted + run.first * dimension, dimension)
                    for i in 0..<run.count {
                        target.sums[run.first + i] = unit * panel.totals[i]
                        target.lengths[run.first + i] = panel.lengths[i]
                    }
                    run.forEachUnusable(kernels) { i in
                        target.leave(run.first + i, at: run.rows.start + i * run.rows.stride)
                    }
                })
        }
    }

    /// Kernel sums at `targets` (M x D, unit rows): `sums[i] = sum over j of w_j exp(kappa (x_j . y_i - 1))`.
    ///
    /// Times C_D(kappa) exp(kappa) (``VonMisesFisher``) and divided by the sum of the weights, this is the kernel density
    /// estimate at y_i.
    ///
    /// - Precondition: `sums` has M elements, the concentration is in 0 to ``largestConcentration``, no target longer than
    ///   1.005.
    /// - Complexity: O(M N D) time: 2 M N D floating-point operations and M N exponentials.
    public func kernelSums(at targets: MatrixView, concentration: Float, into sums: inout MutableSpan<Float>) {
        require(sums.count == targets.rows, "sums of \(targets.rows) targets into \(sums.count) elements")
        let scale = exponentScale(concentration)
        let (kernels, dimension, blocks, blockCount) = (kernels, dimension, blocks, blockCount)
        let unit = kernelUnit(scale)
        sums.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            nonisolated(unsafe) let sums = start
            forEachPanel(
                targets,
                addBlock: { panel, tile, first, count in
                    kernels.kernelSumPanel(
                        panel.points, blocks.groups.start + first * dimension,
                        blocks.weights(from: first, blocks: blockCount(count)), count, dimension, scale, tile,
                        panel.totals)
                },
                finish: { panel, run in
                    for i in 0..<run.count { sums[run.first + i] = unit * panel.totals[i] }
                    run.forEachUnusable(kernels) { i in sums[run.first + i] = .nan }
                })
        }
    }

    /// How many blocks so many consecutive sources reach into, when they start with one.
    var blockCount: @Sendable (Int) -> Int {
        let size = kernels.blockRows
        return { ($0 + size - 1) / size }
    }

    /// Packs the targets in panels, adds every block of sources to every panel, and finishes each panel.
    ///
    /// A unit of work is a few panels: each block of sources is added to all of them while it is in the first- or
    /// second-level cache. Panel by panel, all sources would stream from beyond it for every 48 targets. How many panels go
    /// together has no influence on what is added in which order.
    func forEachPanel(
        _ targets: MatrixView,
        addBlock:
            @Sendable (
                _ panel: PanelScratch, _ tile: UnsafeMutablePointer<Float>, _ first: Int, _ count: Int
            ) -> Void,
        finish: @Sendable (_ panel: PanelScratch, _ run: PointRun) -> Void
    ) {
        require(
            targets.columns == dimension,
            "targets of dimension \(targets.columns) for a plan of dimension \(dimension)")
        let count = targets.rows
        let width = kernels.panelColumns
        let panels = (count + width - 1) / width
        // Enough units that threads finish together: 8 for each.
        let unitPanels = max(1, min(scratch.panelsPerWorker, panels / (8 * execution.threads)))
        let sourceCount = (pointCount + kernels.sourceGroup - 1) / kernels.sourceGroup * kernels.sourceGroup
        let (kernels, dimension, scratch) = (kernels, dimension, scratch)
        withRows(of: targets) { rows in
            parallelFor(units: (panels + unitPanels - 1) / unitPanels, threads: execution.threads) { worker, unit in
                let tile = scratch.tile(worker)
                let members = unit * unitPanels..<min((unit + 1) * unitPanels, panels)
                func run(_ panel: Int) -> PointRun {
                    let first = panel * width
                    return PointRun(rows: rows.advanced(by: first), count: min(width, count - first), first: first)
                }
                func panelScratch(_ panel: Int) -> PanelScratch {
                    scratch.panel(worker, panel - members.lowerBound)
                }
                for panel in members {
                    let (run, target) = (run(panel), panelScratch(panel))
                    kernels.packPanel(run.rows.start, run.rows.stride, run.count, dimension, nil, target.points)
                    target.clear(dimension: dimension, width: width)
                }
                flushingSubnormals {
                    for first in stride(from: 0, to: sourceCount, by: kernels.sourceBlock) {
                        let size = min(kernels.sourceBlock, sourceCount - first)
                        for panel in members { addBlock(panelScratch(panel), tile, first, size) }
                    }
                    for panel in members { finish(panelScratch(panel), run(panel)) }
                }
            }
        }
    }
}
