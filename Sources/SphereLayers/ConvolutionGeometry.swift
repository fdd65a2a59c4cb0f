internal import SphereKernels

/// The shapes of a convolution: its input, its window, its output.
public struct ConvolutionGeometry: Sendable, Hashable {
    /// The maps that are convolved.
    public let input: MapShape
    /// The window, with stride, dilation and padding by zeros.
    public let window: SlidingWindow
    /// The maps that come out.
    public let output: MapShape

    /// The convolution of `input` with `outputChannels` filters of the size of `window`.
    ///
    /// - Precondition: the window fits into the padded maps; both numbers of channels are 1 or more.
    public init(input: MapShape, outputChannels: Int, window: SlidingWindow) {
        require(
            input.channels >= 1 && outputChannels >= 1,
            "a convolution of \(input.channels) to \(outputChannels) channels: 1 or more each")
        self.input = input
        self.window = window
        output = window.output(of: input).withChannels(outputChannels)
    }

    /// Elements of the weights: height x width x input channels x output channels, the last one fastest.
    public var weightCount: Int { window.height * window.width * input.channels * output.channels }

    /// Multiply-adds of the definition, padding included: output pixels x `weightCount`.
    public var multiplyAdds: Int { output.pixels * weightCount }

    /// Stops the program unless `found` elements are as many as the weights have.
    func requireWeights(_ found: Int) {
        require(
            found == weightCount,
            "weights of \(window.height) x \(window.width) x \(input.channels) x \(output.channels) have "
                + "\(weightCount) elements, found \(found)")
    }
}
