internal import SphereKernels

/// Convolutions and the gradients of their inputs: pixels of grids, each gathered from a source through taps.
struct GatherTask: @unchecked Sendable {
    // Sendable: operands are only read; units of work write to ranges of the result that do not overlap.
    let source: UnsafePointer<Float>
    let sourceShape: MapShape
    let affine: AffinePointers
    let plans: [GatherPlan]
    /// The weights as the caller has them: element (tap, c, n), forward; source channels are n if `isTransposed`.
    let weights: UnsafePointer<Float>
    let isTransposed: Bool
    let result: UnsafeMutablePointer<Float>
    let resultShape: MapShape
    let accumulates: Bool
    let bias: UnsafePointer<Float>?
    let rectifies: Bool
    let algorithm: ConvolutionAlgorithm
    let kernels: LayerKernels

    /// Runs on `threads` threads; the moments of the result, if wanted, in `moments`.
    func run(_ workspace: LayerWorkspace, threads: Int, moments: UnsafeMutablePointer<ChannelMoments>? = nil) {
        if resultShape.count == 0 { return }
        if let plan = plans[0].winograd, algorithm == .automatic {
            return run(plan, workspace, threads: threads, moments: moments)
        }
        let packedSize = plans.reduce(0) { $0 + $1.packedSize }
        let bufferSize = plans.reduce(0) { max($0, $1.bufferSize) }
        let units = plans.reduce(0) { $0 + $1.units }
        let momentSize = moments == nil ? 0 : 3 * resultShape.channels
        let strips = plans.reduce(0) { $0 + $1.strips }
        workspace.withFloats(packedSize + min(threads, units) * bufferSize + strips * momentSize) { memory in
            nonisolated(unsafe) let packed = memory
            nonisolated(unsafe) let buffers = memory + packedSize
            nonisolated(unsafe) let sums = buffers + min(threads, units) * bufferSize
            pack(into: packed, threads: threads)
            parallelFor(units: units, threads: threads) { worker, number in
                var unit = number
                var plan = 0
                while unit >= plans[plan].units {
                    unit -= plans[plan].units
                    plan += 1
                }
                multiply(
                    plans[plan], unit, packed: packed, buffer: buffers + worker * bufferSize,
                    moments: momentSize == 0 ? nil : sums)
            }
            if let moments {
                moments.pointee.merge(sums, count: strips) { plans[0].pixels(ofStrip: $0) }
            }
        }
    }

    /// Rearranges the weights into panels, every channel block of every tap on its own.
    private func pack(into packed: UnsafeMutablePointer<Float>, threads: Int) {
        nonisolated(unsafe) let packed = packed
        for plan in plans {
            let (taps, depth) = (plan.grid.taps, plan.depth)
            let stride = isTransposed ? sourceShape.channels : resultShape.channels
            parallelFor(units: taps.count * plan.blocks.count, threads: threads) { _, unit in
                let (block, tap) = (plan.blocks[unit / taps.count], unit % taps.count)
                let start = weights + taps[tap] * sourceShape.channels * resultShape.channels
                if plan.isNarrow {
                    let row = block.lowerBound * taps.count + tap * block.count
                    for n in 0..<resultShape.channels {
                        let to = packed + plan.packedStart + n * depth + row
                        for c in 0..<block.count {
                            let source = block.lowerBound + c
                            to[c] = isTransposed ? start[n * stride + source] : start[source * stride + n]
                        }
                    }
                    return
                }
                kernels.packPanels(
                    isTransposed ? start + block.lowerBound : start + block.lowerBound * stride, stride, isTransposed,
                    resultShape.channels, block.count, packed + plan.packedStart, depth,
                    block.lowerBound * taps.count + tap * block.count)
            }
        }
    }

