internal import SphereGrouping
public import SphereKernels
internal import SphereLosses
public import SphereNetworks
public import SphereReports
internal import SphereTensor
internal import Synchronization

/// How models of objects are trained.
///
/// In every step the network sees crops of some pictures. The loss is the sum of the logistic loss of the scores (with classes, the softmax
/// cross-entropy) and, for each crop, the pair loss of random pixels of
/// objects, of their points on the sphere and of these after every loop of mean shift (Kong and Fowlkes, CVPR 2018, section 3), times the number
/// of objects M of the crop: the pair loss weighs every pair of objects 1/M², with M² times fewer pairs that are near enough to count.
public struct InstanceRecipe: Sendable, Hashable {
    /// What a training starts with.
    public struct Settings: Sendable, Hashable {
        /// What is trained.
        public var design = InstanceDesign.nuclei
        /// Pixels of a crop's side, a multiple of 16.
        public var side = 192
        /// Crops in a step.
        public var batch = 4
        /// Steps of the training.
        public var steps = 8000
        /// The learning rate of Adam at its largest.
        public var learningRate = 2e-3
        /// alpha of the pair loss.
        ///
        /// Objects that are far apart have cosines around 0 from waves alone, s = 1/2, and neighbours of 10 pixels s = .85: a margin
        /// below that would push their places further apart than they are.
        public var margin = 0.85
        /// The largest number of pixels of a crop in the pair loss.
        public var sampledPixels = 1024
        /// What the pair loss is multiplied with; 0 trains the scores alone.
        public var pairWeight = 2.0
        /// The weight of pairs of one object in it, those of different ones having 1.
        public var positiveWeight = 4.0
        /// The largest weight of an object's pixels in the logistic loss: sqrt(400 / area), from 1 to this; 1 weighs all alike.
        ///
        /// Scores count objects, the loss counts pixels. Models with classes do without.
        public var smallObjectWeight = 2.0
        /// Stages of a residual trunk, counted from the last, that are trained as well.
        public var trainedStages = 0
        /// Their share of the learning rate.
        public var trainedRate: Float = 0.1
        /// How much crops differ from their pictures.
        public var changes = InstanceCrop.Changes.ofNuclei
        /// Decides weights, crops and pixels.
        public var seed: UInt64 = 1

        /// The defaults, those of nuclei.
        public init() {}

        /// The settings for a design.
        public static func of(_ design: InstanceDesign) -> Settings {
            var settings = Settings()
            settings.design = design
            if design.trunk == .residual {
                settings.side = 256
                settings.steps = 1000
                settings.trainedStages = 2
                settings.changes = InstanceCrop.Changes()
                settings.smallObjectWeight = 1
            }
            if design.name == InstanceDesign.digits.name {
                settings.side = 64
                settings.changes = .ofDigits
                settings.smallObjectWeight = 1
                settings.batch = 8
                settings.steps = 1500
            }
            return settings
        }

        /// Names and values as a checkpoint keeps them.
        var texts: [String: String] {
            design.texts.merging([
                "side": "\(side)", "batch": "\(batch)", "steps": "\(steps)", "learning_rate": "\(learningRate)",
                "margin": "\(margin)", "sampled_pixels": "\(sampledPixels)",
                "pair_weight": "\(pairWeight)", "positive_weight": "\(positiveWeight)",
                "small_object_weight": "\(smallObjectWeight)",
                "trained_stages": "\(trainedStages)", "trained_rate": "\(trainedRate)", "changes": changes.text,
                "seed": "\(seed)",
            ]) { first, _ in first }
        }
    }

    /// The numbers of the training.
    public let settings: Settings

