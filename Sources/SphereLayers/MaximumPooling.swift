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
        PoolingTask(shape, window).forward(input, &output, execution) {
            source, step, taps, tapCount, count, result, _ in
            if tapCount == 0 {
                result.update(repeating: -.infinity, count: count * shape.channels)
                return
            }
            kernels.maximumPixels(
                source, step, taps, tapCount, count, shape.channels, result, shape.channels)
        }
    }

    /// The pooled maps, and where their elements were taken from, which the gradient needs.
    ///
    /// - Parameters:
    ///   - output: `window.output(of: shape)` elements, overwritten.
    ///   - places: as many, overwritten: numbers of elements of a window inside the map, row by row from 0; of equal ones the first, or
    ///     the last NaN where there is one. 0 for a window of nothing but padding.
    /// - Precondition: the counts match and a window fits.
    /// - Complexity: output elements x elements of the window.
    public static func forward(
        _ input: Span<Float>, shape: MapShape, window: SlidingWindow, into output: inout MutableSpan<Float>,
        places: inout MutableSpan<Int32>, on execution: Execution = .default
    ) {
        require(places.count == output.count, "\(places.count) places for \(output.count) elements")
        let kernels = execution.instructionSet.layerKernels
        let task = PoolingTask(shape, window)
        places.withUnsafeMutableBufferPointer { places in
            nonisolated(unsafe) let places = places.baseAddress ?? UnsafeMutablePointer(bitPattern: 64)!
            task.forward(input, &output, execution) { source, step, taps, tapCount, count, result, offset in
                if tapCount == 0 {
                    result.update(repeating: -.infinity, count: count * shape.channels)
                    (places + offset).update(repeating: 0, count: count * shape.channels)
                    return
                }
                kernels.maximumPlacePixels(
                    source, step, taps, tapCount, count, shape.channels, result, places + offset, shape.channels)
            }
        }
    }

    /// The gradient with respect to the input: that of an output goes to the element it was taken from.
    ///
    /// - Parameters:
    ///   - places: those of ``forward(_:shape:window:into:places:on:)``. Numbers of no element of their window add nothing.
    ///   - accumulates: whether it is added to what `inputGradient` holds, which is overwritten otherwise.
    /// - Precondition: the counts match and a window fits.
    /// - Complexity: output elements x elements of the window.
    public static func backward(
        _ outputGradient: Span<Float>, places: Span<Int32>, shape: MapShape, window: SlidingWindow,
        into inputGradient: inout MutableSpan<Float>, accumulates: Bool = false, on execution: Execution = .default
    ) {
        require(
            places.count == outputGradient.count, "\(places.count) places for \(outputGradient.count) gradients")
        let kernels = execution.instructionSet.layerKernels
        let task = PoolingTask(shape, window)
        places.withUnsafeBufferPointer { places in
            nonisolated(unsafe) let places = places.baseAddress ?? UnsafePointer(bitPattern: 64)!
            task.backward(outputGradient, &inputGradient, accumulates, execution) { strip in
                kernels.maximumGradientPixels(
                    places + strip.offset, strip.gradient, shape.channels, strip.taps, strip.written.lowerBound,
                    strip.written.upperBound, strip.count, shape.channels, strip.result, strip.step)
            }
        }
    }
}
