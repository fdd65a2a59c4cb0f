internal import SphereData
internal import SphereGrouping
public import SphereKernels
public import SphereLosses
public import SphereNetworks
public import SphereReports
internal import SphereTensor

/// How the network of the toy digits is trained.
///
/// In every step the pair loss of the embedding and of the points after every loop of mean shift is summed, each over its own random pixels
/// (Kong and Fowlkes, CVPR 2018; released code, demo 1).
public struct ToyDigitRecipe: Sendable, Hashable {
    /// What a training starts with: the numbers of the paper are the defaults.
    public struct Settings: Sendable, Hashable {
        /// D.
        public var dimension = 3
        /// alpha of the pair loss.
        public var margin = 0.1
        /// kappa of the loops; 25 is the bandwidth 0.2 of the authors' first published model.
        public var concentration: Float = 25
        /// Loops with a loss; 0 trains the embedding alone.
        public var loops = 5
        /// Scenes in a step.
        public var batch = 1
        /// Steps of the training.
        public var steps = 8000
        /// The learning rate of Adam at its largest.
        public var learningRate = 2e-3
        /// The least number of digits of a scene.
        ///
        /// Of the paper's scenes, 0...9 digits, three in ten have two at most: soon they have nothing to teach any more. A network that has
        /// long not seen any takes empty scenes apart: a training ends best with 0.
        public var leastDigits = 0
        /// The share of pixels that a loss looks at.
        public var sampledShare = 0.2
        /// Which gradient of the pair loss is followed.
        ///
        /// With a margin below 1/2 and more than a few groups every pair of groups is nearer than the margin, and the exact
        /// gradient pushes them all alike: it vanishes as soon as the groups' means add up to zero, whether groups are
        /// apart or on top of one another. The released one pushes near pairs harder, the steep one harder still.
        public var gradient = PairLoss.Gradient.exact
        /// Whether the network is told the place of a pixel, see `ToyDigitNetwork.usesCoordinates`.
        public var usesCoordinates = false
        /// The power of the colours, see ``ToyDigitModel/gamma``.
        public var gamma = 1.0
        /// Decides weights, scenes and pixels.
        public var seed: UInt64 = 1

        /// The paper's numbers.
        public init() {}

        /// Names and values as a checkpoint keeps them.
        var texts: [String: String] {
            [
                "dimension": "\(dimension)", "margin": "\(margin)", "concentration": "\(concentration)",
                "loops": "\(loops)", "batch": "\(batch)", "steps": "\(steps)", "learning_rate": "\(learningRate)",
                "least_digits": "\(leastDigits)", "sampled_share": "\(sampledShare)", "gradient": "\(gradient)",
                "coordinates": "\(usesCoordinates)", "gamma": "\(gamma)", "seed": "\(seed)",
            ]
        }
    }

    /// The numbers of the training.
    public let settings: Settings

    /// A training with the given numbers.
    ///
    /// - Precondition: D, batch and steps are 1 or more, loops 0 or more, the least number of digits lies in 0...9, the margin in (0, 1), the
    ///   share in (0, 1], the learning rate and gamma are more than 0.
    public init(_ settings: Settings = Settings()) {
        require(
            settings.dimension >= 1 && settings.batch >= 1 && settings.steps >= 1 && settings.loops >= 0,
            "dimension, batch, steps and loops of \(settings)")
        require(
            (0...9).contains(settings.leastDigits), "at least \(settings.leastDigits) digits: must lie in 0...9")
        require(
            settings.learningRate > 0 && settings.learningRate.isFinite, "a learning rate of \(settings.learningRate)")
        require(settings.gamma > 0 && settings.gamma.isFinite, "a gamma of \(settings.gamma)")
        require(
            settings.sampledShare > 0 && settings.sampledShare <= 1, "a share of \(settings.sampledShare) of the pixels"
        )
        self.settings = settings
    }

