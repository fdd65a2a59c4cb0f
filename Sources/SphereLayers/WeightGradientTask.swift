internal import SphereKernels

/// The gradient of a convolution's weights: products over the pixels of strips, groups of strips added up in their order.
struct WeightGradientTask: @unchecked Sendable {
    // Sendable: operands are only read; units of work write to ranges that do not overlap.
    let source: UnsafePointer<Float>
    let affine: AffinePointers
    let gradient: UnsafePointer<Float>
    let result: UnsafeMutablePointer<Float>
    let geometry: ConvolutionGeometry
    let accumulates: Bool
    let kernels: LayerKernels

    /// Elements of the sums of all groups.
    private static let mostSums = 1 << 23
    /// Channels of a block at most, where no buffer limits them.
    private static let longestBlock = 512
    /// Channels from which on a tile's elements of neighboring pixels are so far apart that no prefetcher follows.
    private static let wideChannels = 128
    /// Elements that are added up together.
    private static let sumUnit = 4096

    func run(_ workspace: LayerWorkspace, threads: Int) {
        let weightCount = geometry.weightCount
        if geometry.output.pixels == 0 {
            if !accumulates { result.update(repeating: 0, count: weightCount) }
            return
        }
        let channels = geometry.output.channels
        let plan = workspace.plans(.backwardWeights, geometry, isPlain: affine.isNone, kernels)[0]
        let blocks = plan.isDirect ? wideBlocks : plan.blocks
        let parts = blocks.count * plan.channelPieces.count
        // Enough units for many threads, as far as their sums fit.
        let groups = Pieces(
            plan.strips, atMost: max(1, min(16 / parts, Self.mostSums / weightCount)), step: 1)
        let units = groups.count * parts
        let panelSize = plan.longestStrip * ((channels + kernels.lanes - 1) / kernels.lanes * kernels.lanes)
        let sumSize = groups.count == 1 ? 0 : weightCount
        let scratchSize = plan.bufferSize + panelSize
        workspace.withFloats(groups.count * sumSize + min(threads, units) * scratchSize) { memory in
            nonisolated(unsafe) let sums = memory
            nonisolated(unsafe) let scratch = sums + groups.count * sumSize
            parallelFor(units: units, threads: threads) { worker, unit in
                let (group, part) = (unit / parts, unit % parts)
                let buffer = scratch + worker * scratchSize
                let share = Share(
                    strips: groups[group], block: part / plan.channelPieces.count,
                    channels: plan.channelPieces[part % plan.channelPieces.count],
                    sums: sumSize == 0 ? result : sums + group * sumSize, accumulates: sumSize == 0 && accumulates,
                    buffer: buffer, panels: buffer + plan.bufferSize)
                add(plan, blocks[share.block], share)
            }
            if sumSize == 0 { return }
            parallelFor(units: (weightCount + Self.sumUnit - 1) / Self.sumUnit, threads: threads) { _, unit in
                let range = unit * Self.sumUnit..<min(weightCount, (unit + 1) * Self.sumUnit)
                for group in 0..<groups.count {
                    var pixels =
                        (group == 0 && !accumulates
                        ? AffinePointers() : AffinePointers(other: result + range.lowerBound))
                        .source(sums + group * sumSize + range.lowerBound, step: range.count)
                    kernels.affinePixels(&pixels, 1, range.count, result + range.lowerBound, range.count)
                }
            }
        }
    }

    /// What a unit of work adds up: the products of some strips, a block of input channels and some output channels.
    private struct Share {
        let strips: Range<Int>
        let block: Int
        let channels: Range<Int>
        /// Where the gradient of all weights goes.
        let sums: UnsafeMutablePointer<Float>
        let accumulates: Bool
        /// Room for a strip of the source and one of the gradient.
        let buffer, panels: UnsafeMutablePointer<Float>
    }

    private func add(_ plan: GatherPlan, _ block: Range<Int>, _ share: Share) {
        let channels = share.channels
        let (inputs, outputs) = (geometry.input.channels, geometry.output.channels)
        let (height, width) = (geometry.output.height, plan.grid.columns)
        let target = share.sums + block.lowerBound * outputs + channels.lowerBound
        withUnsafeTemporaryAllocation(byteCount: kernels.scratch * 4, alignment: 64) { memory in
            let edge = memory.assumingMemoryBound(to: Float.self).baseAddress!
            plan.withTaps(ofBlock: plan.isDirect ? 0 : share.block) { segments in
                for strip in share.strips {
                    let unit = plan.unit(strip)
                    let view = plan.view(source, unit, block, affine, kernels, share.buffer)
                    let pixels = unit.rows.count * unit.columns.count
                    if plan.isDirect && inputs >= Self.wideChannels {
                        for y in 0..<unit.rows.count {
                            _ = kernels.readAhead(
                                view.start + y * view.rowStep, view.pixelStep, unit.columns.count, block.count)
                        }
                    }
                    for y in unit.rows {
                        let start =
                            gradient
                            + ((unit.map * height + y) * width + unit.columns.lowerBound) * outputs
                        kernels.packPanels(
                            start + channels.lowerBound, outputs, false, channels.count, unit.columns.count,
                            share.panels, pixels, (y - unit.rows.lowerBound) * unit.columns.count)
                    }
                    var run: LayerKernels.WeightGradientRun = (
                        view.start, view.rowStep, view.pixelStep, segments.baseAddress!, segments.count,
                        plan.tapsTogether * block.count, unit.rows.count, unit.columns.count,
                        UnsafePointer(share.panels), pixels, 0, 0, channels.count,
                        target, plan.tapsTogether * inputs * outputs, outputs,
                        share.accumulates || strip != share.strips.lowerBound
                    )
                    kernels.accumulateWeightGradient(&run, edge)
                }
            }
        }
    }

    /// Channels of a source that is read where it lies: its pixels from end to end, of which a strip stays in the second-level cache.
    private var wideBlocks: [Range<Int>] {
        let inputs = geometry.input.channels
        return stride(from: 0, to: inputs, by: Self.longestBlock).map { $0..<min(inputs, $0 + Self.longestBlock) }
    }
}
