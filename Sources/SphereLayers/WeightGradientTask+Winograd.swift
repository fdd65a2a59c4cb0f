internal import SphereKernels

// The adjoint of minimal filtering, see Sources/KernelSource/WinogradTile.swift: 16 products over tiles of 2 x 2 pixels instead of 36.
extension WeightGradientTask {
    /// Runs on `threads` threads; groups of units have sums of their own, added up in their order.
    func run(_ plan: WinogradPlan, _ workspace: LayerWorkspace, threads: Int) {
        let positions = WinogradPlan.positions
        let (inputs, outputs) = (geometry.input.channels, geometry.output.channels)
        let count = inputs * outputs
        let groups = Pieces(plan.units, atMost: max(1, min(16, Self.mostSums / (positions * count))), step: 1)
        let tileSize = positions * plan.mostTiles * (inputs + outputs)
        let scratchSize = plan.copySize + tileSize
        let sumSize = positions * count
        workspace.withFloats(groups.count * sumSize + min(threads, groups.count) * scratchSize) { memory in
            nonisolated(unsafe) let sums = memory
            nonisolated(unsafe) let scratch = sums + groups.count * sumSize
            parallelFor(units: groups.count, threads: threads) { worker, group in
                let copy = scratch + worker * scratchSize
                let tiles = copy + plan.copySize
                let gradients = tiles + positions * plan.mostTiles * inputs
                for number in groups[group] {
                    let unit = plan.unit(number)
                    plan.transform(source, geometry.input, affine, unit, kernels, by: copy, into: tiles)
                    transformGradient(plan, unit, into: gradients)
                    addProducts(
                        plan, unit, tiles, gradients, into: sums + group * sumSize,
                        accumulates: number != groups[group].lowerBound)
                }
            }
            let pieces = Pieces(count / kernels.lanes, atMost: 16, step: 1)
            parallelFor(units: pieces.count, threads: threads) { _, number in
                let first = pieces[number].lowerBound * kernels.lanes
                kernels.winogradWeightGradient(
                    UnsafePointer(sums) + first, count, sumSize, groups.count, pieces[number].count * kernels.lanes,
                    result + first, accumulates)
            }
        }
    }

    /// The transform of a unit's gradient.
    private func transformGradient(
        _ plan: WinogradPlan, _ unit: WinogradPlan.Unit, into gradients: UnsafeMutablePointer<Float>
    ) {
        let shape = geometry.output
        let (outputs, rowStep) = (shape.channels, shape.width * shape.channels)
        let first = (unit.map * shape.height + unit.rows.lowerBound) * shape.width + unit.columns.lowerBound
        let row = plan.row(ofPixels: rowStep, outputs, unit)
        for tileRow in 0..<plan.tileRows(of: unit) {
            let y = WinogradPlan.pixel(ofTile: tileRow, dilation: plan.dilationY)
            kernels.winogradGradient(
                gradient + first * outputs + y * rowStep, row, unit.columns.count, y + plan.dilationY < unit.rows.count,
                gradients + tileRow * row.tiles * outputs)
        }
    }

    /// For each position input channels x tiles times tiles x output channels.
    private func addProducts(
        _ plan: WinogradPlan, _ unit: WinogradPlan.Unit, _ tiles: UnsafePointer<Float>,
        _ gradients: UnsafePointer<Float>, into sums: UnsafeMutablePointer<Float>, accumulates: Bool
    ) {
        let (inputs, outputs) = (geometry.input.channels, geometry.output.channels)
        let count = plan.tileRows(of: unit) * plan.tileColumns(of: unit)
        withUnsafeTemporaryAllocation(byteCount: kernels.scratch * 4, alignment: 64) { memory in
            let edge = memory.assumingMemoryBound(to: Float.self).baseAddress!
            withUnsafePointer(to: 0) { segment in
                for position in 0..<WinogradPlan.positions {
                    var run: LayerKernels.WeightGradientRun = (
                        tiles + position * plan.mostTiles * inputs, 0, inputs, segment, 1, inputs, 1, count,
                        gradients + position * plan.mostTiles * outputs, 1, 0, outputs, outputs,
                        sums + position * inputs * outputs, 0, outputs, accumulates
                    )
                    kernels.accumulateWeightGradient(&run, edge)
                }
            }
        }
    }
}