    /// A training with the given numbers.
    ///
    /// - Precondition: `side` is a multiple of the trunk's `sideMultiple`, batch, steps and sampled pixels are 1 or more, the margin lies in (0, 1),
    ///   rates are more than 0, the weight of the pair loss is 0 or more, that of small objects 1 or more.
    public init(_ settings: Settings = Settings()) {
        let multiple = settings.design.trunk.sideMultiple
        require(
            settings.side >= multiple && settings.side % multiple == 0 && settings.batch >= 1 && settings.steps >= 1
                && settings.sampledPixels >= 1,
            "side, batch, steps and pixels of \(settings)")
        require(
            settings.learningRate > 0 && settings.learningRate.isFinite && settings.trainedRate > 0
                && settings.pairWeight >= 0 && settings.pairWeight.isFinite && settings.smallObjectWeight >= 1
                && settings.smallObjectWeight.isFinite,
            """
            learning rates \(settings.learningRate) and \(settings.trainedRate), pair weight \(settings.pairWeight), weight of \
            small objects \(settings.smallObjectWeight)
            """)
        self.settings = settings
    }

    /// A model with random weights for this training.
    public func model() -> InstanceModel { InstanceModel(settings.design, seed: settings.seed) }

    /// The names of what is measured in every step: the loss of the scores, and the pair loss times the number of objects before the loops and after them.
    public static let measures = ["score_loss", "pair_loss_before", "pair_loss_after"]

    /// The training of `model`.
    public func training(of model: InstanceModel) -> TrainingLoop {
        model.network.train(stages: settings.trainedStages, rate: settings.trainedRate)
        return TrainingLoop(
            model.network, optimizer: Adam(weightDecay: 1e-4),
            schedule: LearningRateSchedule(
                base: settings.learningRate, steps: settings.steps, warmUpSteps: min(100, settings.steps / 10)),
            measures: Self.measures, largestGradient: 5)
    }

    /// What must be the same when a training goes on: the settings and the number of pictures.
    public func checkpointSettings(images: InstanceImages) -> [String: String] {
        var texts = settings.texts
        texts["images"] = "\(images.count)"
        return texts
    }

    /// The measures over the steps, each the mean of a hundredth of the training.
    public func curves(of training: TrainingLoop) -> LinePlot {
        LinePlot(of: training, title: "Training on \(settings.design.name)", y: "loss")
    }

    /// Makes one step of `training` on crops of `images`; which ones follows from the number of the step.
    ///
    /// - Returns: the measures of the step.
    /// - Precondition: the training has not ended.
    /// - Throws: ``InstanceImages/LoadingError``; nothing has then changed.
    @discardableResult
    public func advance(
        _ training: TrainingLoop, of model: InstanceModel, on images: InstanceImages,
        execution: Execution = .default
    ) throws(InstanceImages.LoadingError) -> [Double] {
        guard let step = training.next else { fatalError("the training of \(settings.steps) steps has ended") }
        var order = ShuffledOrder(count: images.count, seed: settings.seed)
        var random = TrainingGenerator(seed: settings.seed ^ 0x6f62_6a65_6374).derived(step)
        let crops = try crops(
            of: order.examples(step: step, batch: settings.batch), images, for: model, random, on: execution)
        return TensorExecution.$current.withValue(execution) {
            let (loss, measures) = loss(of: model, on: crops, using: &random)
            training.advance(loss, measures: measures)
            return measures
        }
    }

    /// One crop of each of the pictures with the given numbers, each drawn by a generator of its own.
    private func crops(
        of numbers: [Int], _ images: InstanceImages, for model: InstanceModel, _ random: TrainingGenerator,
        on execution: Execution
    ) throws(InstanceImages.LoadingError) -> [InstanceCrop] {
        let results = Mutex<[Int: Result<InstanceCrop, InstanceImages.LoadingError>]>([:])
        let (design, side, changes) = (model.design, settings.side, settings.changes)
        parallelFor(units: numbers.count, threads: execution.threads) { _, unit in
            let result = Result { () throws(InstanceImages.LoadingError) in
                let example = try images[numbers[unit]]
                var generator = random.derived(unit)
                return InstanceCrop(
                    of: example.image, labels: example.labels, classes: example.classes, for: design, side: side,
                    changes: changes, using: &generator)
            }
            results.withLock { $0[unit] = result }
        }
        let found = results.withLock { $0 }
        var crops: [InstanceCrop] = []
        for unit in numbers.indices { crops.append(try found[unit]!.get()) }
        return crops
    }

