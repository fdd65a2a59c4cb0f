internal import SphereKernels

/// Few output channels: vectors go over input channels, of which there are many.
///
///     dw[i, j, c, n] = sum over y, x of x[y, x, c] dy[p, q, n], where (p, q) reads (y, x) through (i, j)
///
/// The operands change places: the gradient of the output is gathered through the taps of the input's gradient, and the input is what the
/// vectors come from. Of vectors over 3 output channels most lanes would be empty.
extension WeightGradientTask {
    /// Groups of strips whose sums are kept apart: units of work.
    private static let narrowGroups = 16

    /// Whether there are few output channels, whole vectors of input channels, and taps that are the same for all pixels.
    var isNarrow: Bool {
        let (inputs, outputs, window) = (geometry.input.channels, geometry.output.channels, geometry.window)
        return outputs <= kernels.narrowChannels && inputs % kernels.lanes == 0 && inputs >= kernels.panelColumns
            && window.verticalStride == 1 && window.horizontalStride == 1 && geometry.output.pixels > 0
            && geometry.input.pixels > 0
    }

    func runNarrow(_ workspace: LayerWorkspace, threads: Int) {
        let plan = workspace.plans(.backwardInput, geometry, isPlain: true, kernels)[0]
        let weightCount = geometry.weightCount
        let groups = Pieces(plan.strips, atMost: Self.narrowGroups, step: 1)
        let panelSize = plan.longestStrip * kernels.panelColumns
        let scratchSize = plan.bufferSize + panelSize
        workspace.withFloats(groups.count * weightCount + min(threads, groups.count) * scratchSize) { memory in
            nonisolated(unsafe) let sums = memory
            nonisolated(unsafe) let scratch = sums + groups.count * weightCount
            parallelFor(units: groups.count, threads: threads) { worker, group in
                let buffer = scratch + worker * scratchSize
                for strip in groups[group] {
                    addNarrow(
                        plan, plan.unit(strip), into: sums + group * weightCount,
                        accumulates: strip > groups[group].lowerBound, buffer: buffer, panel: buffer + plan.bufferSize)
                }
            }
            let (inputs, outputs) = (geometry.input.channels, geometry.output.channels)
            for (row, tap) in plan.grid.taps.enumerated() {
                for n in 0..<outputs {
                    for c in 0..<inputs {
                        let at = (tap * inputs + c) * outputs + n
                        var sum = accumulates ? result[at] : 0
                        for group in 0..<groups.count {
                            sum += sums[group * weightCount + (row * outputs + n) * inputs + c]
                        }
                        result[at] = sum
                    }
                }
            }
        }
    }

    /// The products of a strip, rows of (tap, output channel) with an element for every input channel.
    private func addNarrow(
        _ plan: GatherPlan, _ unit: GatherPlan.Unit, into sums: UnsafeMutablePointer<Float>, accumulates: Bool,
        buffer: UnsafeMutablePointer<Float>, panel: UnsafeMutablePointer<Float>
    ) {
        let (inputs, outputs) = (geometry.input.channels, geometry.output.channels)
        let rowPixels = plan.grid.resultRowStep
        let first = (unit.map * geometry.input.height + unit.rows.lowerBound) * rowPixels + unit.columns.lowerBound
        let columns = unit.columns.count
        let view = plan.view(gradient, unit, 0..<outputs, .none, kernels, buffer)
        for y in 0..<unit.rows.count {
            _ = kernels.readAhead(source + (first + y * rowPixels) * inputs, inputs, columns, inputs)
        }
        withUnsafeTemporaryAllocation(byteCount: kernels.scratch * 4, alignment: 64) { memory in
            let edge = memory.assumingMemoryBound(to: Float.self).baseAddress!
            plan.withTaps(ofBlock: 0) { segments in
                for channel in stride(from: 0, to: inputs, by: kernels.panelColumns) {
                    let width = min(kernels.panelColumns, inputs - channel)
                    for y in 0..<unit.rows.count {
                        var pixels = affine.source(
                            source + (first + y * rowPixels) * inputs + channel, step: inputs, channel: channel)
                        kernels.affinePixels(&pixels, columns, width, panel + y * columns * width, width)
                    }
                    var run: LayerKernels.WeightGradientRun = (
                        view.start, view.rowStep, view.pixelStep, segments.baseAddress!, segments.count,
                        plan.tapsTogether * outputs, unit.rows.count, columns, UnsafePointer(panel), 1,
                        columns * width, width, width, sums + channel, plan.tapsTogether * outputs * inputs, inputs,
                        accumulates
                    )
                    kernels.accumulateWeightGradient(&run, edge)
                }
            }
        }
    }
}
