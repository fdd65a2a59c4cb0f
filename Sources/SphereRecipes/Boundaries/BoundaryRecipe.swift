internal import SphereData
public import SphereKernels
internal import SphereLosses
public import SphereNetworks
public import SphereReports
internal import SphereTensor

/// How the boundary network is trained on images that several annotators segmented.
///
/// First the pair loss alone, on random pixels of each tap's embedding with the regions of one annotator, drawn at random, as groups; then
/// the logistic loss of all six scores (Kong and Fowlkes, CVPR 2018, section 4.1; released code, demo 2). The trunk is that of a trained
/// edge detector and stays as it is, but for its last blocks if ``Settings/tunedBlocks`` says so.
///
/// A pixel that annotators mark is a positive with a weight in proportion to how many of them mark one within two pixels; every pixel that none
/// marks is a negative of weight 1. (Liu et al., CVPR 2017, leave out those that few mark; here they count a little.)
public struct BoundaryRecipe: Sendable, Hashable {
    /// What a training starts with.
    public struct Settings: Sendable, Hashable {
        /// D of an embedding.
        public var dimension = 16
        /// Channels before an embedding.
        public var width = 24
        /// alpha of the pair loss; at 1/2 all groups can be apart.
        public var margin = 0.5
        /// Pixels of each tap that the pair loss looks at.
        public var sampledPixels = 1024
        /// Steps with the pair loss alone, from the first on.
        public var pairSteps = 300
        /// The weight of the pair loss beside the logistic ones, after that.
        public var pairWeight: Float = 0
        /// The weight of a positive on which all annotators agree.
        public var positiveWeight = 10.0
        /// Steps of the training, one image each.
        public var steps = 3000
        /// The learning rate of Adam at its largest.
        public var learningRate = 1e-3
        /// Blocks of the trunk, counted from the last, that are trained as well.
        public var tunedBlocks = 0
        /// Their share of the learning rate.
        public var tunedRate: Float = 0.01
        /// Sizes at which images are shown, each as likely as it is often there.
        public var scales = [0.5, 0.5, 0.5, 0.5, 0.75, 0.75, 0.75, 1, 1, 1]
        /// Decides weights, images and pixels.
        public var seed: UInt64 = 1

        /// The numbers of the model that comes with the package.
        public init() {}

        /// Names and values as a checkpoint keeps them.
        var texts: [String: String] {
            [
                "dimension": "\(dimension)", "width": "\(width)", "margin": "\(margin)",
                "sampled_pixels": "\(sampledPixels)", "pair_steps": "\(pairSteps)", "pair_weight": "\(pairWeight)",
                "positive_weight": "\(positiveWeight)", "steps": "\(steps)", "learning_rate": "\(learningRate)",
                "tuned_blocks": "\(tunedBlocks)", "tuned_rate": "\(tunedRate)",
                "scales": scales.map { "\($0)" }.joined(separator: ","), "seed": "\(seed)",
            ]
        }
    }

    /// The numbers of the training.
    public let settings: Settings

    /// A training with the given numbers.
    ///
    /// - Precondition: dimension, width, sampled pixels and steps are 1 or more, pair steps and weights 0 or more, the margin lies in (0, 1), 0 to 5
    ///   tuned blocks, at least one scale, scales in (0, 4], rates more than 0.
    public init(_ settings: Settings = Settings()) {
        require(
            settings.dimension >= 1 && settings.width >= 1 && settings.steps >= 1 && settings.sampledPixels >= 1,
            "dimension, width, steps and sampled pixels of \(settings)")
        require(
            settings.pairSteps >= 0 && settings.pairWeight >= 0 && settings.positiveWeight > 0
                && settings.positiveWeight.isFinite, "pair steps and weights of \(settings)")
        require(settings.margin > 0 && settings.margin < 1, "a margin of \(settings.margin)")
        require((0...5).contains(settings.tunedBlocks), "\(settings.tunedBlocks) tuned blocks of 5")
        require(
            !settings.scales.isEmpty && settings.scales.allSatisfy { $0 > 0 && $0 <= 4 }, "scales of \(settings.scales)"
        )
        require(
            settings.learningRate > 0 && settings.learningRate.isFinite && settings.tunedRate > 0,
            "learning rates of \(settings)")
        self.settings = settings
    }

    /// What is measured in every step: the pair loss as the mean over the taps, the logistic losses of the taps (mean) and of all taps together.
    public static let measures = ["pair_loss", "tap_loss", "fused_loss"]

    /// What a training changes.
    private final class Trained: Module {
        let heads: BoundaryHeads
        let tuned: [[ConvolutionLayer]]

        init(heads: BoundaryHeads, tuned: [[ConvolutionLayer]]) {
            self.heads = heads
            self.tuned = tuned
        }
    }

