internal import SphereKernels

/// The loops of poolings over maps, rows and runs of outputs.
struct PoolingTask: Sendable {
    /// Elements that a unit of work reads, roughly: they stay in the second-level cache.
    private static let unitElements = 32 * 1024

    let taps: WindowTaps

    init(_ shape: MapShape, _ window: SlidingWindow) { taps = WindowTaps(shape, window) }

    /// Calls `body` with every run of outputs: the map, the step from one output's window to the next one's, the taps of the
    /// first one, their number, the number of outputs, where these go, and how many elements of outputs come before them.
    func forward(
        _ input: Span<Float>, _ output: inout MutableSpan<Float>, _ execution: Execution,
        _ body:
            @Sendable (
                UnsafePointer<Float>, Int, UnsafePointer<Int>, Int, Int, UnsafeMutablePointer<Float>, Int
            ) -> Void
    ) {
        let (taps, shape, window) = (taps, taps.input, taps.window)
        shape.requireCount(input.count, "the input")
        taps.output.requireCount(output.count, "the output")
        if taps.output.count == 0 { return }
        let rowElements = taps.output.width * shape.channels
        let rows = Pieces(
            taps.output.batch * taps.output.height,
            unit: max(1, Self.unitElements / max(1, rowElements * window.verticalStride * window.horizontalStride)))
        withStart(input) { input in
            withStart(&output) { output in
                nonisolated(unsafe) let (input, output) = (input, output)
                parallelFor(units: rows.count, threads: execution.threads) { _, unit in
                    withUnsafeTemporaryAllocation(of: Int.self, capacity: window.height * window.width) { memory in
                        for row in rows[unit] {
                            let (map, p) = (row / taps.output.height, row % taps.output.height)
                            let source = input + map * shape.height * shape.width * shape.channels
                            let start = memory.baseAddress!
                            taps.forEachRun(ofRow: p, start) { run in
                                let offset = row * rowElements + run.columns.lowerBound * shape.channels
                                body(
                                    source, window.horizontalStride * shape.channels, start, run.tapCount,
                                    run.columns.count, output + offset, offset)
                            }
                        }
                    }
                }
            }
        }
    }

    /// Outputs whose gradients go to some rows of the input.
    struct Strip {
        /// From one output's window to the next one's.
        let step: Int
        /// The elements of the first output's window inside the map, from the map's start.
        let taps: UnsafePointer<Int>
        let tapCount: Int
        /// The taps in the rows of the strip.
        let written: Range<Int>
        /// Outputs, and their gradients.
        let count: Int
        let gradient: UnsafePointer<Float>
        /// Elements of outputs before the first one.
        let offset: Int
        /// The gradient of the map.
        let result: UnsafeMutablePointer<Float>
    }

    /// Calls `body` with every run of outputs, for every strip of input rows that its windows reach: each row is written by
    /// one thread, the outputs in their order.
    func backward(
        _ outputGradient: Span<Float>, _ inputGradient: inout MutableSpan<Float>, _ accumulates: Bool,
        _ execution: Execution, _ body: @Sendable (Strip) -> Void
    ) {
        let (taps, shape, window) = (taps, taps.input, taps.window)
        taps.output.requireCount(outputGradient.count, "the gradient of the output")
        shape.requireCount(inputGradient.count, "the gradient of the input")
        if shape.count == 0 { return }
        let rowElements = shape.width * shape.channels
        // Outputs at the seams are looked at twice: strips are longer than windows.
        let pieces = Pieces(shape.height, unit: max(4 * window.verticalExtent, Self.unitElements / rowElements))
        withStart(outputGradient) { gradient in
            withStart(&inputGradient) { result in
                nonisolated(unsafe) let (gradient, result) = (gradient, result)
                parallelFor(units: shape.batch * pieces.count, threads: execution.threads) { _, unit in
                    let (map, rows) = (unit / pieces.count, pieces[unit % pieces.count])
                    let target = result + map * shape.height * rowElements
                    if !accumulates {
                        (target + rows.lowerBound * rowElements).update(repeating: 0, count: rows.count * rowElements)
                    }
                    withUnsafeTemporaryAllocation(of: Int.self, capacity: window.height * window.width) { memory in
                        let start = memory.baseAddress!
                        for p in taps.outputRows(reading: rows) {
                            let inside = taps.windowRows(p)
                            let before = inside.count { taps.inputRow(p, $0) < rows.lowerBound }
                            let within = inside.count { rows.contains(taps.inputRow(p, $0)) }
                            if within == 0 { continue }
                            let row = (map * taps.output.height + p) * taps.output.width
                            taps.forEachRun(ofRow: p, start) { run in
                                if run.width == 0 { return }
                                let offset = (row + run.columns.lowerBound) * shape.channels
                                body(
                                    Strip(
                                        step: window.horizontalStride * shape.channels, taps: start,
                                        tapCount: run.tapCount,
                                        written: before * run.width..<(before + within) * run.width,
                                        count: run.columns.count,
                                        gradient: gradient + offset, offset: offset,
                                        result: target))
                            }
                        }
                    }
                }
            }
        }
    }
}
