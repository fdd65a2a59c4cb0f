internal import SphereKernels
public import SphereTensor

extension PairLoss {
    /// The loss of the points of several images as an operation, summed over the images.
    ///
    /// - Parameters:
    ///   - points: unit rows along the last dimension. With three dimensions or more the first one counts images, each with groups of its
    ///     own: [batch, height, width, D]; [N, D] is one image.
    ///   - labels: for every image the labels of its points.
    ///   - samples: for every image the points that take part; `nil`: all.
    ///   - scale: what the loss is multiplied with.
    /// - Returns: the sum without dimensions, and every image's value (not multiplied with `scale`).
    /// - Precondition: as many label arrays as images, each with a label for every point, and as many samples, if given.
    /// - Complexity: as ``evaluate(_:labels:on:)`` for each image. The gradient is made together with the value.
    public func callAsFunction(
        _ points: Tensor, labels: [[Int32]], samples: [PairSample]? = nil, scale: Float = 1
    ) -> (loss: Tensor, values: [PairLossValue]) {
        require(
            points.shape.count >= 2 && points.shape.last! >= 1,
            "points need a shape [..., N, D] with D >= 1, found \(points.shape)")
        let dimension = points.shape.last!
        let images = points.shape.count > 2 ? points.shape[0] : 1
        require(labels.count == images, "labels of \(labels.count) images for points of shape \(points.shape)")
        require(
            samples.map { $0.count == images } ?? true,
            "samples of \(samples?.count ?? 0) images for points of shape \(points.shape)")
        let rows = images == 0 ? 0 : points.count / (images * dimension)
        let execution = TensorExecution.current
        let memory = points.memory
        let gradient = points.lossGradient()
        let wantsGradient = gradient.count > 0
        var values: [PairLossValue] = []
        gradient.withMutableSpan { span in
            for image in 0..<images {
                let range = image * rows * dimension..<(image + 1) * rows * dimension
                let view = MatrixView(memory.span.extracting(range), rows: rows, columns: dimension)
                let names = labels[image]
                require(names.count == rows, "\(names.count) labels for the \(rows) points of image \(image)")
                switch (samples?[image], wantsGradient) {
                case (nil, false): values.append(evaluate(view, labels: names.span, on: execution))
                case (let sample?, false):
                    values.append(evaluate(view, labels: names.span, sample: sample, on: execution))
                case (nil, true):
                    var target = MutableMatrixView(
                        span._mutatingExtracting(range), rows: rows, columns: dimension)
                    values.append(
                        evaluate(view, labels: names.span, gradient: &target, on: execution))
                case (let sample?, true):
                    var target = MutableMatrixView(
                        span._mutatingExtracting(range), rows: rows, columns: dimension)
                    values.append(
                        evaluate(view, labels: names.span, sample: sample, gradient: &target, on: execution))
                }
            }
        }
        let total = Float(values.reduce(0) { $0 + $1.total })
        let loss = lossOperation(of: points, value: scale * total, scale: scale, gradient: gradient)
        return (loss, values)
    }
}
