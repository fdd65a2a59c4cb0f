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
    let algorithm: ConvolutionAlgorithm
    let kernels: LayerKernels

    /// Elements of the sums of all groups.
    static let mostSums = 1 << 23
    /// Channels of a block at most, where no buffer limits them.
    private static let longestBlock = 512
    /// Channels of the gradient up to which it is read where it lies; pixels of more compete for few sets of the first-level cache.
    private static let mostInPlaceChannels = 512
    /// Strips of a source that is read where it lies whose sums go together at least, where channels can be shared out instead: a group
    /// writes as many sums as there are weights.
    private static let fewestGroupStrips = 4
    /// Units of work that balance threads well enough.
    private static let enoughUnits = 16
    /// Elements that are added up together.
    private static let sumUnit = 4096

    /// Whether the gradient is read where it lies: whole vectors of it, none of which reaches behind the last pixel.
    private var readsGradientInPlace: Bool {
        let channels = geometry.output.channels
        return channels <= Self.mostInPlaceChannels && channels % kernels.lanes == 0
    }

    func run(_ workspace: LayerWorkspace, threads: Int) {
        if isNarrow { return runNarrow(workspace, threads: threads) }
        let weightCount = geometry.weightCount
        if geometry.output.pixels == 0 {
            if !accumulates { result.update(repeating: 0, count: weightCount) }
            return
        }
        let channels = geometry.output.channels
        let plan = workspace.plans(.backwardWeights, geometry, isPlain: affine.isNone, kernels)[0]
        if let plan = plan.winograd, algorithm == .automatic { return run(plan, workspace, threads: threads) }
        let blockCount = blocks(of: plan).count
        let mostPieces = Self.fewestGroupStrips * Self.enoughUnits / (blockCount * plan.strips)
        let channelPieces =
            plan.isDirect ? Pieces(channels, atMost: max(1, mostPieces), step: 4 * kernels.lanes) : plan.channelPieces
        let parts = blockCount * channelPieces.count
        // Enough units for many threads, as far as their sums fit.
        let groups = Pieces(
            plan.strips, atMost: max(1, min(Self.enoughUnits / parts, Self.mostSums / weightCount)), step: 1)
        let units = groups.count * parts
        let panelSize =
            readsGradientInPlace
            ? 0 : plan.longestStrip * ((channels + kernels.lanes - 1) / kernels.lanes * kernels.lanes)
        let sumSize = groups.count == 1 ? 0 : weightCount
        let scratchSize = plan.bufferSize + panelSize
        workspace.withFloats(groups.count * sumSize + min(threads, units) * scratchSize) { memory in
            nonisolated(unsafe) let sums = memory
            nonisolated(unsafe) let scratch = sums + groups.count * sumSize
            parallelFor(units: units, threads: threads) { worker, unit in
                let (group, part) = (unit / parts, unit % parts)
                let buffer = scratch + worker * scratchSize
                add(
                    plan, strips: groups[group], block: part / channelPieces.count,
                    channels: channelPieces[part % channelPieces.count],
                    into: sumSize == 0 ? result : sums + group * sumSize, accumulates: sumSize == 0 && accumulates,
                    buffer: buffer, panels: buffer + plan.bufferSize)
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

    /// The products of some strips, a block of input channels and some output channels.
    private func add(
        _ plan: GatherPlan, strips: Range<Int>, block index: Int, channels: Range<Int>,
        into sums: UnsafeMutablePointer<Float>, accumulates: Bool, buffer: UnsafeMutablePointer<Float>,
        panels: UnsafeMutablePointer<Float>
    ) {
        let block = blocks(of: plan)[index]
        let (inputs, outputs) = (geometry.input.channels, geometry.output.channels)
        let (height, width) = (plan.isFlat ? 1 : geometry.output.height, plan.grid.columns)
        let target = sums + block.lowerBound * outputs + channels.lowerBound
        let isInPlace = readsGradientInPlace
        withUnsafeTemporaryAllocation(byteCount: kernels.scratch * 4, alignment: 64) { memory in
            let edge = memory.assumingMemoryBound(to: Float.self).baseAddress!
            plan.withTaps(ofBlock: index) { segments in
                for strip in strips {
                    let unit = plan.unit(strip)
                    let view = plan.view(source, unit, block, affine, kernels, buffer)
                    let pixels = unit.rows.count * unit.columns.count
                    if plan.isDirect && inputs >= GatherPlan.wideChannels {
                        kernels.readAhead(
                            view.start, unit, rowStep: view.rowStep, pixelStep: view.pixelStep, channels: block.count)
                    }
                    let first = (unit.map * height + unit.rows.lowerBound) * width + unit.columns.lowerBound
                    let start = gradient + first * outputs + channels.lowerBound
                    if !isInPlace {
                        for y in 0..<unit.rows.count {
                            kernels.packPanels(
                                start + y * width * outputs, outputs, false, channels.count, unit.columns.count, panels,
                                pixels, y * unit.columns.count)
                        }
                    } else if channels.count >= GatherPlan.wideChannels {
                        kernels.readAhead(
                            start, unit, rowStep: width * outputs, pixelStep: outputs, channels: channels.count)
                    }
                    var run: LayerKernels.WeightGradientRun = (
                        view.start, view.rowStep, view.pixelStep, segments.baseAddress!, segments.count,
                        plan.tapsTogether * block.count, unit.rows.count, unit.columns.count,
                        isInPlace ? start : UnsafePointer(panels), isInPlace ? 1 : pixels,
                        isInPlace ? width * outputs : 0, isInPlace ? outputs : 0, channels.count, target,
                        plan.tapsTogether * inputs * outputs, outputs,
                        accumulates || strip != strips.lowerBound
                    )
                    kernels.accumulateWeightGradient(&run, edge)
                }
            }
        }
    }

    /// The plan's blocks of input channels; wider ones of a source that is read where it lies: its pixels from end to end, of which a strip stays in
    /// the second-level cache.
    private func blocks(of plan: GatherPlan) -> [Range<Int>] {
        if !plan.isDirect { return plan.blocks }
        let inputs = geometry.input.channels
        return stride(from: 0, to: inputs, by: Self.longestBlock).map { $0..<min(inputs, $0 + Self.longestBlock) }
    }
}
