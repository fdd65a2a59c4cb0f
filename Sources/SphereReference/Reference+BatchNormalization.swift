extension Reference {
    /// Mean and variance (divided by the count) of every channel over all pixels; 0 without pixels.
    public static func channelMoments(_ map: [Double], channels: Int) -> (means: [Double], variances: [Double]) {
        let pixels = Double(max(1, map.count / max(1, channels)))
        let means = channelSums(map, channels: channels).map { $0 / pixels }
        let squares = map.enumerated().map { i, x in (x - means[i % channels]) * (x - means[i % channels]) }
        return (means, channelSums(squares, channels: channels).map { $0 / pixels })
    }

    /// `y = gamma_c (x - mean_c) / sqrt(variance_c + epsilon) + beta_c + shortcut`, then `max(y, 0)` if `rectifies`.
    ///
    /// - Parameter moments: running statistics; `nil`: those of `map`.
    public static func batchNormalization(
        _ map: [Double], gamma: [Double], beta: [Double], epsilon: Double,
        moments: (means: [Double], variances: [Double])? = nil, adding shortcut: [Double]? = nil,
        rectifies: Bool = false
    ) -> [Double] {
        let channels = gamma.count
        let (means, variances) = moments ?? channelMoments(map, channels: channels)
        return map.enumerated().map { i, x in
            let c = i % channels
            let normalized = (x - means[c]) / (variances[c] + epsilon).squareRoot()
            let y = gamma[c] * normalized + beta[c] + (shortcut?[i] ?? 0)
            return rectifies && y < 0 ? 0 : y
        }
    }

    /// The gradients of ``batchNormalization(_:gamma:beta:epsilon:moments:adding:rectifies:)``; `shortcut` is that of what was added.
    public static func batchNormalizationGradient(
        _ gradient: [Double], _ map: [Double], gamma: [Double], beta: [Double], epsilon: Double,
        moments: (means: [Double], variances: [Double])? = nil, adding shortcut: [Double]? = nil,
        rectifies: Bool = false
    ) -> (input: [Double], gamma: [Double], beta: [Double], shortcut: [Double]) {
        let channels = gamma.count
        let (means, variances) = moments ?? channelMoments(map, channels: channels)
        let output = batchNormalization(
            map, gamma: gamma, beta: beta, epsilon: epsilon, moments: (means, variances), adding: shortcut)
        let behind = zip(gradient, output).map { g, y in rectifies && !(y > 0) ? 0 : g }
        let inverses = variances.map { 1 / ($0 + epsilon).squareRoot() }
        let normalized = map.enumerated().map { i, x in (x - means[i % channels]) * inverses[i % channels] }
        let betaGradient = channelSums(behind, channels: channels)
        let gammaGradient = channelSums(zip(behind, normalized).map { $0 * $1 }, channels: channels)
        let pixels = Double(max(1, map.count / max(1, channels)))
        let inputGradient = behind.enumerated().map { i, g in
            let c = i % channels
            let throughMoments =
                moments == nil ? (betaGradient[c] + normalized[i] * gammaGradient[c]) / pixels : 0
            return gamma[c] * inverses[c] * (g - throughMoments)
        }
        return (inputGradient, gammaGradient, betaGradient, behind)
    }
}
