internal import SphereKernels

/// The sizes of a ``ResidualNetwork`` of bottleneck blocks.
public struct ResidualNetworkDesign: Sendable, Hashable {
    /// Where the zeros around a map lie that the pooling behind the stem needs at even sizes.
    public enum PoolPadding: Sendable, Hashable {
        /// One row and column on every side (PyTorch, Caffe with odd sizes).
        case around
        /// One row and column at the bottom and on the right (TensorFlow's SAME).
        case atEnd
    }

    /// Blocks of the four stages.
    public var blocks: [Int]
    /// What numbers of channels are multiplied with, and rounded: 64 for the stem, 64, 128, 256, 512 inside the blocks, four times
    /// those out of them.
    public var width: Double
    /// Channels of the stem; `nil`: 64 times the width.
    public var stemChannels: Int?
    /// Pixels of the image for one of the last map: 4, 8, 16 or 32.
    ///
    /// Stages whose stride would lead beyond it have none: their convolutions are dilated instead, by a factor of 2 for each stride
    /// left out, from the second block on (the first one with the factor of the stage before). So every pixel that the network with
    /// stride 32 computes has the same value, and there are those between (Chen et al., "DeepLab", PAMI 2018, section 3.1).
    public var outputStride: Int
    /// Which convolution of a stage's first block has the stride.
    public var stridePlacement: Bottleneck.StridePlacement
    /// The padding of the pooling.
    public var poolPadding: PoolPadding
    /// Channels of an image.
    public var inputChannels: Int

    /// A design; the defaults are those of PyTorch's models.
    ///
    /// A network is made of designs with four stages of 1 block or more, a width that leaves a channel everywhere, an output stride of
    /// 4, 8, 16 or 32, and 1 channel or more.
    public init(
        blocks: [Int], width: Double = 1, stemChannels: Int? = nil, outputStride: Int = 32,
        stridePlacement: Bottleneck.StridePlacement = .spatial, poolPadding: PoolPadding = .around,
        inputChannels: Int = 3
    ) {
        self.blocks = blocks
        self.width = width
        self.stemChannels = stemChannels
        self.outputStride = outputStride
        self.stridePlacement = stridePlacement
        self.poolPadding = poolPadding
        self.inputChannels = inputChannels
    }

    /// ResNet-50: 3, 4, 6 and 3 blocks.
    public static let resNet50 = ResidualNetworkDesign(blocks: [3, 4, 6, 3])
    /// ResNet-101: 3, 4, 23 and 3 blocks.
    public static let resNet101 = ResidualNetworkDesign(blocks: [3, 4, 23, 3])

    /// Channels inside the blocks of a stage.
    func innerChannels(stage: Int) -> Int { Int((Double(64 << stage) * width).rounded()) }

    /// Stride and dilation of the first block of a stage, and dilation of the others.
    func geometry(stage: Int) -> (stride: Int, firstDilation: Int, dilation: Int) {
        var (reached, stride, dilation, before) = (4, 1, 1, 1)
        for _ in 0..<stage {
            before = dilation
            if reached < outputStride {
                (reached, stride) = (2 * reached, 2)
            } else {
                (dilation, stride) = (2 * dilation, 1)
            }
        }
        return (stride, before, dilation)
    }

    func requireValid() {
        require(
            blocks.count == 4 && blocks.allSatisfy { $0 >= 1 }, "blocks \(blocks): four stages of 1 block or more each")
        require(
            width.isFinite && innerChannels(stage: 0) >= 1, "a width of \(width) leaves no channels of the blocks' 64")
        require(stemChannels ?? 1 >= 1, "a stem of \(stemChannels ?? 1) channels")
        require(
            [4, 8, 16, 32].contains(outputStride), "an output stride of \(outputStride): must be 4, 8, 16 or 32")
        require(inputChannels >= 1, "images of \(inputChannels) channels")
    }
}