    /// The loss of some crops, and the measures.
    func loss(
        of model: InstanceModel, on crops: [InstanceCrop], using random: inout TrainingGenerator
    ) -> (loss: Tensor, measures: [Double]) {
        let (side, batch) = (settings.side, crops.count)
        model.network.setStatistics(.batch)
        let input = Tensor(
            shape: [batch, side, side, settings.design.channels], elements: crops.flatMap { $0.input })
        let (scores, offsets) = model.network(input)
        var total = scoreLoss(scores, of: crops)
        var measures = [Double(total.scalar), 0, 0]
        if settings.pairWeight == 0 { return (total, measures) }
        let pairLoss = PairLoss(
            margin: settings.margin, positiveWeight: settings.positiveWeight, ignoredLabel: -1)
        for (number, crop) in crops.enumerated() {
            let (pixels, names) = sample(crop.labels, using: &random)
            let objects = Set(names).subtracting([-1]).count
            if objects == 0 { continue }
            let points = settings.design.waves(
                offsets.selectingRows(pixels.map { number * side * side + $0 }),
                at: pixels.map { SIMD2(Float($0 % side), Float($0 / side)) })
            let loops = model.grouping(points)
            for (loop, shifted) in loops.enumerated() {
                let weight = Double(objects) / Double(batch)
                let (loss, values) = pairLoss(
                    shifted, labels: [names], scale: Float(settings.pairWeight * weight / Double(loops.count)))
                total = total + loss
                if loop == 0 { measures[1] += values[0].total * weight }
                if loop == loops.count - 1 { measures[2] += values[0].total * weight }
            }
        }
        return (total, measures)
    }

    /// The logistic loss of one score, or the softmax cross-entropy of several; pixels of the class -1 take no part.
    private func scoreLoss(_ scores: Tensor, of crops: [InstanceCrop]) -> Tensor {
        let classes = crops.flatMap(\.classes)
        if !settings.design.classes.isEmpty { return SoftmaxLoss(ignoredLabel: -1)(scores, labels: classes) }
        return LogisticLoss()(
            scores, targets: classes.map { $0 > 0 ? 1 : 0 }, weights: crops.flatMap { weights(of: $0) })
    }

    /// The weight of each pixel of a crop in the logistic loss, see ``Settings/smallObjectWeight``.
    private func weights(of crop: InstanceCrop) -> [Float] {
        var areas: [Int32: Int] = [:]
        for label in crop.labels where label != 0 { areas[label, default: 0] += 1 }
        let weights = areas.mapValues {
            Float(min(settings.smallObjectWeight, max(1, (400 / Double($0)).squareRoot())))
        }
        return zip(crop.labels, crop.classes).map { label, kind in kind < 0 ? 0 : weights[label] ?? 1 }
    }

    /// Random pixels of objects, sorted, and the objects' labels; -1 for objects with fewer than four of them, which the border of the crop has cut off.
    private func sample(
        _ labels: [Int32], using random: inout TrainingGenerator
    ) -> (pixels: [Int], names: [Int32]) {
        let foreground = labels.indices.filter { labels[$0] != 0 }
        if foreground.isEmpty { return ([], []) }
        let rows = PairSampling(.count(min(settings.sampledPixels, foreground.count)))
            .rows(of: foreground.count, using: &random).rows
        let pixels = rows.map { foreground[$0] }
        var counts: [Int32: Int] = [:]
        for pixel in pixels { counts[labels[pixel], default: 0] += 1 }
        return (pixels, pixels.map { counts[labels[$0]]! < 4 ? -1 : labels[$0] })
    }
}
