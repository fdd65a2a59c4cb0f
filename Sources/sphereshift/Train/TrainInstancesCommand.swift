import ArgumentParser
import SphereData
import SphereKernels
import SphereNetworks
import SphereRecipes
import SphereReports
import SphereTensor

/// `sphereshift train nuclei`.
struct TrainNucleiCommand: ParsableCommand {
    static let configuration = InstanceTraining.configuration(
        .nuclei, abstract: "Train the network that finds cell nuclei in fluorescence images.")
    @OptionGroup var training: InstanceTraining
    func run() throws { try training.run(.nuclei) }
}

/// `sphereshift train leaves`.
struct TrainLeavesCommand: ParsableCommand {
    static let configuration = InstanceTraining.configuration(
        .leaves, abstract: "Train the network that finds the leaves of rosettes.")
    @OptionGroup var training: InstanceTraining
    func run() throws { try training.run(.leaves) }
}

/// `sphereshift train pedestrians`.
struct TrainPedestriansCommand: ParsableCommand {
    static let configuration = InstanceTraining.configuration(
        .pedestrians, abstract: "Train the network that finds people in photographs.")
    @OptionGroup var training: InstanceTraining
    func run() throws { try training.run(.pedestrians) }
}

/// `sphereshift train things`.
struct TrainThingsCommand: ParsableCommand {
    static let configuration = InstanceTraining.configuration(
        .things, abstract: "Train the network that finds things of PASCAL VOC's twenty classes in photographs.")
    @OptionGroup var training: InstanceTraining
    func run() throws { try training.run(.things) }
}

/// `sphereshift train digits`.
struct TrainDigitsCommand: ParsableCommand {
    static let configuration = InstanceTraining.configuration(
        .digits, abstract: "Train a network that finds handwritten digits that overlap, and tells which they are.")
    @OptionGroup var training: InstanceTraining
    func run() throws { try training.run(.digits) }
}

/// The training of a model of objects.
struct InstanceTraining: ParsableArguments {
    static func configuration(_ design: InstanceDesign, abstract: String) -> CommandConfiguration {
        let data =
            design.name == InstanceDesign.digits.name
            ? """
            Scenes are made of the training digits of --data, a folder with images.npy (N, 28, 28) and labels.npy (N), or of those of the package.
            """
            : design.classes.isEmpty
                ? "--data is a folder of ID.png or ID.jpg beside ID_labels.png, 0 for what is no object."
                : """
                --data is a folder of ID.png or ID.jpg beside ID_labels.png, 0 for what is no object, and instances.json (COCO), which says what the \
                objects are.
                """
        let trunk =
            design.trunk == .residual
            ? " --trunk has the weights of ResNet-50 of half the width, batch normalizations folded in." : ""
        let more =
            (design.name == InstanceDesign.digits.name ? "" : " --data train")
            + (design.trunk == .residual ? " --trunk resnet50_half_f16.safetensors" : "")
        let validation = design.name == InstanceDesign.digits.name ? "" : " --data val"
        return CommandConfiguration(
            commandName: design.name, abstract: abstract,
            discussion: """
                \(data)\(trunk) Every step takes crops of some pictures, changed at random. docs/models.md tells what the network is and how \
                its output is grouped.

                Examples:
                  sphereshift train \(design.name)\(more) --output \(design.name)
                  sphereshift train \(design.name)\(more) --output \(design.name) --resume
                  sphereshift evaluate instances --model \(design.name)/weights.safetensors\(validation)
                """)
    }

    @Option(help: ArgumentHelp("Folder of pictures and labels, or of digits.", valueName: "dir"))
    var data: String?

    @Option(help: ArgumentHelp("Folder for checkpoint, curves and weights; made if it is missing.", valueName: "dir"))
    var output: String

    @Flag(help: "Continue from the checkpoint in the output folder.")
    var resume = false

    @Option(
        help: ArgumentHelp(
            "Begin with these weights, of as wide a network or a narrower one, instead of random ones.",
            valueName: "file"))
    var startFrom: String?

