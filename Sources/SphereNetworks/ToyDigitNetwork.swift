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
    /// 3 x 3, 3 to 32 channels.
    public let stem: NormalizedConvolution
    /// Twelve blocks.
    public let blocks: [Bottleneck]
    /// 3 x 3 with bias, 512 to D channels.
    public let head: ConvolutionLayer

    /// Subtracted from the three channels of an image whose values lie in [0, 1].
    public static let imageMean: [Float] = [0.0717, 0.0820, 0.0715]

    /// A network with random weights.
    ///
    /// - Parameter dimension: D, 3 in the paper.
    /// - Precondition: D >= 1.
    public init(dimension: Int = 3, seed: UInt64) {
        require(dimension >= 1, "the dimension of an embedding must be 1 or more, found \(dimension)")
        var random = WeightGenerator(seed: seed)
        stem = NormalizedConvolution(
            inputChannels: 3, outputChannels: 32, window: SlidingWindow(3, padding: 1), using: &random)
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
        var maps = stem(input)
        for block in blocks { maps = block(maps) }
        return head(maps).normalizedRows()
    }
}
