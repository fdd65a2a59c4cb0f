internal import SphereKernels
public import SphereTensor

extension SphericalMeanLoss {
    /// The loss of the points of several images as an operation, summed over the images.
    ///
    /// - Parameters:
    ///   - points: unit rows along the last dimension. With three dimensions or more the first one counts images, each with groups of its
    ///     own: [batch, height, width, D]; [N, D] is one image.
    ///   - labels: for every image the labels of its points.
    ///   - scale: what the loss is multiplied with.
    /// - Returns: the sum without dimensions, and every image's value (not multiplied with `scale`).
    /// - Precondition: as many label arrays as images, each with a label for every point.
    public func callAsFunction(
        _ points: Tensor, labels: [[Int32]], scale: Float = 1
    ) -> (loss: Tensor, values: [SphericalMeanLossValue]) {
        require(
            points.shape.count >= 2 && points.shape.last! >= 1,
            "points need a shape [..., N, D] with D >= 1, found \(points.shape)")
        let dimension = points.shape.last!
        let images = points.shape.count > 2 ? points.shape[0] : 1
        require(labels.count == images, "labels of \(labels.count) images for points of shape \(points.shape)")
        let rows = images == 0 ? 0 : points.count / (images * dimension)
        let (memory, gradient) = (points.memory, points.lossGradient())
        var values: [SphericalMeanLossValue] = []
        gradient.withMutableSpan { span in
            for image in 0..<images {
                let range = image * rows * dimension..<(image + 1) * rows * dimension
                let view = MatrixView(memory.span.extracting(range), rows: rows, columns: dimension)
                let names = labels[image]
                if span.isEmpty {
                    values.append(evaluate(view, labels: names.span))
                } else {
                    var target = MutableMatrixView(span._mutatingExtracting(range), rows: rows, columns: dimension)
                    values.append(evaluate(view, labels: names.span, gradient: &target))
                }
            }
        }
        let total = scale * Float(values.reduce(0) { $0 + $1.total })
        return (lossOperation(of: points, value: total, scale: scale, gradient: gradient), values)
    }
}
