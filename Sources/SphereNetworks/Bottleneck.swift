internal import SphereLayers
public import SphereTensor

/// A residual block of three convolutions, 1 x 1, 3 x 3 and 1 x 1 (He et al., CVPR 2016, figure 5).
///
/// The sum of the third, which has no rectifier of its own, and the shortcut is rectified. The shortcut is the input, or a
/// normalized 1 x 1 convolution of it where channels or stride change.
public final class Bottleneck: Layer {
    /// Which convolution of a block has its stride.
    public enum StridePlacement: Sendable, Hashable {
        /// The 3 x 3 one: no pixel goes unread (the version 1.5 of NVIDIA and torchvision).
        case spatial
        /// The first 1 x 1 one: cheaper (He et al. and their released weights).
        case reduction
    }

    /// 1 x 1, to the inner channels, perhaps with the stride of the block.
    public let reduction: NormalizedConvolution
    /// 3 x 3, with the dilation and perhaps the stride of the block.
    public let spatial: NormalizedConvolution
    /// 1 x 1, to the output channels.
    public let expansion: NormalizedConvolution
    /// `nil`: the input as it is.
    public let projection: NormalizedConvolution?

    /// A block of `inputChannels` to `outputChannels` channels by way of `innerChannels`.
    ///
    /// - Precondition: channels, stride and dilation are 1 or more.
    public init(
        inputChannels: Int, innerChannels: Int, outputChannels: Int, stride: Int = 1, dilation: Int = 1,
        stridePlacement: StridePlacement = .spatial, using random: inout TrainingGenerator
    ) {
        let (first, second) = stridePlacement == .reduction ? (stride, 1) : (1, stride)
        reduction = NormalizedConvolution(
            inputChannels: inputChannels, outputChannels: innerChannels, window: SlidingWindow(1, stride: first),
            using: &random)
        spatial = NormalizedConvolution(
            inputChannels: innerChannels, outputChannels: innerChannels,
            window: SlidingWindow(3, stride: second, padding: dilation, dilation: dilation), using: &random)
        expansion = NormalizedConvolution(
            inputChannels: innerChannels, outputChannels: outputChannels, window: SlidingWindow(1), using: &random)
        projection =
            inputChannels == outputChannels && stride == 1
            ? nil
            : NormalizedConvolution(
                inputChannels: inputChannels, outputChannels: outputChannels,
                window: SlidingWindow(1, stride: stride), rectifies: false, using: &random)
    }

    /// The block's output for maps [batch, height, width, input channels].
    public func callAsFunction(_ input: Tensor) -> Tensor {
        let shortcut = projection.map { $0(input) } ?? input
        return expansion(spatial(reduction(input)), adding: shortcut)
    }
}
