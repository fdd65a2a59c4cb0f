extension Reference {
    /// The largest element of every window, per channel; -infinity where there is nothing but padding, NaN where one is NaN.
    ///
    /// - Parameter sizes: those of a convolution with as many output channels as input channels.
    public static func maximumPooling(_ input: [Double], sizes: ConvolutionSizes) -> [Double] {
        let places = maximumPlaces(input, sizes: sizes)
        return places.map { $0.map { input[$0] } ?? -.infinity }
    }

    /// The gradient of ``maximumPooling(_:sizes:)``: to the first of equal elements of a window, to the last NaN.
    public static func maximumPoolingGradient(
        _ outputGradient: [Double], _ input: [Double], sizes: ConvolutionSizes
    ) -> [Double] {
        var result = [Double](repeating: 0, count: sizes.inputCount)
        for (place, gradient) in zip(maximumPlaces(input, sizes: sizes), outputGradient) {
            if let place { result[place] += gradient }
        }
        return result
    }

    private static func maximumPlaces(_ input: [Double], sizes: ConvolutionSizes) -> [Int?] {
        let channels = sizes.inputChannels
        var places = [Int?](repeating: nil, count: sizes.outputCount)
        sizes.forEachTap { x, y, _ in
            for c in 0..<channels {
                let value = input[x * channels + c]
                let place = places[y * channels + c]
                if place.map({ value > input[$0] || value.isNaN }) ?? true {
                    places[y * channels + c] = x * channels + c
                }
            }
        }
        return places
    }

    /// The mean of every window, per channel, over its elements inside the map or, with `countsPadding`, over all; 0 where there is
    /// nothing but padding.
    public static func averagePooling(_ input: [Double], sizes: ConvolutionSizes, countsPadding: Bool) -> [Double] {
        let channels = sizes.inputChannels
        let factors = averageFactors(sizes, countsPadding)
        var result = [Double](repeating: 0, count: sizes.outputCount)
        sizes.forEachTap { x, y, _ in
            for c in 0..<channels { result[y * channels + c] += factors[y] * input[x * channels + c] }
        }
        return result
    }

    /// The gradient of ``averagePooling(_:sizes:countsPadding:)``.
    public static func averagePoolingGradient(
        _ outputGradient: [Double], sizes: ConvolutionSizes, countsPadding: Bool
    ) -> [Double] {
        let channels = sizes.inputChannels
        let factors = averageFactors(sizes, countsPadding)
        var result = [Double](repeating: 0, count: sizes.inputCount)
        sizes.forEachTap { x, y, _ in
            for c in 0..<channels { result[x * channels + c] += factors[y] * outputGradient[y * channels + c] }
        }
        return result
    }

    private static func averageFactors(_ sizes: ConvolutionSizes, _ countsPadding: Bool) -> [Double] {
        var counts = [Double](repeating: 0, count: sizes.batch * sizes.outputHeight * sizes.outputWidth)
        sizes.forEachTap { _, y, _ in counts[y] += 1 }
        return counts.map { 1 / (countsPadding ? Double(sizes.windowHeight * sizes.windowWidth) : max(1, $0)) }
    }
}
