internal import SphereKernels
internal import SphereLayers
public import SphereTensor

/// For every pixel of a picture a score that it belongs to an object, or scores of what it belongs to, and the offset to that object's place.
///
/// A ``Trunk`` gives maps of several levels, each of half the size of the one before. On the way up a 1 x 1 convolution of the coarser level, resized
/// bilinearly, is added to one of the level's own maps before a 3 x 3 convolution (a U-Net, Ronneberger et al., MICCAI 2015, with sums
/// for concatenations, as in feature pyramids, Lin et al., CVPR 2017: the convolutions at full size, which cost most, have half as many
/// inputs). The receptive field reaches `Trunk.margin` pixels.
///
/// In training the batch normalizations use the batch, but for those of a residual trunk; ``setStatistics(_:)`` switches them to running averages, with
/// which the output for a pixel does not depend on what is beyond the margin.
public final class InstanceNetwork: Module {
    /// Where the maps of the levels come from.
    public enum Trunk: String, Sendable, Hashable, CaseIterable {
        /// Five levels from the size of the picture on, of w, 2w, 4w, 6w and 8w channels: two normalized and rectified 3 x 3 convolutions each, after
        /// a maximum pooling. With w = 16 there are 0.6 million parameters and 22,000 multiply-adds for each pixel.
        case encoder
        /// ResNet-50 of half the width, four levels from a quarter of the picture's size on; the way up has w, 2w and 3w channels. 5.9 million
        /// parameters, made for weights that were trained on photographs; 21,000 multiply-adds for each pixel and, with w = 32, 3,000 on the way up.
        case residual

        /// Sides of pictures must be multiples of this.
        public var sideMultiple: Int { self == .encoder ? 16 : 32 }
        /// Pixels beyond this distance, a multiple of ``sideMultiple``, play no part in the output for a pixel.
        ///
        /// Encoder: 107, rounded up: two convolutions on the way down, one on the way up and the resizing reach one or two pixels of a level each, and
        /// a pixel of the coarsest level is 16. ResNet-50's last stage sees 241 pixels to each side, the way up adds three resizings and
        /// convolutions: 4, 8 and 16 pixels twice, and 32.
        public var margin: Int { self == .encoder ? 112 : 352 }
        /// Pixels of the picture for one of the finest level, from which the output is resized to the picture's size.
        public var outputStride: Int { self == .encoder ? 1 : 4 }
    }

    /// What comes before the way up.
    public let trunk: Trunk
    /// Channels of the pictures; 3 for a residual trunk.
    public let inputChannels: Int
    /// w.
    public let width: Int
    /// Two convolutions for each level, from fine to coarse; none with a residual trunk.
    public let encoder: [[NormalizedConvolution]]
    /// The trunk, if it is residual.
    public let residual: ResidualNetwork?
    /// 1 x 1, from each level but the finest to the channels of the next finer one.
    public let ascents: [NormalizedConvolution]
    /// 1 x 1, of each level but the coarsest, to which the coarser level is added.
    public let laterals: [NormalizedConvolution]
    /// 3 x 3, for each level but the coarsest.
    public let decoder: [NormalizedConvolution]
    /// 1 x 1, w channels to the scores.
    public let scoreHead: ConvolutionLayer
    /// 1 x 1, w to 2 channels: x and y of the offset in parts of ``offsetScale``.
    public let offsetHead: ConvolutionLayer
    /// Stages of a residual trunk, counted from the last, that are trained; see ``train(stages:rate:)``.
    public private(set) var trainedStages = 0

    /// Channels of the encoder's levels in parts of w.
    private static let multiples = [1, 2, 4, 6, 8]

    /// The weights of the largest 3 x 3 convolution of width `width`: 9 (8w)^2 of an encoder, 9 (3w)^2 on the way up from a residual trunk.
    ///
    /// A file with fewer elements is none of such a network, which need not be made to find that out.
    public static func leastParameterCount(width: Int, trunk: Trunk) -> Int {
        let channels = (trunk == .encoder ? multiples.last! : 3) * width
        return 9 * channels * channels
    }

    /// Pixels of an offset of 1: outputs of a network are of the order of 1.
    public static let offsetScale: Float = 8

