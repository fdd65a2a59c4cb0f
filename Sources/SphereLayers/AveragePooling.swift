public import SphereKernels

/// The mean of every window of NHWC maps, channel by channel.
///
///     y[b, p, q, c] = 1/n sum over i, j of x[b, p strideY - top + i dilationY, q strideX - left + j dilationX, c]
///
/// n is the number of the window's elements inside the map, or of all of them where padding counts as zeros. A window of
/// nothing but padding gives 0. Sums are in float32, row by row; NaN and infinity spread as IEEE arithmetic has it.
public enum AveragePooling {
    /// The pooled maps.
    ///
    /// - Parameters:
    ///   - countsPadding: whether n is the number of all elements of a window.
    ///   - output: `window.output(of: shape)` elements, overwritten.
    /// - Precondition: the counts match and a window fits.
    /// - Complexity: output elements x elements of the window.
    public static func forward(
        _ input: Span<Float>, shape: MapShape, window: SlidingWindow, countsPadding: Bool = false,
        into output: inout MutableSpan<Float>, on execution: Execution = .default
    ) {
        let kernels = execution.instructionSet.layerKernels
        let all = window.height * window.width
        PoolingTask(shape, window).forward(input, &output, execution) {
            source, step, taps, tapCount, count, result, _ in
            if tapCount == 0 {
                result.update(repeating: 0, count: count * shape.channels)
                return
            }
            kernels.averagePixels(
                source, step, taps, tapCount, count, shape.channels, 1 / Float(countsPadding ? all : tapCount), result,
                shape.channels)
        }
    }

    /// The gradient with respect to the input: that of an output over n to every element of its window.
    ///
    /// - Parameter accumulates: whether it is added to what `inputGradient` holds, which is overwritten otherwise.
    /// - Precondition: the counts match and a window fits.
    /// - Complexity: as ``forward(_:shape:window:countsPadding:into:on:)``.
    public static func backward(
        _ outputGradient: Span<Float>, shape: MapShape, window: SlidingWindow, countsPadding: Bool = false,
        into inputGradient: inout MutableSpan<Float>, accumulates: Bool = false, on execution: Execution = .default
    ) {
        let kernels = execution.instructionSet.layerKernels
        let all = window.height * window.width
        PoolingTask(shape, window).backward(outputGradient, &inputGradient, accumulates, execution) { strip in
            kernels.averageGradientPixels(
                strip.gradient, shape.channels, strip.taps + strip.written.lowerBound, strip.written.count,
                strip.count, shape.channels, 1 / Float(countsPadding ? all : strip.tapCount), strip.result, strip.step)
        }
    }
}
