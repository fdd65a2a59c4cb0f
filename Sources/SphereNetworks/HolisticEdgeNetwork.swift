public import SphereData
internal import SphereLayers
public import SphereTensor

/// The holistically-nested edge detector: a boundary score from each block of VGG-16 and one from all five (Xie and Tu, ICCV 2015).
///
/// Side k is a 1 x 1 convolution of the last map of block k to one channel, resized bilinearly to the size of the image (half-pixel
/// centres); the fused score is a weighted sum of the five with a bias. Scores are logits: 1 / (1 + exp(-score)) is the probability
/// of a boundary.
public final class HolisticEdgeNetwork: Module {
    /// The convolutions of VGG-16.
    public let trunk: VGGTrunk
    /// 1 x 1 with bias to one channel, one for each block.
    public let sides: [ConvolutionLayer]
    /// 1 x 1 with bias, five channels to one.
    public let fusion: ConvolutionLayer

    /// What the network says of an image.
    public struct Scores {
        /// Scores of the blocks at their own sizes, [batch, ceil(height / 2^k), ceil(width / 2^k), 1].
        public let blocks: [Tensor]
        /// The same at the size of the image, five channels [batch, height, width, 5].
        public let sides: Tensor
        /// The fused score [batch, height, width, 1].
        public let fused: Tensor
    }

    /// A network with random weights.
    public init(seed: UInt64) {
        trunk = VGGTrunk(seed: seed)
        var random = TrainingGenerator(seed: seed).derived(1)
        sides = VGGTrunk.channels.map { channels in
            ConvolutionLayer(
                inputChannels: channels, outputChannels: 1, window: SlidingWindow(1), hasBias: true, using: &random)
        }
        fusion = ConvolutionLayer(
            inputChannels: 5, outputChannels: 1, window: SlidingWindow(1), hasBias: true, using: &random)
    }

    /// The scores of images [batch, height, width, 3] as ``VGGTrunk/input(_:width:height:)`` makes them.
    ///
    /// - Precondition: images have pixels and three channels.
    /// - Complexity: 305,000 multiply-adds for each pixel.
    public func callAsFunction(_ input: Tensor) -> Scores {
        scores(trunk.maps(input, keepsAll: false), height: input.shape[1], width: input.shape[2])
    }

    /// The scores for maps of the trunk, of which the last one of every block is looked at.
    func scores(_ maps: [[Tensor]], height: Int, width: Int) -> Scores {
        let blocks = zip(sides, maps).map { side, maps in side(maps[maps.count - 1]) }
        let resized = Tensor.concatenated(blocks.map { $0.resized(height: height, width: width) })
        return Scores(blocks: blocks, sides: resized, fused: fusion(resized))
    }

    /// Takes the weights of a file with the names of Xie and Tu's layers.
    ///
    /// `convB_I.weight` [outputs, inputs, 3, 3] and `.bias` for convolution I of block B, `score_dsnS.weight`/`.bias` for side S,
    /// `fuse.weight`/`.bias`. Weights of integers have a `.scale` [outputs] beside them, and are multiplied with it.
    ///
    /// Nothing is changed unless every array is there with its shape, and no other.
    ///
    /// - Throws: `ModuleFileError`.
    public func load(caffe file: SafetensorsFile) throws(ModuleFileError) {
        var names: [(name: String, layer: ConvolutionLayer)] = []
        for (b, block) in trunk.blocks.enumerated() {
            for (i, layer) in block.enumerated() { names.append(("conv\(b + 1)_\(i + 1)", layer)) }
        }
        for (s, side) in sides.enumerated() { names.append(("score_dsn\(s + 1)", side)) }
        names.append(("fuse", fusion))

        var known: Set<String> = []
        var arrays: [(weights: [Float], bias: [Float])] = []
        func floats(_ name: String, _ shape: [Int]) throws(ModuleFileError) -> [Float] {
            known.insert(name)
            return try file.floats(name, shape: shape)
        }
        for (name, layer) in names {
            let shape = layer.weights.shape
            let outputs = shape[3]
            var weights = try floats("\(name).weight", [outputs, shape[2], shape[0], shape[1]])
            if file.entries["\(name).weight"]?.element == .int8 || file.entries["\(name).scale"] != nil {
                let scales = try floats("\(name).scale", [outputs])
                let each = weights.count / outputs
                for i in weights.indices { weights[i] *= scales[i / each] }
                try file.requireFinite(weights, parameter: "\(name).weight")
            }
            arrays.append((weights, try floats("\(name).bias", [outputs])))
        }
        if let stranger = file.entries.keys.filter({ !known.contains($0) }).min() {
            throw .unexpected(path: file.path, array: stranger)
        }
        for ((_, layer), array) in zip(names, arrays) { layer.set(outputsFirst: array.weights, bias: array.bias) }
    }
}

extension ConvolutionLayer {
    /// Takes weights in the order output, input, row, column, and the bias.
    func set(outputsFirst elements: [Float], bias values: [Float]) {
        let shape = weights.shape
        let (taps, inputs, outputs) = (shape[0] * shape[1], shape[2], shape[3])
        weights.update { target, _ in
            for tap in 0..<taps {
                for c in 0..<inputs {
                    for n in 0..<outputs {
                        target[(tap * inputs + c) * outputs + n] = elements[(n * inputs + c) * taps + tap]
                    }
                }
            }
        }
        bias?.elements = values
    }
}
