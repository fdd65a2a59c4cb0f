internal import SphereGrouping
public import SphereKernels
internal import SphereLosses
internal import SphereNetworks
internal import SphereTensor

/// The time of a training step of the paper's toy network: five random images of 64 x 64 pixels, D = 3, the pair loss on the embedding and after
/// each of five loops, stochastic gradient descent.
///
/// The numbers that the scripts of rivals use: kappa 25, alpha 0.1, five groups, 819 random pixels for each loss or all 4,096.
public struct TrainingStepBenchmark: Sendable, Hashable {
    /// Times of the parts of a step in seconds, medians over the repetitions.
    public struct Times: Sendable, Hashable, Encodable {
        /// Pixels whose pairs a loss goes over.
        public var sampledPixels: Int
        /// The network.
        public var network: Double
        /// Loops and losses.
        public var loops: Double
        /// Gradients of all of it.
        public var backward: Double
        /// The optimizer.
        public var optimizer: Double
        /// Network, loops, losses and gradients: what the rivals' scripts add up.
        public var total: Double
        /// The most memory that tensors have held at one time, in bytes.
        public var peakTensorBytes: Int
        /// The most memory that the process has had so far, in bytes.
        public var peakResidentBytes: Int
        /// The loss of the last step, to see that work was done.
        public var loss: Double
    }

    /// Images in a step.
    public var batch = 5
    /// Loops with a loss.
    public var loops = 5
    /// Steps that are timed; one more warms up.
    public var repetitions = 5

    /// The measurement of the rivals' scripts.
    public init() {}

    /// Times steps with losses over `sampledPixels` of the 4,096 pixels of an image.
    ///
    /// - Precondition: 1 <= `sampledPixels` <= 4096; batch and repetitions are 1 or more.
    public func run(sampledPixels: Int, on execution: Execution) -> Times {
        require((1...4096).contains(sampledPixels), "\(sampledPixels) of 4096 pixels")
        require(batch >= 1 && repetitions >= 1, "a batch of \(batch), \(repetitions) repetitions")
        let network = ToyDigitNetwork(dimension: 3, seed: 0)
        let grouping = RecurrentMeanShift(loops: loops, concentration: 25)
        let optimizer = StochasticGradientDescent()
        var random = TrainingGenerator(seed: 0)
        let images = Tensor(
            shape: [batch, 64, 64, 3], elements: (0..<batch * 4096 * 3).map { _ in Float(random.uniform()) })
        let labels = (0..<batch).map { _ in (0..<4096).map { _ in Int32(random.uniform() * 5) } }
        let loss = PairLoss(margin: 0.1)
        let parameters = network.parameters
        var samples: [[Double]] = []
        var lastLoss = 0.0
        TensorExecution.$current.withValue(execution) {
            for repetition in 0...repetitions {
                for parameter in parameters { parameter.clearGradient() }
                var times: [Double] = []
                var last = ContinuousClock.now
                func lap() {
                    let now = ContinuousClock.now
                    let duration = (now - last).components
                    times.append(Double(duration.seconds) + Double(duration.attoseconds) * 1e-18)
                    last = now
                }
                let points = network(images)
                _ = points.memory
                lap()
                var total = Tensor(0)
                for shifted in grouping(points) {
                    let rows =
                        sampledPixels == 4096
                        ? nil
                        : labels.map { _ in PairSampling(.count(sampledPixels)).rows(of: 4096, using: &random) }
                    total = total + loss(shifted, labels: labels, samples: rows).loss
                }
                lap()
                total.backward()
                lap()
                optimizer.step(parameters, learningRate: 1e-3)
                lap()
                if repetition > 0 { samples.append(times) }
                lastLoss = Double(total.scalar)
            }
        }
        func median(_ part: (([Double]) -> Double)) -> Double {
            let sorted = samples.map(part).sorted()
            return sorted[sorted.count / 2]
        }
        return Times(
            sampledPixels: sampledPixels, network: median { $0[0] }, loops: median { $0[1] },
            backward: median { $0[2] }, optimizer: median { $0[3] }, total: median { $0[0] + $0[1] + $0[2] },
            peakTensorBytes: MemoryPool.shared.peakBytesInUse, peakResidentBytes: peakResidentBytes(), loss: lastLoss)
    }
}
