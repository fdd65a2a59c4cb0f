public import SphereKernels

/// Bilinear resizing of NHWC maps to any size, and its gradient.
///
/// A pixel of the result lies at (v, u) among the pixels of the source and is made of the four around it,
///
///     y = (1 - g) ((1 - f) x[v0, u0] + f x[v0, u0 + 1]) + g ((1 - f) x[v0 + 1, u0] + f x[v0 + 1, u0 + 1])
///
/// with v0 = floor v, g = v - v0, u0 and f likewise; those with the weight 0 are not read. No antialiasing: where maps shrink to less
/// than half, pixels of the source are left out. Positions are evaluated in double, the rest in float32. NaN and infinity
/// spread to the pixels that are made of them (infinity as NaN where products with weights cancel or underflow).
public enum BilinearResize {
    /// Where the pixels of the result lie.
    public enum Alignment: Sendable, Hashable {
        /// Pixels are squares of the same picture: u = (q + 1/2) W / W' - 1/2, kept within [0, W - 1].
        ///
        /// What PyTorch calls `align_corners=False`, and OpenCV's rule.
        case halfPixels
        /// The centres of the corner pixels coincide: u = q (W - 1) / (W' - 1), 0 for W' = 1.
        case corners
    }

    /// The resized maps.
    ///
    /// - Parameters:
    ///   - height: rows of the result.
    ///   - width: columns of the result.
    ///   - output: `shape.batch` x `height` x `width` x `shape.channels` elements, overwritten.
    /// - Precondition: the counts match; maps have pixels unless the result has none.
    /// - Complexity: four multiply-adds per element of the result.
    public static func forward(
        _ input: Span<Float>, shape: MapShape, height: Int, width: Int, alignment: Alignment,
        into output: inout MutableSpan<Float>, on execution: Execution = .default
    ) {
        let result = outputShape(shape, height, width)
        shape.requireCount(input.count, "the input")
        result.requireCount(output.count, "the output")
        if result.count == 0 { return }
        let (rows, columns) = (
            BilinearAxis(from: shape.height, to: height, alignment),
            BilinearAxis(from: shape.width, to: width, alignment)
        )
        let channels = shape.channels
        let (left, right) = (columns.lower.map { $0 * channels }, columns.upper.map { $0 * channels })
        let kernels = execution.instructionSet.layerKernels
        let (sourceRow, resultRow) = (shape.width * channels, width * channels)
        let pieces = Pieces(result.batch * height, unit: max(1, unitElements / resultRow))
        withStart(input) { input in
            withStart(&output) { output in
                nonisolated(unsafe) let (input, output) = (input, output)
                parallelFor(units: pieces.count, threads: execution.threads) { _, unit in
                    for row in pieces[unit] {
                        let (map, y) = (row / height, row % height)
                        let start = input + map * shape.height * sourceRow
                        kernels.bilinearRow(
                            start + rows.lower[y] * sourceRow, start + rows.upper[y] * sourceRow, rows.fractions[y],
                            left, right, columns.fractions, width, channels, output + row * resultRow)
                    }
                }
            }
        }
    }

    /// The gradient with respect to the input: the transpose of ``forward(_:shape:height:width:alignment:into:on:)``.
    ///
    /// - Parameters:
    ///   - outputGradient: of the result of `height` x `width` pixels.
    ///   - shape: of the input.
    ///   - accumulates: whether it is added to what `inputGradient` holds, which is overwritten otherwise.
    /// - Precondition: the counts match; maps have pixels unless the result has none.
    /// - Complexity: three to four multiply-adds per element of the result.
    public static func backward(
        _ outputGradient: Span<Float>, shape: MapShape, height: Int, width: Int, alignment: Alignment,
        into inputGradient: inout MutableSpan<Float>, accumulates: Bool = false, on execution: Execution = .default
    ) {
        let result = outputShape(shape, height, width)
        result.requireCount(outputGradient.count, "the gradient of the output")
        shape.requireCount(inputGradient.count, "the gradient of the input")
        if shape.count == 0 { return }
        let (rows, columns) = (
            BilinearAxis(from: shape.height, to: height, alignment),
            BilinearAxis(from: shape.width, to: width, alignment)
        )
        let channels = shape.channels
        let offsets = columns.targets.map { $0 * channels }
        let kernels = execution.instructionSet.layerKernels
        let (sourceRow, resultRow) = (shape.width * channels, width * channels)
        let pieces = Pieces(shape.batch * shape.height, unit: max(1, unitElements / sourceRow))
        LayerWorkspace().withFloats(min(execution.threads, pieces.count) * resultRow) { memory in
            withStart(outputGradient) { gradient in
                withStart(&inputGradient) { target in
                    nonisolated(unsafe) let (memory, gradient, target) = (memory, gradient, target)
                    parallelFor(units: pieces.count, threads: execution.threads) { worker, unit in
                        // Rows first: they are read from end to end, the sum from the second-level cache.
                        let sum = memory + worker * resultRow
                        for row in pieces[unit] {
                            let (map, y) = (row / shape.height, row % shape.height)
                            let to = target + row * sourceRow
                            let range = rows.starts[y]..<rows.starts[y + 1]
                            if range.isEmpty {
                                if !accumulates { to.update(repeating: 0, count: sourceRow) }
                                continue
                            }
                            let first = gradient + (map * height + rows.targets[range.lowerBound]) * resultRow
                            rows.weights.withUnsafeBufferPointer { weights in
                                kernels.weightedRowSum(
                                    first, resultRow, weights.baseAddress! + range.lowerBound, range.count, resultRow,
                                    sum)
                            }
                            kernels.bilinearGradientRow(
                                sum, columns.starts, offsets, columns.weights, shape.width, channels, to, accumulates)
                        }
                    }
                }
            }
        }
    }

    /// Elements of the rows that go together.
    private static let unitElements = 16 * 1024

    private static func outputShape(_ shape: MapShape, _ height: Int, _ width: Int) -> MapShape {
        let result = MapShape(batch: shape.batch, height: height, width: width, channels: shape.channels)
        require(
            result.count == 0 || shape.height > 0 && shape.width > 0,
            "maps of \(shape.text) cannot be resized to \(height) x \(width) pixels: they have none")
        return result
    }
}
