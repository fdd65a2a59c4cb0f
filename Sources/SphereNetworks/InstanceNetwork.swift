internal import SphereKernels
internal import SphereLayers
public import SphereTensor

/// A compact encoder-decoder for objects in pictures: for every pixel a score that it belongs to an object, and the offset to that object's place.
///
/// Five levels, each of half the size of the one before, of w, 2w, 4w, 6w and 8w channels: two normalized and rectified 3 x 3 convolutions
/// on the way down, after a maximum pooling; on the way up a 1 x 1 convolution of the coarser level, resized bilinearly, is added to one
/// of the level's own maps before a 3 x 3 convolution (a U-Net, Ronneberger et al., MICCAI 2015, with sums for concatenations, as
/// in feature pyramids, Lin et al., CVPR 2017: the convolutions at full size, which cost most, have half as many inputs). The receptive field
/// reaches ``margin`` pixels, several of the objects that the recipes work on at their scale. With w = 16 there are 0.6 million parameters and 22,000
/// multiply-adds for each pixel.
///
/// In training the batch normalizations use the batch; ``setStatistics(_:)`` switches them to running averages, with which the output for a pixel
/// does not depend on what is beyond ``margin``.
public final class InstanceNetwork: Module {
    /// Channels of the pictures.
    public let inputChannels: Int
    /// w.
    public let width: Int
    /// Two convolutions for each level, from fine to coarse.
    public let encoder: [[NormalizedConvolution]]
    /// 1 x 1, from each level but the finest to the channels of the next finer one.
    public let ascents: [NormalizedConvolution]
    /// 1 x 1, of each level but the coarsest, to which the coarser level is added.
    public let laterals: [NormalizedConvolution]
    /// 3 x 3, for each level but the coarsest.
    public let decoder: [NormalizedConvolution]
    /// 1 x 1, w to 1 channel: the score.
    public let scoreHead: ConvolutionLayer
    /// 1 x 1, w to 2 channels: x and y of the offset in parts of ``offsetScale``.
    public let offsetHead: ConvolutionLayer

    /// Channels of the levels in parts of w.
    private static let multiples = [1, 2, 4, 6, 8]
    /// Sides of pictures must be multiples of this.
    public static let sideMultiple = 1 << (multiples.count - 1)
    /// Pixels beyond this distance, a multiple of ``sideMultiple``, play no part in the output for a pixel.
    ///
    /// 107, rounded up: two convolutions on the way down, one on the way up and the resizing reach one or two pixels of a level each, and a pixel of
    /// the coarsest level is 16.
    public static let margin = 112
    /// Pixels of an offset of 1: outputs of a network are of the order of 1.
    public static let offsetScale: Float = 8

    /// A network with random weights.
    ///
    /// - Precondition: `inputChannels` and `width` are 1 or more.
    public init(inputChannels: Int, width: Int = 16, seed: UInt64) {
        require(
            inputChannels >= 1 && width >= 1, "a network of \(inputChannels) input channels and width \(width)")
        self.inputChannels = inputChannels
        self.width = width
        var random = TrainingGenerator(seed: seed)
        func convolution(_ size: Int, _ inputs: Int, _ outputs: Int, rectifies: Bool = true) -> NormalizedConvolution {
            NormalizedConvolution(
                inputChannels: inputs, outputChannels: outputs, window: SlidingWindow(size, padding: size / 2),
                rectifies: rectifies, using: &random)
        }
        let channels = Self.multiples.map { $0 * width }
        encoder = channels.indices.map { level in
            let inputs = level == 0 ? inputChannels : channels[level - 1]
            return [convolution(3, inputs, channels[level]), convolution(3, channels[level], channels[level])]
        }
        let finer = channels.dropLast()
        ascents = finer.indices.map { convolution(1, channels[$0 + 1], channels[$0], rectifies: false) }
        laterals = finer.map { convolution(1, $0, $0) }
        decoder = finer.map { convolution(3, $0, $0) }
        scoreHead = ConvolutionLayer(
            inputChannels: width, outputChannels: 1, window: SlidingWindow(1), hasBias: true, using: &random)
        offsetHead = ConvolutionLayer(
            inputChannels: width, outputChannels: 2, window: SlidingWindow(1), hasBias: true,
            standardDeviation: 0.05, using: &random)
    }

    /// For pictures [batch, height, width, channels] the scores, logits [batch, height, width, 1], and the offsets in pixels [batch, height, width,
    /// 2], x first.
    ///
    /// - Precondition: sides are multiples of ``sideMultiple``.
    public func callAsFunction(_ input: Tensor) -> (scores: Tensor, offsets: Tensor) {
        require(
            input.shape.count == 4 && input.shape[1] % Self.sideMultiple == 0 && input.shape[2] % Self.sideMultiple == 0
                && input.shape[3] == inputChannels,
            "pictures of shape \(input.shape): sides must be multiples of \(Self.sideMultiple), channels \(inputChannels)"
        )
        var levels: [Tensor] = []
        for (level, convolutions) in encoder.enumerated() {
            var maps = level == 0 ? input : levels[level - 1].maximumPooled(window: SlidingWindow(2, stride: 2))
            for convolution in convolutions { maps = convolution(maps) }
            levels.append(maps)
        }
        var maps = levels.removeLast()
        for level in levels.indices.reversed() {
            let shape = levels[level].shape
            let coarse = ascents[level](maps).resized(height: shape[1], width: shape[2])
            maps = decoder[level](laterals[level](levels[level], adding: coarse))
        }
        return (scoreHead(maps), Self.offsetScale * offsetHead(maps))
    }

    /// Makes all batch normalizations use their running averages, or the statistics of the maps at hand.
    public func setStatistics(_ statistics: BatchNormalizationLayer.Statistics) {
        for (_, module) in namedModules {
            (module as? BatchNormalizationLayer)?.statistics = statistics
        }
    }
}
