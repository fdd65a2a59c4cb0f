public import SphereLayers

extension Tensor {
    /// The largest element of every window of maps [batch, height, width, channels], channel by channel.
    ///
    /// See ``MaximumPooling``. The gradient goes to the element that was the largest, whose place is kept from the forward pass.
    ///
    /// - Precondition: four dimensions, and a window fits.
    public func maximumPooled(window: SlidingWindow) -> Tensor {
        let input = mapShape
        let output = window.output(of: input)
        let execution = TensorExecution.current
        let (source, result) = (memory, TensorMemory(count: output.count))
        guard requiresGradient && TensorExecution.recordsGradients else {
            result.withMutableSpan {
                MaximumPooling.forward(source.span, shape: input, window: window, into: &$0, on: execution)
            }
            return Tensor(shape: output.sizes, memory: result)
        }
        let places = [Int32](unsafeUninitializedCapacity: output.count) { buffer, count in
            var places = MutableSpan(_unsafeElements: buffer)
            result.withMutableSpan {
                MaximumPooling.forward(
                    source.span, shape: input, window: window, into: &$0, places: &places, on: execution)
            }
            count = output.count
        }
        return Tensor.operation([self], shape: output.sizes, memory: result) { pass in
            let upstream = pass.upstream
            pass.accumulate(into: 0) { gradient, accumulates in
                MaximumPooling.backward(
                    upstream.span, places: places.span, shape: input, window: window, into: &gradient,
                    accumulates: accumulates, on: execution)
            }
        }
    }

    /// The mean of every window of maps [batch, height, width, channels], channel by channel.
    ///
    /// See ``AveragePooling``.
    ///
    /// - Parameter countsPadding: whether padding counts as zeros; otherwise it takes no part.
    /// - Precondition: four dimensions, and a window fits.
    public func averagePooled(window: SlidingWindow, countsPadding: Bool = false) -> Tensor {
        let input = mapShape
        let output = window.output(of: input)
        let execution = TensorExecution.current
        let (source, result) = (memory, TensorMemory(count: output.count))
        result.withMutableSpan {
            AveragePooling.forward(
                source.span, shape: input, window: window, countsPadding: countsPadding, into: &$0, on: execution)
        }
        return Tensor.operation([self], shape: output.sizes, memory: result) { pass in
            let upstream = pass.upstream
            pass.accumulate(into: 0) { gradient, accumulates in
                AveragePooling.backward(
                    upstream.span, shape: input, window: window, countsPadding: countsPadding, into: &gradient,
                    accumulates: accumulates, on: execution)
            }
        }
    }

    /// The mean of every channel over all pixels of a map, [batch, channels].
    ///
    /// - Precondition: four dimensions, and maps have pixels.
    public func averagedOverPixels() -> Tensor {
        let input = mapShape
        return averagePooled(window: SlidingWindow(height: input.height, width: input.width))
            .reshaped(input.batch, input.channels)
    }
}