    /// A network with random weights; those of a residual trunk are not trained unless ``train(stages:rate:)`` says so.
    ///
    /// - Parameter scoreCount: scores for each pixel.
    /// - Precondition: `inputChannels`, `width` and `scoreCount` are 1 or more; three input channels for a residual trunk.
    public init(
        inputChannels: Int, width: Int = 16, trunk: Trunk = .encoder, scoreCount: Int = 1, seed: UInt64
    ) {
        require(
            inputChannels >= 1 && width >= 1 && scoreCount >= 1,
            "a network of \(inputChannels) input channels, width \(width) and \(scoreCount) scores")
        require(
            trunk == .encoder || inputChannels == 3, "\(inputChannels) input channels: a residual trunk has 3")
        self.trunk = trunk
        self.inputChannels = inputChannels
        self.width = width
        var random = TrainingGenerator(seed: seed)
        func convolution(_ size: Int, _ inputs: Int, _ outputs: Int, rectifies: Bool = true) -> NormalizedConvolution {
            NormalizedConvolution(
                inputChannels: inputs, outputChannels: outputs, window: SlidingWindow(size, padding: size / 2),
                rectifies: rectifies, using: &random)
        }
        // Channels of the trunk's levels, and on the way up.
        let levels: [Int]
        let finer: [Int]
        switch trunk {
        case .encoder:
            levels = Self.multiples.map { $0 * width }
            finer = Array(levels.dropLast())
            residual = nil
            encoder = levels.indices.map { level in
                let inputs = level == 0 ? inputChannels : levels[level - 1]
                return [convolution(3, inputs, levels[level]), convolution(3, levels[level], levels[level])]
            }
        case .residual:
            let network = ResidualNetwork(Self.residualDesign, seed: seed ^ 0x74_7275_6e6b)
            network.setStatistics(.running)
            for parameter in network.parameters { parameter.isTrainable = false }
            residual = network
            encoder = []
            levels = network.stages.indices.map { network.channels(ofStage: $0) }
            finer = Self.multiples.indices.prefix(levels.count - 1).map { ($0 + 1) * width }
        }
        ascents = finer.indices.map {
            convolution(1, $0 + 1 < finer.count ? finer[$0 + 1] : levels[$0 + 1], finer[$0], rectifies: false)
        }
        laterals = finer.indices.map { convolution(1, levels[$0], finer[$0]) }
        decoder = finer.map { convolution(3, $0, $0) }
        scoreHead = ConvolutionLayer(
            inputChannels: width, outputChannels: scoreCount, window: SlidingWindow(1), hasBias: true, using: &random)
        offsetHead = ConvolutionLayer(
            inputChannels: width, outputChannels: 2, window: SlidingWindow(1), hasBias: true,
            standardDeviation: 0.05, using: &random)
    }

    /// ResNet-50 of half the width as its authors released it.
    private static var residualDesign: ResidualNetworkDesign {
        var design = ResidualNetworkDesign.resNet50
        design.width = 0.5
        design.stemChannels = 64
        design.stridePlacement = .reduction
        design.poolPadding = .atEnd
        return design
    }

    /// Makes the last `stages` stages of a residual trunk train at `rate` times the learning rate; their normalizations stay as they are, an
    /// affine map.
    ///
    /// - Precondition: 0 to 4 stages, none without a residual trunk; `rate` is more than 0.
    public func train(stages: Int, rate: Float) {
        require(
            (0...(residual?.stages.count ?? 0)).contains(stages) && rate > 0,
            "\(stages) stages of a trunk of \(residual?.stages.count ?? 0) to train at \(rate) of the rate")
        trainedStages = stages
        for (number, blocks) in (residual?.stages ?? []).enumerated() {
            let isTrained = number >= 4 - stages
            for (_, module) in blocks.flatMap(\.namedModules) {
                guard let layer = module as? ConvolutionLayer else { continue }
                layer.weights.isTrainable = isTrained
                layer.weights.learningRateFactor = rate
            }
        }
    }

