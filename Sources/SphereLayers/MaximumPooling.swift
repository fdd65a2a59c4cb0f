public import SphereKernels

/// The largest element of every window of NHWC maps, channel by channel.
///
///     y[b, p, q, c] = max over i, j of x[b, p strideY - top + i dilationY, q strideX - left + j dilationX, c]
///
/// Padding takes no part; a window of nothing but padding gives -infinity. A window with NaN gives NaN.
public enum MaximumPooling {
    /// The pooled maps.
    ///
    /// - Parameter output: `window.output(of: shape)` elements, overwritten.
    /// - Precondition: the counts match and a window fits.
    /// - Complexity: output elements x elements of the window.
    public static func forward(
        _ input: Span<Float>, shape: MapShape, window: SlidingWindow, into output: inout MutableSpan<Float>,
        on execution: Execution = .default
    ) {
        let kernels = execution.instructionSet.layerKernels
        PoolingTask(shape, window).forward(input, &output, execution) { source, step, taps, tapCount, count, result in
            if tapCount == 0 {
                result.update(repeating: -.infinity, count: count * shape.channels)
                return
            }
            kernels.maximumPixels(
                source, step, taps, tapCount, count, shape.channels, result, shape.channels)
        }
    }

    /// The gradient with respect to the input: that of an output goes to the element it was taken from.
    ///
    /// To the first in the window (row by row) of equal ones; to the last NaN where there is one. The places are found again
    /// from the input: none are stored between the passes.
    ///
    /// - Parameter accumulates: whether it is added to what `inputGradient` holds, which is overwritten otherwise.
    /// - Precondition: the counts match and a window fits.
    /// - Complexity: as ``forward(_:shape:window:into:on:)``.
    public static func backward(
        _ outputGradient: Span<Float>, input: Span<Float>, shape: MapShape, window: SlidingWindow,
        into inputGradient: inout MutableSpan<Float>, accumulates: Bool = false, on execution: Execution = .default
    ) {
        shape.requireCount(input.count, "the input")
        let kernels = execution.instructionSet.layerKernels
        let map = shape.height * shape.width * shape.channels
        withStart(input) { input in
            nonisolated(unsafe) let input = input
            PoolingTask(shape, window).backward(outputGradient, &inputGradient, accumulates, execution) { strip in
                kernels.maximumGradientPixels(
                    input + strip.map * map, strip.step, strip.taps, strip.tapCount,
                    strip.written.lowerBound, strip.written.upperBound, strip.count, shape.channels, strip.gradient,
                    shape.channels, strip.result)
            }
        }
    }
}
