public import SphereLayers
public import SphereTensor

/// A convolution without bias, its batch normalization, perhaps a shortcut and a rectifier.
///
/// Where gradients are recorded only the convolution's output is stored. Without them, and with running averages, the normalization goes into
/// the weights and the result is written at once.
public final class NormalizedConvolution: Layer {
    /// The convolution.
    public let convolution: ConvolutionLayer
    /// The normalization of its output.
    public let normalization: BatchNormalizationLayer
    /// Whether negative results become 0.
    public let rectifies: Bool

    /// A convolution of `inputChannels` to `outputChannels` channels, normalized.
    public init(
        inputChannels: Int, outputChannels: Int, window: SlidingWindow, rectifies: Bool = true,
        using random: inout TrainingGenerator
    ) {
        convolution = ConvolutionLayer(
            inputChannels: inputChannels, outputChannels: outputChannels, window: window, hasBias: false,
            using: &random)
        normalization = BatchNormalizationLayer(channels: outputChannels)
        self.rectifies = rectifies
    }

    /// The normalized, perhaps rectified convolution of maps.
    public func callAsFunction(_ input: Tensor) -> Tensor { callAsFunction(input, adding: nil) }

    /// The same with a shortcut added before the rectifier.
    public func callAsFunction(_ input: Tensor, adding shortcut: consuming Tensor?) -> Tensor {
        if normalization.statistics == .running && !TensorExecution.recordsGradients {
            return input.convolvedAndNormalized(
                with: convolution.weights.tensor, window: convolution.window, gamma: normalization.gamma.tensor,
                beta: normalization.beta.tensor, epsilon: normalization.epsilon,
                moments: normalization.runningMoments, adding: shortcut, rectifies: rectifies)
        }
        let maps = normalization.statistics == .batch ? convolution.measured(input) : convolution(input)
        return normalization.normalized(maps, adding: shortcut, rectifies: rectifies)
    }
}