    /// A network on the trunk of `edges`, its heads random but calibrated on up to four of the images.
    ///
    /// - Precondition: at least one example.
    /// - Complexity: a forward pass for each of the four images.
    public func network(
        on edges: HolisticEdgeNetwork, examples: [BoundaryExample], execution: Execution = .default
    ) -> BoundaryNetwork {
        let network = BoundaryNetwork(
            edges: edges,
            heads: BoundaryHeads(dimension: settings.dimension, width: settings.width, seed: settings.seed))
        TensorExecution.$current.withValue(execution) {
            network.heads.calibrate(
                examples.prefix(4).map { example in
                    let image = BoundaryView(example.image, mirrored: false).image
                    return edges.trunk.maps(BoundaryView.input(image, scale: 0.5))
                })
        }
        return network
    }

    /// The training of `network`.
    public func training(of network: BoundaryNetwork) -> TrainingLoop {
        let tuned = Array(network.edges.trunk.blocks.suffix(settings.tunedBlocks))
        for layer in tuned.joined() {
            for parameter in layer.parameters { parameter.learningRateFactor = settings.tunedRate }
        }
        return TrainingLoop(
            Trained(heads: network.heads, tuned: tuned), optimizer: Adam(weightDecay: 1e-4),
            schedule: LearningRateSchedule(
                base: settings.learningRate, steps: settings.steps, warmUpSteps: min(100, settings.steps / 10)),
            measures: Self.measures, largestGradient: 5)
    }

    /// What must be the same when a training goes on: the settings and the number of images.
    public func checkpointSettings(examples: Int) -> [String: String] {
        var texts = settings.texts
        texts["examples"] = "\(examples)"
        return texts
    }

    /// The measures over the steps, each the mean of a hundredth of the training.
    public func curves(of training: TrainingLoop) -> LinePlot {
        LinePlot(of: training, title: "Training on boundaries", y: "loss")
    }

    /// Makes one step of `training` on one of the examples; which one, and how it is changed, follows from the number of the step.
    ///
    /// - Returns: the measures of the step; losses that took no part are 0.
    /// - Precondition: the training has not ended; at least one example.
    /// - Throws: `BoundaryExample/LoadingError`.
    @discardableResult
    public func advance(
        _ training: TrainingLoop, of network: BoundaryNetwork, on examples: [BoundaryExample],
        execution: Execution = .default
    ) throws(BoundaryExample.LoadingError) -> [Double] {
        guard let step = training.next else { fatalError("the training of \(settings.steps) steps has ended") }
        var order = ShuffledOrder(count: examples.count, seed: settings.seed)
        let example = examples[order.examples(step: step, batch: 1)[0]]
        var random = TrainingGenerator(seed: settings.seed ^ 0x62_6f75_6e64).derived(step)
        let annotator = Int(random.uniform() * Double(example.segmentations.count))
        let scale = settings.scales[Int(random.uniform() * Double(settings.scales.count))]
        let view = BoundaryView(
            example, segmentation: try example.segmentation(annotator), using: &random)
        return TensorExecution.$current.withValue(execution) {
            let (loss, measures) = loss(of: network, on: view, scale: scale, step: step, using: &random)
            training.advance(loss, measures: measures)
            return measures
        }
    }

    /// The loss of a step and its measures.
    private func loss(
        of network: BoundaryNetwork, on view: BoundaryView, scale: Double, step: Int,
        using random: inout TrainingGenerator
    ) -> (loss: Tensor, measures: [Double]) {
        let input = BoundaryView.input(view.image, scale: scale)
        let maps = network.edges.trunk.maps(input, frozen: 5 - settings.tunedBlocks)
        let points = network.heads.embeddings(maps)
        var total = Tensor(0)
        var measures = [0.0, 0, 0]
        let pairWeight = step < settings.pairSteps ? 1 : settings.pairWeight
        if pairWeight > 0 {
            let pairLoss = PairLoss(margin: settings.margin)
            for tap in points {
                let (height, width) = (tap.shape[1], tap.shape[2])
                let sample = PairSampling(.count(settings.sampledPixels)).rows(of: height * width, using: &random)
                let (loss, values) = pairLoss(
                    tap, labels: [view.image.labels(width: width, height: height)], samples: [sample],
                    scale: pairWeight / Float(points.count))
                total = total + loss
                measures[0] += values[0].total / Double(points.count)
            }
        }
        if step >= settings.pairSteps {
            let scores = network.heads.scores(
                points, size: (input.shape[1], input.shape[2]), height: view.image.height, width: view.image.width)
            let logistic = LogisticLoss()
            let (targets, weights) = view.targets(positiveWeight: Float(settings.positiveWeight))
            for (index, score) in scores.enumerated() {
                let loss = logistic(score, targets: targets, weights: weights)
                total = total + loss
                let isFused = index == scores.count - 1
                measures[isFused ? 2 : 1] += Double(loss.scalar) / Double(isFused ? 1 : scores.count - 1)
            }
        }
        return (total, measures)
    }
}
