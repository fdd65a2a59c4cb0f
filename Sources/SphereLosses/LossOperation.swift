internal import SphereTensor

/// A loss of a tensor as an operation whose gradient was made together with its value.
///
/// - Parameters:
///   - value: the loss, already multiplied with `scale`.
///   - gradient: of the loss without `scale`; no elements where nobody wants it.
func lossOperation(of input: Tensor, value: Float, scale: Float, gradient: TensorMemory) -> Tensor {
    let total = TensorMemory(count: 1)
    total.withMutableSpan { $0[0] = value }
    return Tensor.operation([input], shape: [], memory: total) { pass in
        let factor = pass.upstream.span[0] * scale
        pass.accumulate(into: 0) { target, accumulates in
            let own = gradient.span
            for i in target.indices { target[i] = (accumulates ? target[i] : 0) + factor * own[i] }
        }
    }
}

extension Tensor {
    /// Memory for the gradient of a loss of this tensor, all 0; no elements where nobody wants it.
    func lossGradient() -> TensorMemory {
        let wantsGradient = requiresGradient && TensorExecution.recordsGradients
        let gradient = TensorMemory(count: wantsGradient ? count : 0)
        gradient.withMutableSpan { span in
            for i in span.indices { span[i] = 0 }
        }
        return gradient
    }
}
