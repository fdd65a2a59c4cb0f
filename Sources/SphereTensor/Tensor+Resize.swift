public import SphereLayers

extension Tensor {
    /// Maps [batch, height, width, channels] resized to `height` x `width` pixels, bilinearly.
    ///
    /// See ``BilinearResize``.
    ///
    /// - Precondition: four dimensions; maps have pixels unless the result has none.
    public func resized(height: Int, width: Int, alignment: BilinearResize.Alignment = .halfPixels) -> Tensor {
        let input = mapShape
        let execution = TensorExecution.current
        let (source, result) = (memory, TensorMemory(count: input.batch * height * width * input.channels))
        result.withMutableSpan {
            BilinearResize.forward(
                source.span, shape: input, height: height, width: width, alignment: alignment, into: &$0,
                on: execution)
        }
        let shape = [input.batch, height, width, input.channels]
        return Tensor.operation([self], shape: shape, memory: result) { pass in
            let upstream = pass.upstream
            pass.accumulate(into: 0) { gradient, accumulates in
                BilinearResize.backward(
                    upstream.span, shape: input, height: height, width: width, alignment: alignment, into: &gradient,
                    accumulates: accumulates, on: execution)
            }
        }
    }
}
