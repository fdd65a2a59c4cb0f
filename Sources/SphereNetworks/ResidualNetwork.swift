internal import SphereKernels
internal import SphereLayers
public import SphereTensor

/// A residual network of bottleneck blocks without its classifier: ResNet-50 and ResNet-101 at any width and output stride
/// (He et al., CVPR 2016, table 1).
///
/// A 7 x 7 convolution of stride 2, a 3 x 3 maximum pooling of stride 2, four stages of ``Bottleneck`` blocks. At width 1 ResNet-50
/// has 23.5 million parameters and 2,048 channels at the end.
public final class ResidualNetwork: Layer {
    /// The sizes.
    public let design: ResidualNetworkDesign
    /// 7 x 7, stride 2.
    public let stem: NormalizedConvolution
    /// Four stages of blocks.
    public let stages: [[Bottleneck]]

    /// A network with random weights.
    ///
    /// - Precondition: the ranges that ``ResidualNetworkDesign`` gives.
    public init(_ design: ResidualNetworkDesign, seed: UInt64) {
        design.requireValid()
        self.design = design
        var random = TrainingGenerator(seed: seed)
        var channels = design.stemChannels ?? design.innerChannels(stage: 0)
        stem = NormalizedConvolution(
            inputChannels: design.inputChannels, outputChannels: channels,
            window: SlidingWindow(7, stride: 2, padding: 3), using: &random)
        var stages: [[Bottleneck]] = []
        for (stage, count) in design.blocks.enumerated() {
            let inner = design.innerChannels(stage: stage)
            let (stride, firstDilation, dilation) = design.geometry(stage: stage)
            var blocks: [Bottleneck] = []
            for block in 0..<count {
                blocks.append(
                    Bottleneck(
                        inputChannels: channels, innerChannels: inner, outputChannels: 4 * inner,
                        stride: block == 0 ? stride : 1, dilation: block == 0 ? firstDilation : dilation,
                        stridePlacement: design.stridePlacement, using: &random))
                channels = 4 * inner
            }
            stages.append(blocks)
        }
        self.stages = stages
    }

    /// Channels of the maps of a stage, 0 to 3.
    public func channels(ofStage stage: Int) -> Int { 4 * design.innerChannels(stage: stage) }

    /// The maps of the last stage for images [batch, height, width, channels].
    public func callAsFunction(_ input: Tensor) -> Tensor { maps(input).stages[3] }

    /// The pooled maps of the stem (a quarter of the image's size) and those of all four stages: taps for heads at several
    /// resolutions.
    ///
    /// - Parameter frozen: the first so many of the five parts, stem and stages, note nothing for gradients.
    public func maps(_ input: Tensor, frozen: Int = 0) -> (stem: Tensor, stages: [Tensor]) {
        require((0...1 + stages.count).contains(frozen), "\(frozen) frozen parts of \(1 + stages.count)")
        func run(part: Int, _ body: () -> Tensor) -> Tensor {
            part < frozen ? TensorExecution.withoutGradients(body) : body()
        }
        let pooled = run(part: 0) { stem(input).maximumPooled(window: poolWindow) }
        var maps = pooled
        return (
            pooled,
            stages.enumerated().map { number, blocks in
                maps = run(part: 1 + number) { blocks.reduce(maps) { $1($0) } }
                return maps
            }
        )
    }

    private var poolWindow: SlidingWindow {
        switch design.poolPadding {
        case .around: SlidingWindow(3, stride: 2, padding: 1)
        case .atEnd: SlidingWindow(height: 3, width: 3, verticalStride: 2, horizontalStride: 2, bottom: 1, right: 1)
        }
    }

    /// Makes all batch normalizations use their running averages, or the statistics of the maps at hand.
    public func setStatistics(_ statistics: BatchNormalizationLayer.Statistics) {
        for (_, module) in namedModules {
            (module as? BatchNormalizationLayer)?.statistics = statistics
        }
    }
}
