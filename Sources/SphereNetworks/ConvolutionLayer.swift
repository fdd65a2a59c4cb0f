internal import SphereKernels
public import SphereLayers
public import SphereTensor

/// A convolution with weights that are learned.
public final class ConvolutionLayer: Layer {
    /// [kernel height, kernel width, input channels, output channels].
    public let weights: Parameter
    /// [output channels]; `nil` where a batch normalization follows, which would take it away again.
    public let bias: Parameter?
    /// The window, with stride, padding and dilation.
    public let window: SlidingWindow

    /// A convolution of `inputChannels` to `outputChannels` channels with random weights.
    ///
    /// Weights are normal with the given standard deviation, by default sqrt(2 / (kernel height x width x input channels)), which
    /// keeps the variance through rectifiers (He et al., ICCV 2015, equation 10). The bias is zero.
    ///
    /// - Precondition: both numbers of channels are 1 or more.
    public init(
        inputChannels: Int, outputChannels: Int, window: SlidingWindow, hasBias: Bool,
        standardDeviation: Double? = nil, using random: inout TrainingGenerator
    ) {
        require(
            inputChannels >= 1 && outputChannels >= 1,
            "a convolution of \(inputChannels) to \(outputChannels) channels: 1 or more each")
        let inputs = window.height * window.width * inputChannels
        let deviation = standardDeviation ?? (2 / Double(inputs)).squareRoot()
        weights = Parameter(
            shape: [window.height, window.width, inputChannels, outputChannels],
            elements: random.normal(count: inputs * outputChannels, standardDeviation: deviation))
        bias = hasBias ? Parameter(shape: [outputChannels], repeating: 0) : nil
        self.window = window
    }

    /// The convolution of maps [batch, height, width, input channels].
    public func callAsFunction(_ input: Tensor) -> Tensor {
        input.convolved(with: weights.tensor, bias: bias?.tensor, window: window)
    }

    /// The same for a batch normalization to follow.
    func measured(_ input: Tensor) -> Tensor {
        input.convolved(with: weights.tensor, bias: bias?.tensor, window: window, measuresMoments: true)
    }
}
