internal import SphereKernels
internal import SphereLayers
public import SphereTensor

/// The network that the authors trained on scenes of handwritten digits: pixels of an image to points on the sphere at full
/// resolution.
///
/// A 3 x 3 convolution to 32 channels, four stages of three ``Bottleneck`` blocks (16, 16, 64), (32, 32, 128), (64, 64, 256) and (128, 128, 512), all
/// of stride 1, a 3 x 3 convolution with bias to D channels, and the normalization of every pixel's vector. 1.27 million
/// parameters at D = 3, 5.1 billion multiply-adds for 64 x 64 pixels, receptive field 29 x 29 (released code of Kong and
/// Fowlkes, CVPR 2018, demo 1).
///
/// Batch normalization uses the statistics of the batch at hand, at test time too, as the original does.
public final class ToyDigitNetwork: Layer {
    /// 3 x 3, 3 or, with coordinates, 5 to 32 channels.
    public let stem: NormalizedConvolution
    /// Twelve blocks.
    public let blocks: [Bottleneck]
    /// 3 x 3 with bias, 512 to D channels.
    public let head: ConvolutionLayer

    /// Subtracted from the three channels of an image whose values lie in [0, 1].
    public static let imageMean: [Float] = [0.0717, 0.0820, 0.0715]

    /// Whether the place of a pixel, x and y from -1 to 1, is given to the network as two more channels.
    ///
    /// A convolution sees the same everywhere but near the border, while digits of one class are told apart by their places alone (Liu et
    /// al., "CoordConv", NeurIPS 2018; Novotny et al., "Semi-convolutional operators", ECCV 2018). The original has none.
    public let usesCoordinates: Bool

    /// A network with random weights.
    ///
    /// - Parameters:
    ///   - dimension: D, 3 in the paper.
    ///   - usesCoordinates: see ``usesCoordinates``.
    /// - Precondition: D >= 1.
    public init(dimension: Int = 3, usesCoordinates: Bool = false, seed: UInt64) {
        require(dimension >= 1, "the dimension of an embedding must be 1 or more, found \(dimension)")
        self.usesCoordinates = usesCoordinates
        var random = TrainingGenerator(seed: seed)
        stem = NormalizedConvolution(
            inputChannels: usesCoordinates ? 5 : 3, outputChannels: 32, window: SlidingWindow(3, padding: 1),
            using: &random)
        var blocks: [Bottleneck] = []
        var channels = 32
        for inner in [16, 32, 64, 128] {
            for _ in 0..<3 {
                blocks.append(
                    Bottleneck(
                        inputChannels: channels, innerChannels: inner, outputChannels: 4 * inner, using: &random))
                channels = 4 * inner
            }
        }
        self.blocks = blocks
        head = ConvolutionLayer(
            inputChannels: channels, outputChannels: dimension, window: SlidingWindow(3, padding: 1), hasBias: true,
            using: &random)
    }

    /// D.
    public var dimension: Int { head.weights.shape[3] }

    /// Unit vectors [batch, height, width, D] for images [batch, height, width, 3] less ``imageMean``.
    public func callAsFunction(_ input: Tensor) -> Tensor {
        var maps = stem(usesCoordinates ? Self.withCoordinates(input) : input)
        for block in blocks { maps = block(maps) }
        return head(maps).normalizedRows()
    }

    /// The maps with x and y of every pixel as two more channels.
    private static func withCoordinates(_ input: Tensor) -> Tensor {
        let (height, width) = (input.shape[1], input.shape[2])
        func place(_ index: Int, _ count: Int) -> Float { count < 2 ? 0 : 2 * Float(index) / Float(count - 1) - 1 }
        let one = (0..<height * width).flatMap { [place($0 % width, width), place($0 / width, height)] }
        let all = (0..<input.shape[0]).flatMap { _ in one }
        return Tensor.concatenated([input, Tensor(shape: [input.shape[0], height, width, 2], elements: all)])
    }
}
