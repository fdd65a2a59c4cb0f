internal import SphereKernels
internal import SphereLayers

extension Tensor {
    /// Every row, a vector x along the last dimension, times a matrix: `y = x W + b`.
    ///
    /// Evaluated as a 1 x 1 convolution, a packed matrix product; what reads a batch normalization does so through its scale and
    /// shift. Gradients with respect to the rows, the weights and the bias.
    ///
    /// - Parameters:
    ///   - weights: [columns, results].
    ///   - bias: [results]; `nil`: 0.
    /// - Returns: as many rows of [results].
    /// - Precondition: at least one dimension, and the shapes match.
    /// - Complexity: rows x columns x results multiply-adds, and twice that for the gradients.
    public func linearlyTransformed(by weights: Tensor, bias: Tensor? = nil) -> Tensor {
        require(
            weights.shape.count == 2 && weights.shape.first == shape.last,
            "rows of a tensor of shape \(shape) times a matrix of shape \(weights.shape)")
        let (columns, results) = (weights.shape[0], weights.shape[1])
        let rows = Array(shape.dropLast()).elementCount
        return reshaped(1, 1, rows, columns)
            .convolved(with: weights.reshaped(1, 1, columns, results), bias: bias, window: SlidingWindow(1))
            .reshaped(to: Array(shape.dropLast()) + [results])
    }
}
