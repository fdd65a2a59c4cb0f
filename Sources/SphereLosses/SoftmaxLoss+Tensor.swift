internal import SphereKernels
public import SphereTensor

extension SoftmaxLoss {
    /// The loss as an operation, a scalar; see ``evaluate(_:labels:on:)``.
    ///
    /// - Parameters:
    ///   - scores: of K classes along the last dimension, such as maps [batch, height, width, K].
    ///   - labels: of the pixels of all maps, one map after the other.
    ///   - scale: what the loss is multiplied with.
    /// - Precondition: at least one dimension; a label for every pixel.
    public func callAsFunction(_ scores: Tensor, labels: [Int32], scale: Float = 1) -> Tensor {
        require(!scores.shape.isEmpty, "the softmax of a tensor without dimensions")
        let (rows, classes) = (labels.count, scores.shape.last!)
        require(rows * classes == scores.count, "\(rows) labels for scores of shape \(scores.shape)")
        let (memory, gradient) = (scores.memory, scores.lossGradient())
        let execution = TensorExecution.current
        let view = MatrixView(memory.span, rows: rows, columns: classes)
        var value = 0.0
        if gradient.count == 0 {
            value = evaluate(view, labels: labels.span, on: execution)
        } else {
            gradient.withMutableSpan { span in
                var target = MutableMatrixView(
                    span._mutatingExtracting(0..<rows * classes), rows: rows, columns: classes)
                value = evaluate(view, labels: labels.span, gradient: &target, on: execution)
            }
        }
        return lossOperation(of: scores, value: scale * Float(value), scale: scale, gradient: gradient)
    }
}