    /// A model with random weights for this training.
    public func model() -> ToyDigitModel {
        ToyDigitModel(
            dimension: settings.dimension, margin: settings.margin, concentration: settings.concentration,
            loops: settings.loops, usesCoordinates: settings.usesCoordinates, gamma: settings.gamma, seed: settings.seed
        )
    }

    /// The scenes of this training, of the digits of `digits`.
    ///
    /// - Precondition: every digit 0...9 is in the set.
    public func generator(digits: DigitSet) -> ToyDigitGenerator {
        ToyDigitGenerator(digits: digits, seed: settings.seed, digitCounts: settings.leastDigits...9)
    }

    /// The names of what is measured in every step: the mean over the batch of the loss before the loops, after them, and of the distance of the
    /// latter to the lowest that any embedding can have.
    public static let measures = ["loss_before", "loss_after", "distance_to_floor"]

    /// The training of `model`.
    public func training(of model: ToyDigitModel) -> TrainingLoop {
        TrainingLoop(
            model.network, optimizer: Adam(weightDecay: 1e-4),
            schedule: LearningRateSchedule(
                base: settings.learningRate, steps: settings.steps, warmUpSteps: min(100, settings.steps / 10)),
            measures: Self.measures, largestGradient: 5)
    }

    /// What must be the same when a training goes on: the settings and the digits.
    public func checkpointSettings(digits: DigitSet) -> [String: String] {
        var texts = settings.texts
        texts["digits"] = "\(digits.count)"
        return texts
    }

    /// The measures over the steps, each the mean of a hundredth of the training.
    public func curves(of training: TrainingLoop) -> LinePlot {
        LinePlot(of: training, title: "Training on toy digits", y: "pair loss")
    }

    /// Makes one step of `training` on scenes of `generator`; which ones follows from the number of the step.
    ///
    /// - Returns: the measures of the step.
    /// - Precondition: the training has not ended.
    @discardableResult
    public func advance(
        _ training: TrainingLoop, of model: ToyDigitModel, on generator: ToyDigitGenerator,
        execution: Execution = .default
    ) -> [Double] {
        guard let step = training.next else { fatalError("the training of \(settings.steps) steps has ended") }
        return TensorExecution.$current.withValue(execution) {
            let scenes = (0..<settings.batch).map { generator.scene(step * settings.batch + $0) }
            let (loss, values) = loss(of: model, on: scenes, step: step)
            let mean = { (value: (PairLossValue) -> Double, loop: Int) in
                values[loop].reduce(0) { $0 + value($1) } / Double(scenes.count)
            }
            let measures = [
                mean(\.total, 0), mean(\.total, values.count - 1), mean(\.distanceToFloor, values.count - 1),
            ]
            training.advance(loss, measures: measures)
            return measures
        }
    }

    /// The sum of the losses of all loops and of each the value for every scene.
    func loss(
        of model: ToyDigitModel, on scenes: [ToyDigitScene], step: Int
    ) -> (loss: Tensor, values: [[PairLossValue]]) {
        let pairLoss = PairLoss(margin: settings.margin, gradient: settings.gradient)
        let labels = scenes.map(\.instances.labels)
        let pixels = labels[0].count
        var random = TrainingGenerator(seed: settings.seed ^ 0x70_6978_656c).derived(step)
        let side = ToyDigitScene.side
        let input = model.input(scenes.map(\.image), width: side, height: side)
        var total = Tensor(0)
        var values: [[PairLossValue]] = []
        for points in model.grouping(model.network(input)) {
            let samples =
                settings.sampledShare == 1
                ? nil
                : scenes.map { _ in
                    PairSampling(.fraction(settings.sampledShare)).rows(of: pixels, using: &random)
                }
            let (loss, parts) = pairLoss(
                points, labels: labels, samples: samples, scale: 1 / Float(scenes.count))
            total = total + loss
            values.append(parts)
        }
        return (total, values)
    }
}
