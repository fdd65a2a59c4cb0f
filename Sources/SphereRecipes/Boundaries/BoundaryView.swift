package import SphereData
internal import SphereKernels
package import SphereNetworks
internal import SphereTensor

/// An example as one step of a training sees it: mirrored or not, with other colours.
package struct BoundaryView {
    /// Colours, and the regions of one annotator.
    package let image: LabelledImage
    private let agreement: [UInt8]

    /// An example changed by numbers of `random`: mirrored with probability 1/2; gamma and gains of the channels with probability 0.7
    /// each, in the ranges of ``Augmentation``.
    package init(_ example: BoundaryExample, segmentation: LabelMap, using random: inout TrainingGenerator) {
        var colors = Augmentation()
        colors.border = 0
        // Neither turned nor resized.
        colors.smallestSide = .max
        colors.multiple = 1
        // The marks must follow a mirroring, so it is decided here.
        let mirrored = random.uniform() < colors.flipProbability
        colors.flipProbability = 0
        let view = BoundaryView(example.image, labels: segmentation.labels, mirrored: mirrored)
        image = colors(view.image, using: &random)
        let (width, height) = (example.image.width, example.image.height)
        let marks = example.agreement
        agreement =
            mirrored
            ? (0..<width * height).map { marks[$0 / width * width + width - 1 - $0 % width] }
            : marks
    }

    /// An image as it is or mirrored, with nothing known about its boundaries.
    init(_ image: Image<UInt8>, labels: [Int32]? = nil, mirrored: Bool) {
        let labelled = LabelledImage(
            width: image.width, height: image.height, colors: image.colors,
            labels: labels ?? [Int32](repeating: 0, count: image.width * image.height))
        self.image = mirrored ? labelled.flipped() : labelled
        agreement = []
    }

    /// Targets and weights of the logistic losses, pixel by pixel.
    package func targets(positiveWeight: Float) -> (targets: [Float], weights: [Float]) {
        (agreement.map { $0 > 0 ? 1 : 0 }, agreement.map { $0 > 0 ? positiveWeight * Float($0) / 255 : 1 })
    }

    /// What the trunk sees of an image at `scale` times its size, one pixel at least in each direction.
    static func input(_ image: LabelledImage, scale: Double) -> Tensor {
        let width = max(1, Int((Double(image.width) * scale).rounded()))
        let height = max(1, Int((Double(image.height) * scale).rounded()))
        let resized =
            width == image.width && height == image.height ? image : image.resized(width: width, height: height)
        return VGGTrunk.input(resized.colors, width: width, height: height)
    }
}
