extension Reference {
    /// `y[n] = bias[n] + sum over taps and channels of w[tap, c, n] x[tap, c]` for every output pixel; 0 outside the maps.
    ///
    /// Weights are window height x window width x input channels x output channels.
    public static func convolution(
        _ input: [Double], weights: [Double], bias: [Double]? = nil, sizes: ConvolutionSizes
    ) -> [Double] {
        let (inputs, outputs) = (sizes.inputChannels, sizes.outputChannels)
        var result = (0..<sizes.outputCount).map { bias?[$0 % outputs] ?? 0 }
        sizes.forEachTap { x, y, tap in
            for c in 0..<inputs {
                for n in 0..<outputs {
                    result[y * outputs + n] += weights[(tap * inputs + c) * outputs + n] * input[x * inputs + c]
                }
            }
        }
        return result
    }

    /// The gradient of ``convolution(_:weights:bias:sizes:)`` with respect to the input.
    public static func convolutionInputGradient(
        _ outputGradient: [Double], weights: [Double], sizes: ConvolutionSizes
    ) -> [Double] {
        let (inputs, outputs) = (sizes.inputChannels, sizes.outputChannels)
        var result = [Double](repeating: 0, count: sizes.inputCount)
        sizes.forEachTap { x, y, tap in
            for c in 0..<inputs {
                for n in 0..<outputs {
                    result[x * inputs + c] +=
                        weights[(tap * inputs + c) * outputs + n] * outputGradient[y * outputs + n]
                }
            }
        }
        return result
    }

    /// The gradient of ``convolution(_:weights:bias:sizes:)`` with respect to the weights.
    public static func convolutionWeightGradient(
        _ input: [Double], _ outputGradient: [Double], sizes: ConvolutionSizes
    ) -> [Double] {
        let (inputs, outputs) = (sizes.inputChannels, sizes.outputChannels)
        var result = [Double](repeating: 0, count: sizes.weightCount)
        sizes.forEachTap { x, y, tap in
            for c in 0..<inputs {
                for n in 0..<outputs {
                    result[(tap * inputs + c) * outputs + n] += input[x * inputs + c] * outputGradient[y * outputs + n]
                }
            }
        }
        return result
    }

    /// The sum over pixels of every channel: the gradient of a bias.
    public static func channelSums(_ map: [Double], channels: Int) -> [Double] {
        var result = [Double](repeating: 0, count: channels)
        for (i, value) in map.enumerated() { result[i % channels] += value }
        return result
    }
}