    /// One strip of pixels of one block of output channels.
    private func multiply(
        _ plan: GatherPlan, _ number: Int, packed: UnsafeMutablePointer<Float>, buffer: UnsafeMutablePointer<Float>,
        moments: UnsafeMutablePointer<Float>?
    ) {
        let unit = plan.unit(number)
        let grid = plan.grid
        let channels = resultShape.channels
        let start =
            result
            + (unit.map * resultShape.height * resultShape.width + grid.start + unit.rows.lowerBound
                * grid.resultRowStep + unit.columns.lowerBound * grid.resultPixelStep) * channels
            + unit.channels.lowerBound
        let (rowStep, pixelStep) = (grid.resultRowStep * channels, grid.resultPixelStep * channels)
        if grid.taps.isEmpty {
            if !accumulates { clear(unit, start, rowStep, pixelStep) }
            return
        }
        if plan.isDirect && unit.channels.count >= GatherPlan.wideChannels {
            kernels.readAhead(start, unit, rowStep: rowStep, pixelStep: pixelStep, channels: unit.channels.count)
        }
        withUnsafeTemporaryAllocation(byteCount: kernels.scratch * 4, alignment: 64) { memory in
            let edge = memory.assumingMemoryBound(to: Float.self).baseAddress!
            for (index, block) in plan.blocks.enumerated() {
                let view = plan.view(source, unit, block, affine, kernels, buffer)
                // One of several blocks is a part of every pixel: read ahead it made convolutions a twentieth slower.
                if plan.isDirect && plan.blocks.count == 1 && block.count >= GatherPlan.wideChannels {
                    kernels.readAhead(
                        view.start, unit, rowStep: view.rowStep, pixelStep: view.pixelStep, channels: block.count)
                }
                plan.withSegments(ofBlock: index) { segments in
                    var first = 0
                    while first < segments.count {
                        let count = min(plan.segmentsTogether, segments.count - first)
                        let isFirst = index == 0 && first == 0
                        let isLast = index == plan.blocks.count - 1 && first + count == segments.count
                        let length = grid.runLength * block.count
                        var run: LayerKernels.ConvolutionRun = (
                            view.start, view.rowStep, view.pixelStep, segments.baseAddress! + first, count, length,
                            unit.rows.count, unit.columns.count,
                            UnsafePointer(packed + plan.packedStart + unit.channels.lowerBound * plan.depth),
                            plan.depth, block.lowerBound * grid.taps.count + first * length, unit.channels.count, start,
                            rowStep, pixelStep, !isFirst || accumulates,
                            isLast ? bias.map { $0 + unit.channels.lowerBound } : nil, isLast && rectifies
                        )
                        if plan.isNarrow {
                            kernels.convolveNarrowStrip(&run)
                        } else {
                            kernels.convolveStrip(&run, edge)
                        }
                        first += count
                    }
                }
            }
        }
        if let moments {
            measure(
                rows: unit.rows.count, columns: unit.columns.count, channels: unit.channels.count, start,
                into: moments + unit.strip * 3 * channels + unit.channels.lowerBound)
        }
    }

    /// Zeros where no tap reaches.
    private func clear(
        _ unit: GatherPlan.Unit, _ start: UnsafeMutablePointer<Float>, _ rowStep: Int, _ pixelStep: Int
    ) {
        for y in 0..<unit.rows.count {
            for x in 0..<unit.columns.count {
                (start + y * rowStep + x * pixelStep).update(repeating: 0, count: unit.channels.count)
            }
        }
    }

    /// Base, sums and sums of squares around it, of some channels of the result's pixels from `start`.
    func measure(
        rows: Int, columns: Int, channels count: Int, _ start: UnsafeMutablePointer<Float>,
        into block: UnsafeMutablePointer<Float>
    ) {
        let channels = resultShape.channels
        let (base, sums, squares) = (block, block + channels, block + 2 * channels)
        kernels.setBase(UnsafePointer(start), step: channels, pixels: columns, channels: count, base, sums)
        for y in 0..<rows {
            kernels.channelSums(
                UnsafePointer(start) + y * plans[0].grid.resultRowStep * channels, channels, columns, count, base, sums,
                squares)
        }
    }
}
