import ArgumentParser
import SphereData
import SphereKernels
import SphereLosses
import SphereNetworks
import SphereRecipes
import SphereReports
import SphereTensor

/// `sphereshift train toy-digits`: scenes of handwritten digits.
struct TrainToyDigitsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "toy-digits",
        abstract: "Train the network of the paper on scenes of handwritten digits.",
        discussion: """
            Scenes of 64 x 64 pixels with up to nine digits that overlap. The defaults are the paper's: D = 3, margin 0.1, a loss before and \
            after each of five loops. Digits come from images.npy (N, 28, 28) and labels.npy (N) of --data, or else are those of the \
            package; the first eight tenths are for training, the next tenth for validation, the last for the test.

            Examples:
              sphereshift train toy-digits --output toy --steps 2000
              sphereshift train toy-digits --output toy16 --data mnist --dimension 16 --margin 0.5 --concentration 20
              sphereshift train toy-digits --output second --start-from toy/weights.safetensors --margin 0.07 --concentration 100
            """)

    @Option(
        help: ArgumentHelp("Folder with images.npy and labels.npy (default: the bundled digits).", valueName: "dir"))
    var data: String?

    @Option(help: ArgumentHelp("Folder for checkpoint, curves and weights; made if it is missing.", valueName: "dir"))
    var output: String

    @Flag(help: "Continue from the checkpoint in the output folder.")
    var resume = false

    @Option(help: ArgumentHelp("Begin with these weights instead of random ones.", valueName: "file"))
    var startFrom: String?

    @Option(help: ArgumentHelp("Dimension D of the embedding.", valueName: "d"))
    var dimension = ToyDigitRecipe.Settings().dimension

    @Option(help: ArgumentHelp("Margin alpha of the pair loss.", valueName: "alpha"))
    var margin = ToyDigitRecipe.Settings().margin

    @Option(help: ArgumentHelp("Concentration kappa of the loops.", valueName: "kappa"))
    var concentration = ToyDigitRecipe.Settings().concentration

    @Option(help: ArgumentHelp("Loops of mean shift with a loss; 0 trains without.", valueName: "t"))
    var loops = ToyDigitRecipe.Settings().loops

    @Option(help: ArgumentHelp("Scenes in a step.", valueName: "n"))
    var batch = ToyDigitRecipe.Settings().batch

    @Option(help: ArgumentHelp("Steps.", valueName: "n"))
    var steps = ToyDigitRecipe.Settings().steps

    @Option(help: ArgumentHelp("Learning rate of Adam at its largest.", valueName: "r"))
    var learningRate = ToyDigitRecipe.Settings().learningRate

    @Option(
        help: ArgumentHelp(
            "Least number of digits of a scene; a training ends best with scenes of all.", valueName: "n"))
    var leastDigits = ToyDigitRecipe.Settings().leastDigits

    @Option(help: ArgumentHelp("Share of the pixels that a loss looks at.", valueName: "s"))
    var sampledShare = ToyDigitRecipe.Settings().sampledShare

    @Option(
        help: ArgumentHelp(
            "Gradient of the pair loss that is followed; for margins below 0.5, see docs/models.md.",
            valueName: "name"))
    var gradient = GradientName.exact

    /// The conventions of `PairLoss.Gradient`.
    enum GradientName: String, ExpressibleByArgument, CaseIterable {
        case exact
        case released
        case steep

        var convention: PairLoss.Gradient {
            switch self {
            case .exact: .exact
            case .released: .released
            case .steep: .steep
            }
        }
    }

    @Flag(help: "Give the network the place of every pixel as two more channels, which the paper's has not.")
    var coordinates = false

    @Option(help: ArgumentHelp("Power of the colours; 0.5 shows faint ink, the paper has 1.", valueName: "g"))
    var gamma = ToyDigitRecipe.Settings().gamma

    @Option(help: ArgumentHelp("Decides weights, scenes and pixels.", valueName: "n"))
    var seed = ToyDigitRecipe.Settings().seed

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
        try check("--dimension", dimension, 1...512)
        try check("--loops", loops, 0...100)
        try check("--batch", batch, 1...1024)
        try check("--steps", steps, 1...10_000_000)
        try check("--least-digits", leastDigits, 0...9)
        try check("--checkpoint-every", checkpointEvery, 1...10_000_000)
        if !(margin > 0 && margin < 1) { throw ValidationError("--margin must be in (0, 1), found \(margin)") }
        if !(concentration > 0 && concentration <= 10_000) {
            throw ValidationError("--concentration must be in (0, 10000], found \(concentration)")
        }
        if !(learningRate > 0 && learningRate <= 1) {
            throw ValidationError("--learning-rate must be in (0, 1], found \(learningRate)")
        }
        if !(gamma >= 0.01 && gamma <= 100) {
            throw ValidationError("--gamma must be in [0.01, 100], found \(gamma)")
        }
        if !(sampledShare > 0 && sampledShare <= 1) {
            throw ValidationError("--sampled-share must be in (0, 1], found \(sampledShare)")
        }
        if resume && startFrom != nil {
            throw ValidationError("give one of --resume and --start-from")
        }
    }

    private struct Result: Encodable {
        let weights: String
        let checkpoint: String
        let steps: Int
        let seconds: Double
        let lossBefore: Float
        let lossAfter: Float
        let distanceToFloor: Float
        let parameters: Int
    }

    func run() throws {
        var settings = ToyDigitRecipe.Settings()
        settings.dimension = dimension
        settings.margin = margin
        settings.concentration = concentration
        settings.loops = loops
        settings.batch = batch
        settings.steps = steps
        settings.learningRate = learningRate
        settings.leastDigits = leastDigits
        settings.sampledShare = sampledShare
        settings.gradient = gradient.convention
        settings.usesCoordinates = coordinates
        settings.gamma = gamma
        settings.seed = seed
        let recipe = ToyDigitRecipe(settings)
        let digits = try data.map { try DigitSet(folder: $0) } ?? DigitSet.bundled()
        let generator = recipe.generator(digits: try digits.part(.training))
        let model = recipe.model()
        if let startFrom { try model.takeWeights(from: ToyDigitModel(path: startFrom)) }
        let training = recipe.training(of: model)
        let run = try TrainingRun(
            training, output: output, resume: resume, settings: recipe.checkpointSettings(digits: digits))
        try run.run(
            checkpointEvery: checkpointEvery, curves: { recipe.curves(of: training) },
            saveWeights: { try model.save(to: $0, as: halfPrecision ? .float16 : .float32) }
        ) {
            recipe.advance(training, of: model, on: generator, execution: executionOptions.execution)
        }
        let last = run.measures
        print(
            format.json
                ? try JSON.text(
                    Result(
                        weights: run.weights, checkpoint: run.checkpoint, steps: training.step,
                        seconds: run.seconds, lossBefore: last[0], lossAfter: last[1], distanceToFloor: last[2],
                        parameters: model.network.parameterCount))
                : run.summary)
    }
}
