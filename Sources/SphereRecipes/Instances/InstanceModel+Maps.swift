internal import SphereKernels
internal import SphereTensor

extension InstanceModel.Maps {
    /// Maps of the given numbers, row by row.
    ///
    /// - Parameters:
    ///   - classScores: with classes, as many for each pixel.
    ///   - offsets: x and y for each pixel.
    /// - Precondition: a score and two offsets for each pixel.
    package init(width: Int, height: Int, scores: [Float], classScores: [Float] = [], offsets: [Float]) {
        require(
            scores.count == width * height && offsets.count == 2 * scores.count,
            "\(scores.count) scores and \(offsets.count) offsets of \(width) x \(height) pixels")
        self.init(
            width: width, height: height, scores: scores, classScores: classScores,
            offsets: Tensor(shape: [scores.count, 2], elements: offsets))
    }
}
