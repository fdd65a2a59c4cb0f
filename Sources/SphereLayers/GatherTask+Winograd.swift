internal import SphereKernels

// Minimal filtering, see Sources/KernelSource/WinogradTile.swift.
extension GatherTask {
    /// Runs by 16 products for four outputs and channel instead of 36.
    func run(
        _ plan: WinogradPlan, _ workspace: LayerWorkspace, threads: Int, moments: UnsafeMutablePointer<ChannelMoments>?
    ) {
        let positions = WinogradPlan.positions
        let (inputs, outputs) = (sourceShape.channels, resultShape.channels)
        let weightCount = inputs * outputs
        let unitSize = plan.copySize + positions * plan.mostTiles * (inputs + outputs)
        let workers = min(threads, plan.units)
        let momentSize = moments == nil ? 0 : 3 * outputs
        // The transformed weights wait for the packing where the units work afterwards.
        let shared = max(positions * weightCount, workers * unitSize)
        workspace.withFloats(positions * weightCount + shared + plan.units * momentSize) { memory in
            nonisolated(unsafe) let packed = memory
            nonisolated(unsafe) let work = packed + positions * weightCount
            nonisolated(unsafe) let sums = work + shared
            packTransformed(plan, by: work, into: packed, threads: threads)
            parallelFor(units: plan.units, threads: threads) { worker, number in
                let unit = plan.unit(number)
                let copy = work + worker * unitSize
                let tiles = copy + plan.copySize
                let products = tiles + positions * plan.mostTiles * inputs
                plan.transform(source, sourceShape, affine, unit, kernels, by: copy, into: tiles)
                multiplyTiles(plan, unit, tiles, packed, into: products)
                transformResult(plan, unit, products)
                if momentSize != 0 {
                    measure(
                        rows: unit.rows.count, columns: unit.columns.count, channels: outputs, start(of: unit),
                        into: sums + number * momentSize)
                }
            }
            if let moments {
                moments.pointee.merge(sums, count: plan.units) {
                    plan.unit($0).rows.count * plan.unit($0).columns.count
                }
            }
        }
    }

    /// The transformed weights, packed into panels, position by position.
    private func packTransformed(
        _ plan: WinogradPlan, by memory: UnsafeMutablePointer<Float>, into packed: UnsafeMutablePointer<Float>,
        threads: Int
    ) {
        nonisolated(unsafe) let memory = memory
        nonisolated(unsafe) let packed = packed
        let (inputs, outputs) = (sourceShape.channels, resultShape.channels)
        let count = inputs * outputs
        let pieces = Pieces(count / kernels.lanes, atMost: 16, step: 1)
        parallelFor(units: pieces.count, threads: threads) { _, number in
            let first = pieces[number].lowerBound * kernels.lanes
            plan.tapStarts.withUnsafeBufferPointer {
                kernels.winogradWeights(
                    weights + first, $0.baseAddress!, pieces[number].count * kernels.lanes, memory + first, count)
            }
        }
        parallelFor(units: WinogradPlan.positions, threads: threads) { _, position in
            kernels.packPanels(
                UnsafePointer(memory) + position * count, isTransposed ? inputs : outputs, isTransposed, outputs,
                inputs, packed + position * count, inputs, 0)
        }
    }

    /// For each position tiles x source channels times source channels x result channels.
    private func multiplyTiles(
        _ plan: WinogradPlan, _ unit: WinogradPlan.Unit, _ tiles: UnsafePointer<Float>, _ packed: UnsafePointer<Float>,
        into products: UnsafeMutablePointer<Float>
    ) {
        let (inputs, outputs) = (sourceShape.channels, resultShape.channels)
        let count = plan.tileRows(of: unit) * plan.tileColumns(of: unit)
        let depths = Pieces(inputs, atMost: (inputs + GatherPlan.longestDepth - 1) / GatherPlan.longestDepth, step: 1)
        withUnsafeTemporaryAllocation(byteCount: kernels.scratch * 4, alignment: 64) { memory in
            let edge = memory.assumingMemoryBound(to: Float.self).baseAddress!
            withUnsafePointer(to: 0) { segment in
                for position in 0..<WinogradPlan.positions {
                    for piece in 0..<depths.count {
                        let depth = depths[piece]
                        var run: LayerKernels.ConvolutionRun = (
                            tiles + position * plan.mostTiles * inputs + depth.lowerBound, 0, inputs, segment, 1,
                            depth.count, 1, count, packed + position * inputs * outputs, inputs, depth.lowerBound,
                            outputs, products + position * plan.mostTiles * outputs, 0, outputs, piece > 0, nil, false
                        )
                        kernels.convolveStrip(&run, edge)
                    }
                }
            }
        }
    }

    /// From products to pixels of the result.
    private func transformResult(
        _ plan: WinogradPlan, _ unit: WinogradPlan.Unit, _ products: UnsafePointer<Float>
    ) {
        let outputs = resultShape.channels
        let rowStep = resultShape.width * outputs
        let row = plan.row(ofPixels: rowStep, outputs, unit)
        for tileRow in 0..<plan.tileRows(of: unit) {
            let y = WinogradPlan.pixel(ofTile: tileRow, dilation: plan.dilationY)
            var epilogue: LayerKernels.WinogradEpilogue = (
                unit.columns.count, y + plan.dilationY < unit.rows.count, accumulates, bias, rectifies
            )
            kernels.winogradResult(
                products + tileRow * row.tiles * outputs, row, &epilogue, start(of: unit) + y * rowStep)
        }
    }

    /// Where a unit's first pixel is in the result.
    private func start(of unit: WinogradPlan.Unit) -> UnsafeMutablePointer<Float> {
        let (height, width) = (resultShape.height, resultShape.width)
        let pixel = (unit.map * height + unit.rows.lowerBound) * width + unit.columns.lowerBound
        return result + pixel * resultShape.channels
    }
}