    @Option(
        help: ArgumentHelp(
            """
            Objects of a picture for which it comes up once in an epoch, at least once and at most \(InstanceImages.mostVisits) times (default: \
            every picture once).
            """, valueName: "n"))
    var objectsPerVisit: Int?

    @Option(help: ArgumentHelp("Weights of a residual trunk.", valueName: "file"))
    var trunk: String?

    @Option(help: ArgumentHelp("Steps (default: the recipe's).", valueName: "n"))
    var steps: Int?

    @Option(help: ArgumentHelp("Crops in a step (default: the recipe's).", valueName: "n"))
    var batch: Int?

    @Option(
        help: ArgumentHelp(
            "Pixels of a crop's side, a multiple of 16, of 32 with a residual trunk (default: the recipe's).",
            valueName: "n"))
    var side: Int?

    @Option(help: ArgumentHelp("Channels of the finest level (default: the recipe's).", valueName: "w"))
    var width: Int?

    @Option(help: ArgumentHelp("Loops of mean shift with a loss; 0 trains without.", valueName: "t"))
    var loops = InstanceDesign.nuclei.loops

    @Option(help: ArgumentHelp("Concentration kappa of mean shift (default: the recipe's).", valueName: "kappa"))
    var concentration: Float?

    @Option(help: ArgumentHelp("Margin alpha of the pair loss.", valueName: "alpha"))
    var margin = InstanceRecipe.Settings().margin

    @Option(help: ArgumentHelp("Weight of the pair loss; 0 trains the scores alone.", valueName: "w"))
    var pairWeight = InstanceRecipe.Settings().pairWeight

    @Option(help: ArgumentHelp("Weight of pairs of one object, those of different ones having 1.", valueName: "p"))
    var positiveWeight = InstanceRecipe.Settings().positiveWeight

    @Option(
        help: ArgumentHelp(
            "Stages of a residual trunk, from the last, that are trained as well (default: the recipe's).",
            valueName: "n"))
    var trainedStages: Int?

    @Option(help: ArgumentHelp("Learning rate of Adam at its largest.", valueName: "r"))
    var learningRate = InstanceRecipe.Settings().learningRate

    @Option(help: ArgumentHelp("Decides weights, crops and pixels.", valueName: "n"))
    var seed = InstanceRecipe.Settings().seed

    @Option(help: ArgumentHelp("Steps between checkpoints.", valueName: "n"))
    var checkpointEvery = 100

    @Flag(help: "Write the weights as float16, half as large.")
    var halfPrecision = false

    @OptionGroup(title: "Execution") var executionOptions: ExecutionOptions
    @OptionGroup var format: FormatOptions

    func validate() throws {
        func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws {
            if !range.contains(value) { throw ValidationError("\(name) must be in \(range), found \(value)") }
        }
        try check("--steps", steps ?? 1, 1...10_000_000)
        try check("--batch", batch ?? 1, 1...1024)
        try check("--trained-stages", trainedStages ?? 0, 0...4)
        try check("--width", width ?? 1, 1...1024)
        try check("--objects-per-visit", objectsPerVisit ?? 1, 1...1_000_000)
        try check("--loops", loops, 0...100)
        try check("--checkpoint-every", checkpointEvery, 1...10_000_000)
        if !(pairWeight >= 0 && pairWeight <= 1000) {
            throw ValidationError("--pair-weight must be in 0...1000, found \(pairWeight)")
        }
        if !(margin > 0 && margin < 1) { throw ValidationError("--margin must be in (0, 1), found \(margin)") }
        if let concentration, !(concentration > 0 && concentration <= 10_000) {
            throw ValidationError("--concentration must be in (0, 10000], found \(concentration)")
        }
        if !(positiveWeight > 0 && positiveWeight <= 1000) {
            throw ValidationError("--positive-weight must be in (0, 1000], found \(positiveWeight)")
        }
        if !(learningRate > 0 && learningRate <= 1) {
            throw ValidationError("--learning-rate must be in (0, 1], found \(learningRate)")
        }
        if resume && startFrom != nil { throw ValidationError("give one of --resume and --start-from") }
        if startFrom != nil && trunk != nil { throw ValidationError("give one of --trunk and --start-from") }
    }

