public import SphereData
public import SphereTensor

extension ResidualNetwork {
    /// Takes the weights of a network whose batch normalizations were folded into its convolutions: each has a bias instead.
    ///
    /// The normalizations become the identity but for that bias, and use it as constants: mean 0, variance 1 - epsilon, gamma 1,
    /// beta the bias. Arrays are `conv_1` for the stem, `stageS_blockB_branch2a`, `2b`, `2c` and `stageS_block0_proj_shortcut` for
    /// stage S and block B, each with `.weight` [outputs, inputs, height, width] and `.bias` [outputs].
    ///
    /// Nothing is changed unless every convolution is there with its shapes.
    ///
    /// - Returns: the names of the arrays that belong to no convolution, sorted: a classifier's, for instance.
    /// - Throws: ``ModuleFileError``.
    @discardableResult
    public func load(folded file: SafetensorsFile) throws(ModuleFileError) -> [String] {
        let layers = foldedNames
        var arrays: [(weights: [Float], bias: [Float])] = []
        for (name, layer) in layers {
            let shape = layer.convolution.weights.shape
            let weights = try file.floats("\(name).weight", shape: [shape[3], shape[2], shape[0], shape[1]])
            arrays.append((weights, try file.floats("\(name).bias", shape: [shape[3]])))
        }
        for ((_, layer), array) in zip(layers, arrays) { layer.setFolded(array.weights, bias: array.bias) }
        let known = Set(layers.flatMap { ["\($0.name).weight", "\($0.name).bias"] })
        return file.entries.keys.filter { !known.contains($0) }.sorted()
    }

    private var foldedNames: [(name: String, layer: NormalizedConvolution)] {
        var names = [(name: "conv_1", layer: stem)]
        for (s, blocks) in stages.enumerated() {
            for (b, block) in blocks.enumerated() {
                let prefix = "stage\(s)_block\(b)"
                names += [
                    ("\(prefix)_branch2a", block.reduction), ("\(prefix)_branch2b", block.spatial),
                    ("\(prefix)_branch2c", block.expansion),
                ]
                if let projection = block.projection { names.append(("\(prefix)_proj_shortcut", projection)) }
            }
        }
        return names
    }
}

extension NormalizedConvolution {
    /// Weights in the order output, input, row, column, and the bias that stands for the normalization.
    fileprivate func setFolded(_ weights: [Float], bias: [Float]) {
        let outputs = convolution.weights.shape[3]
        convolution.set(outputsFirst: weights, bias: bias)
        normalization.statistics = .running
        normalization.gamma.elements = [Float](repeating: 1, count: outputs)
        normalization.beta.elements = bias
        normalization.runningMean.elements = [Float](repeating: 0, count: outputs)
        normalization.runningVariance.elements = [Float](
            repeating: Float(1 - normalization.epsilon), count: outputs)
    }
}