    /// For pictures [batch, height, width, channels] the scores, logits [batch, height, width, number], and the offsets in pixels [batch, height, width,
    /// 2], x first.
    ///
    /// - Precondition: sides are multiples of `Trunk.sideMultiple`.
    public func callAsFunction(_ input: Tensor) -> (scores: Tensor, offsets: Tensor) {
        let multiple = trunk.sideMultiple
        require(
            input.shape.count == 4 && input.shape[1] % multiple == 0 && input.shape[2] % multiple == 0
                && input.shape[3] == inputChannels,
            "pictures of shape \(input.shape): sides must be multiples of \(multiple), channels \(inputChannels)")
        var levels = self.levels(input)
        var maps = levels.removeLast()
        for level in levels.indices.reversed() {
            let shape = levels[level].shape
            maps = decoder[level](
                laterals[level](
                    levels.removeLast(), adding: ascents[level](maps).resized(height: shape[1], width: shape[2])))
        }
        let (scores, offsets) = (scoreHead(maps), Self.offsetScale * offsetHead(maps))
        if trunk.outputStride == 1 { return (scores, offsets) }
        let (height, width) = (input.shape[1], input.shape[2])
        return (scores.resized(height: height, width: width), offsets.resized(height: height, width: width))
    }

    /// The maps of the trunk, from fine to coarse.
    private func levels(_ input: Tensor) -> [Tensor] {
        if let residual {
            return residual.maps(Self.caffeInput(input), frozen: 1 + residual.stages.count - trainedStages).stages
        }
        var levels: [Tensor] = []
        for (level, convolutions) in encoder.enumerated() {
            var maps = level == 0 ? input : levels[level - 1].maximumPooled(window: SlidingWindow(2, stride: 2))
            for convolution in convolutions { maps = convolution(maps) }
            levels.append(maps)
        }
        return levels
    }

    /// Colours c of `InstanceDesign` are (c - ``colorMean``) / ``colorDeviation`` for c in [0, 1].
    public static let colorMean: Float = 0.45
    /// See ``colorMean``.
    public static let colorDeviation: Float = 0.25

    /// Blue, green and red in 0...255 less their means, as residual weights from Caffe expect them.
    private static func caffeInput(_ input: Tensor) -> Tensor {
        let colors = input.elements
        var elements = colors
        for pixel in 0..<colors.count / 3 {
            for c in 0..<3 {
                elements[3 * pixel + c] =
                    255 * (colors[3 * pixel + 2 - c] * colorDeviation + colorMean) - VGGTrunk.imageMean[c]
            }
        }
        return Tensor(shape: input.shape, elements: elements)
    }

    /// Takes over the weights of a network that is as wide or narrower: the output is then that network's.
    ///
    /// The channels that this one has more start with its own random weights and are read by new channels alone: where `other`'s channels would read
    /// them, and the heads too, their weights are 0 until training changes that. The aim is that of Net2Net (Chen, Goodfellow and Shlens, ICLR 2016,
    /// arXiv 1511.05641); its wider layers repeat channels instead.
    ///
    /// - Precondition: `other` is not wider, and has the same trunk, input channels and number of scores.
    public func takeWeights(from other: InstanceNetwork) {
        require(
            other.width <= width && other.trunk == trunk && other.inputChannels == inputChannels
                && other.scoreHead.weights.shape.last == scoreHead.weights.shape.last,
            "weights of width \(other.width), trunk \(other.trunk), \(other.inputChannels) input channels and "
                + "\(other.scoreHead.weights.shape.last!) scores for width \(width), trunk \(trunk), \(inputChannels) and "
                + "\(scoreHead.weights.shape.last!)")
        for (own, its) in zip(parameters, other.parameters) { own.elements = own.elements(startingWith: its) }
    }

    /// Makes all batch normalizations, but for those of a residual trunk, use their running averages, or the statistics of the maps at hand.
    public func setStatistics(_ statistics: BatchNormalizationLayer.Statistics) {
        for (name, module) in namedModules where !name.hasPrefix("residual.") {
            (module as? BatchNormalizationLayer)?.statistics = statistics
        }
    }
}

extension Parameter {
    /// The elements with those of `other`, of fewer inputs and outputs, in front: channels of a normalization, or [height, width, inputs, outputs]
    /// of a convolution, whose weights from other inputs to the first outputs are 0.
    fileprivate func elements(startingWith other: Parameter) -> [Float] {
        var result = elements
        let its = other.elements
        func sizes(_ shape: [Int]) -> (inputs: Int, outputs: Int) { (shape.count == 4 ? shape[2] : 1, shape.last!) }
        let (new, old) = (sizes(shape), sizes(other.shape))
        for tap in 0..<count / (new.inputs * new.outputs) {
            for i in 0..<new.inputs {
                for o in 0..<old.outputs {
                    result[(tap * new.inputs + i) * new.outputs + o] =
                        i < old.inputs ? its[(tap * old.inputs + i) * old.outputs + o] : 0
                }
            }
        }
        return result
    }
}