    private struct Result: Encodable {
        let weights: String
        let checkpoint: String
        let steps: Int
        let seconds: Double
        let scoreLoss: Float
        let pairLossBefore: Float
        let pairLossAfter: Float
        let parameters: Int
    }

    func run(_ design: InstanceDesign) throws {
        var design = design
        design.loops = loops
        if let concentration { design.concentration = concentration }
        if let width { design.width = width }
        var settings = InstanceRecipe.Settings.of(design)
        let multiple = design.trunk.sideMultiple
        if let side {
            if !(multiple...4096).contains(side) || side % multiple != 0 {
                throw ValidationError("--side must be a multiple of \(multiple) in \(multiple)...4096, found \(side)")
            }
            settings.side = side
        }
        let isResidual = design.trunk == .residual
        if !isResidual && (trunk != nil || trainedStages ?? 0 > 0) {
            throw ValidationError("the network of \(design.name) has no residual trunk for --trunk or --trained-stages")
        }
        if isResidual && trunk == nil && startFrom == nil && !resume {
            throw ValidationError("--trunk is missing: the weights of ResNet-50 of half the width")
        }
        settings.steps = steps ?? settings.steps
        settings.batch = batch ?? settings.batch
        settings.trainedStages = trainedStages ?? settings.trainedStages
        settings.margin = margin
        settings.pairWeight = pairWeight
        settings.positiveWeight = positiveWeight
        settings.learningRate = learningRate
        settings.seed = seed
        let recipe = InstanceRecipe(settings)
        // As many scenes as the training sees, up to a million.
        let scenes = 0..<min(recipe.settings.steps * recipe.settings.batch, 1_000_000)
        var images = try InstanceImages(for: design, data: data, part: .training, scenes: scenes, seed: seed)
        if let objectsPerVisit {
            if design.name == InstanceDesign.digits.name {
                throw ValidationError("--objects-per-visit is for folders of pictures: every scene of digits is new")
            }
            images = try images.repeated(objectsPerVisit: objectsPerVisit)
        }
        let model = recipe.model()
        if let trunk { try model.loadTrunk(path: trunk) }
        if let startFrom { try model.takeWeights(from: InstanceModel(path: startFrom), path: startFrom) }
        let training = recipe.training(of: model)
        let run = try TrainingRun(
            training, output: output, resume: resume, settings: recipe.checkpointSettings(images: images))
        try run.run(
            checkpointEvery: checkpointEvery, curves: { recipe.curves(of: training) },
            saveWeights: { try model.save(to: $0, as: halfPrecision ? .float16 : .float32) }
        ) {
            try recipe.advance(training, of: model, on: images, execution: executionOptions.execution)
        }
        let last = run.measures
        print(
            format.json
                ? try JSON.text(
                    Result(
                        weights: run.weights, checkpoint: run.checkpoint, steps: training.step,
                        seconds: run.seconds, scoreLoss: last[0], pairLossBefore: last[1], pairLossAfter: last[2],
                        parameters: model.network.parameterCount))
                : run.summary)
    }
}

extension InstanceImages {
    /// The pictures of a folder, or scenes of digits for the model of these.
    ///
    /// - Parameters:
    ///   - data: the folder of pictures, or of digits; `nil`: the digits of the package.
    ///   - part: the digits that scenes are made of.
    init(
        for design: InstanceDesign, data: String?, part: DigitSet.Part, scenes: Range<Int>, seed: UInt64
    ) throws {
        if design.name == InstanceDesign.digits.name {
            let digits = try data.map { try DigitSet(folder: $0) } ?? DigitSet.bundled()
            self.init(scenes: scenes, of: ToyDigitGenerator(digits: try digits.part(part), seed: seed))
        } else if let data {
            try self.init(folder: data, classes: design.classes)
        } else {
            throw ValidationError("Missing expected argument '--data <dir>'")
        }
    }
}
