internal import SphereKernels
internal import SphereLayers
public import SphereTensor

/// Batch normalization with a scale and shift that are learned.
public final class BatchNormalizationLayer: Layer {
    /// Where mean and variance come from.
    public enum Statistics: Sendable, Hashable {
        /// The maps at hand; running averages are updated while gradients are recorded. The networks of the paper work like this at test time too.
        case batch
        /// The running averages, as constants.
        case running
    }

    /// [channels], 1 at the start.
    public let gamma: Parameter
    /// [channels], 0 at the start.
    public let beta: Parameter
    /// [channels].
    public let runningMean: Parameter
    /// [channels].
    public let runningVariance: Parameter
    /// Where mean and variance come from.
    public var statistics: Statistics
    /// Added to the variance.
    public let epsilon: Double
    /// The share of a batch in the running averages.
    public let momentum: Double

    /// A normalization of `channels` channels.
    public init(channels: Int, epsilon: Double = 1e-5, momentum: Double = 0.1, statistics: Statistics = .batch) {
        require(channels >= 1, "a batch normalization of \(channels) channels")
        gamma = Parameter(shape: [channels], repeating: 1)
        beta = Parameter(shape: [channels], repeating: 0)
        runningMean = Parameter(shape: [channels], repeating: 0, isTrainable: false)
        runningVariance = Parameter(shape: [channels], repeating: 1, isTrainable: false)
        self.statistics = statistics
        self.epsilon = epsilon
        self.momentum = momentum
    }

    /// The normalized maps.
    public func callAsFunction(_ input: Tensor) -> Tensor { normalized(input, adding: nil, rectifies: false) }

    /// The normalized maps with a shortcut added, and rectified if `rectifies`: one pass over them.
    public func normalized(_ input: Tensor, adding shortcut: Tensor?, rectifies: Bool) -> Tensor {
        let running = statistics == .running ? runningMoments : nil
        let (result, moments) = input.batchNormalized(
            gamma: gamma.tensor, beta: beta.tensor, epsilon: epsilon, statistics: running, adding: shortcut,
            rectifies: rectifies)
        if running == nil && TensorExecution.recordsGradients { update(moments) }
        return result
    }

    /// The running averages.
    var runningMoments: ChannelMoments {
        ChannelMoments(
            means: runningMean.elements.map(Double.init), variances: runningVariance.elements.map(Double.init))
    }

    /// Moments that are not finite, those of a batch with infinite elements, change nothing.
    private func update(_ moments: ChannelMoments) {
        guard moments.means.allSatisfy(\.isFinite), moments.variances.allSatisfy(\.isFinite) else { return }
        for (average, values) in [(runningMean, moments.means), (runningVariance, moments.variances)] {
            average.update { elements, _ in
                for c in elements.indices {
                    elements[c] = Float((1 - momentum) * Double(elements[c]) + momentum * values[c])
                }
            }
        }
    }
}
