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

/// The training of a model of objects.
struct InstanceTraining: ParsableArguments {
    static func configuration(_ design: InstanceDesign, abstract: String) -> CommandConfiguration {
        CommandConfiguration(
            commandName: design.name, abstract: abstract,
            discussion: """
                --data is a folder of ID.png or ID.jpg beside ID_labels.png, 0 for what is no object. Every step takes crops of some pictures, changed \
                at random. docs/models.md tells what the network is and how its output is grouped.

                Examples:
                  sphereshift train \(design.name) --data train --output \(design.name)
                  sphereshift train \(design.name) --data train --output \(design.name) --resume
                  sphereshift evaluate instances --model \(design.name)/weights.safetensors --data val
                """)
    }

    @Option(help: ArgumentHelp("Folder of pictures and labels.", valueName: "dir"))
    var data: String

    @Option(help: ArgumentHelp("Folder for checkpoint, curves and weights; made if it is missing.", valueName: "dir"))
    var output: String

    @Flag(help: "Continue from the checkpoint in the output folder.")
    var resume = false

    @Option(help: ArgumentHelp("Begin with these weights instead of random ones.", valueName: "file"))
    var startFrom: String?

    @Option(help: ArgumentHelp("Steps.", valueName: "n"))
    var steps = InstanceRecipe.Settings().steps

    @Option(help: ArgumentHelp("Crops in a step.", valueName: "n"))
    var batch = InstanceRecipe.Settings().batch

    @Option(help: ArgumentHelp("Pixels of a crop's side, a multiple of 16 (default: the recipe's).", valueName: "n"))
    var side: Int?

    @Option(help: ArgumentHelp("Channels of the finest level (default: the recipe's).", valueName: "w"))
    var width: Int?

    @Option(help: ArgumentHelp("Loops of mean shift with a loss; 0 trains without.", valueName: "t"))
    var loops = InstanceDesign.nuclei.loops

    @Option(help: ArgumentHelp("Concentration kappa of mean shift.", valueName: "kappa"))
    var concentration = InstanceDesign.nuclei.concentration

    @Option(help: ArgumentHelp("Margin alpha of the pair loss.", valueName: "alpha"))
    var margin = InstanceRecipe.Settings().margin

    @Option(help: ArgumentHelp("Weight of pairs of one object, those of different ones having 1.", valueName: "p"))
    var positiveWeight = InstanceRecipe.Settings().positiveWeight

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
        try check("--steps", steps, 1...10_000_000)
        try check("--batch", batch, 1...1024)
        try check("--width", width ?? 1, 1...1024)
        try check("--loops", loops, 0...100)
        try check("--checkpoint-every", checkpointEvery, 1...10_000_000)
        let multiple = InstanceNetwork.sideMultiple
        if let side, !(multiple...4096).contains(side) || side % multiple != 0 {
            throw ValidationError("--side must be a multiple of \(multiple) in \(multiple)...4096, found \(side)")
        }
        if !(margin > 0 && margin < 1) { throw ValidationError("--margin must be in (0, 1), found \(margin)") }
        if !(concentration > 0 && concentration <= 10_000) {
            throw ValidationError("--concentration must be in (0, 10000], found \(concentration)")
        }
        if !(positiveWeight > 0 && positiveWeight <= 1000) {
            throw ValidationError("--positive-weight must be in (0, 1000], found \(positiveWeight)")
        }
        if !(learningRate > 0 && learningRate <= 1) {
            throw ValidationError("--learning-rate must be in (0, 1], found \(learningRate)")
        }
        if resume && startFrom != nil { throw ValidationError("give one of --resume and --start-from") }
    }

    private struct Result: Encodable {
        let weights: String?
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
        design.concentration = concentration
        if let width { design.width = width }
        var settings = InstanceRecipe.Settings.of(design)
        if let side { settings.side = side }
        settings.steps = steps
        settings.batch = batch
        settings.margin = margin
        settings.positiveWeight = positiveWeight
        settings.learningRate = learningRate
        settings.seed = seed
        let recipe = InstanceRecipe(settings)
        let images = try InstanceImages(folder: data)
        let model = recipe.model()
        if let startFrom { try model.takeWeights(from: InstanceModel(path: startFrom), path: startFrom) }
        let training = recipe.training(of: model)
        let run = try TrainingRun(
            training, output: output, resume: resume, settings: recipe.checkpointSettings(images: images))
        try run.run(checkpointEvery: checkpointEvery, curves: { recipe.curves(of: training) }) {
            try recipe.advance(training, of: model, on: images, execution: executionOptions.execution)
        }
        if run.isComplete { try model.save(to: run.weights, as: halfPrecision ? .float16 : .float32) }
        let last = run.measures
        print(
            format.json
                ? try JSON.text(
                    Result(
                        weights: run.isComplete ? run.weights : nil, checkpoint: run.checkpoint, steps: training.step,
                        seconds: run.seconds, scoreLoss: last[0], pairLossBefore: last[1], pairLossAfter: last[2],
                        parameters: model.network.parameterCount))
                : run.summary)
    }
}
