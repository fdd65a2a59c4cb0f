import ArgumentParser
import SphereData
import SphereEvaluation
import SphereKernels
import SphereNetworks
import SphereRecipes
import SphereReports
import SphereTensor

/// `sphereshift train boundaries`: the paper's boundary network on BSDS500.
struct TrainBoundariesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "boundaries",
        abstract: "Train embeddings and classifiers of boundaries on the trunk of a trained edge detector.",
        discussion: """
            --data is a folder with train and val, or one with images; beside every NAME.jpg or NAME.png lie the segmentations of its \
            annotators, NAME_gtK_seg.png, K from 0 (BSDS500). --trunk has the weights of HED. The first steps train the \
            embeddings of five taps by the pair loss, the others all classifiers.

            Examples:
              sphereshift train boundaries --data bsds500 --trunk hed_vgg16_bsds500_i8.safetensors --output edges
              sphereshift train boundaries --data bsds500 --trunk hed_vgg16_bsds500_i8.safetensors --output edges --resume
            """)

    @Option(help: ArgumentHelp("Folder with train and val, or with images and segmentations.", valueName: "dir"))
    var data: String

    @Option(help: ArgumentHelp("Weights of HED.", valueName: "file"))
    var trunk: String

    @Option(help: ArgumentHelp("Folder for checkpoint, curves and weights; made if it is missing.", valueName: "dir"))
    var output: String

    @Flag(help: "Continue from the checkpoint in the output folder.")
    var resume = false

    @Option(help: ArgumentHelp("Begin with the heads of this model instead of random ones.", valueName: "file"))
    var startFrom: String?

    @Option(
        help: ArgumentHelp("Leave the last n images of the last folder out, to choose settings on.", valueName: "n"))
    var holdOut = 0

    @Option(help: ArgumentHelp("Dimension D of each tap's embedding.", valueName: "d"))
    var dimension = BoundaryRecipe.Settings().dimension

    @Option(help: ArgumentHelp("Channels before the embedding.", valueName: "n"))
    var width = BoundaryRecipe.Settings().width

    @Option(help: ArgumentHelp("Margin alpha of the pair loss.", valueName: "alpha"))
    var margin = BoundaryRecipe.Settings().margin

    @Option(help: ArgumentHelp("Pixels of each tap that the pair loss looks at.", valueName: "n"))
    var sampledPixels = BoundaryRecipe.Settings().sampledPixels

    @Option(help: ArgumentHelp("First steps, with the pair loss alone.", valueName: "n"))
    var pairSteps = BoundaryRecipe.Settings().pairSteps

    @Option(help: ArgumentHelp("Weight of the pair loss after them.", valueName: "w"))
    var pairWeight = BoundaryRecipe.Settings().pairWeight

    @Option(help: ArgumentHelp("Weight of a boundary pixel that all annotators mark.", valueName: "w"))
    var positiveWeight = BoundaryRecipe.Settings().positiveWeight

    @Option(help: ArgumentHelp("Steps, one image each.", valueName: "n"))
    var steps = BoundaryRecipe.Settings().steps

    @Option(help: ArgumentHelp("Learning rate of Adam at its largest.", valueName: "r"))
    var learningRate = BoundaryRecipe.Settings().learningRate

    @Option(help: ArgumentHelp("Blocks of the trunk, from the last, that are trained as well.", valueName: "n"))
    var tunedBlocks = BoundaryRecipe.Settings().tunedBlocks

    @Option(help: ArgumentHelp("Their share of the learning rate.", valueName: "s"))
    var tunedRate = BoundaryRecipe.Settings().tunedRate

    @Option(help: ArgumentHelp("Decides weights, images and pixels.", valueName: "n"))
    var seed = BoundaryRecipe.Settings().seed

    @Option(help: ArgumentHelp("Steps between checkpoints.", valueName: "n"))
    var checkpointEvery = 100

    @OptionGroup(title: "Execution") var executionOptions: ExecutionOptions
    @OptionGroup var format: FormatOptions

    func validate() throws {
        func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws {
            if !range.contains(value) { throw ValidationError("\(name) must be in \(range), found \(value)") }
        }
        try check("--dimension", dimension, 1...512)
        try check("--width", width, 1...512)
        try check("--sampled-pixels", sampledPixels, 1...1_000_000)
        try check("--pair-steps", pairSteps, 0...10_000_000)
        try check("--steps", steps, 1...10_000_000)
        try check("--tuned-blocks", tunedBlocks, 0...5)
        try check("--hold-out", holdOut, 0...1_000_000)
        try check("--checkpoint-every", checkpointEvery, 1...10_000_000)
        if !(margin > 0 && margin < 1) { throw ValidationError("--margin must be in (0, 1), found \(margin)") }
        if !(pairWeight >= 0 && pairWeight <= 1000) {
            throw ValidationError("--pair-weight must be in [0, 1000], found \(pairWeight)")
        }
        if !(positiveWeight > 0 && positiveWeight <= 1000) {
            throw ValidationError("--positive-weight must be in (0, 1000], found \(positiveWeight)")
        }
        if !(learningRate > 0 && learningRate <= 1) {
            throw ValidationError("--learning-rate must be in (0, 1], found \(learningRate)")
        }
        if !(tunedRate > 0 && tunedRate <= 1) {
            throw ValidationError("--tuned-rate must be in (0, 1], found \(tunedRate)")
        }
        if resume && startFrom != nil { throw ValidationError("give one of --resume and --start-from") }
    }

    private var settings: BoundaryRecipe.Settings {
        var settings = BoundaryRecipe.Settings()
        settings.dimension = dimension
        settings.width = width
        settings.margin = margin
        settings.sampledPixels = sampledPixels
        settings.pairSteps = pairSteps
        settings.pairWeight = pairWeight
        settings.positiveWeight = positiveWeight
        settings.steps = steps
        settings.learningRate = learningRate
        settings.tunedBlocks = tunedBlocks
        settings.tunedRate = tunedRate
        settings.seed = seed
        return settings
    }

    private struct Result: Encodable {
        let weights: String
        let checkpoint: String
        let steps: Int
        let seconds: Double
        let images: Int
        let pairLoss: Float
        let tapLoss: Float
        let fusedLoss: Float
    }

    func run() throws {
        let recipe = BoundaryRecipe(settings)
        let execution = executionOptions.execution
        let detector = try BoundaryModel(path: trunk)
        guard case .edges(let edges) = detector.network else {
            throw InputError("\(trunk): expected the weights of HED, found a model of 'train boundaries'")
        }
        let examples = try readExamples()
        let network = recipe.network(on: edges, examples: examples, execution: execution)
        if let startFrom {
            guard case .embedding(let other) = try BoundaryModel(path: startFrom).network else {
                throw InputError("\(startFrom): expected a model of 'train boundaries', found the weights of HED")
            }
            guard other.heads.dimension == dimension, other.heads.width == width else {
                throw InputError(
                    "\(startFrom): has dimension \(other.heads.dimension) and width \(other.heads.width), this training \(dimension) and "
                        + "\(width)")
            }
            network.takeWeights(from: other)
        }
        let training = recipe.training(of: network)
        let run = try TrainingRun(
            training, output: output, resume: resume, settings: recipe.checkpointSettings(examples: examples.count))
        try run.run(
            checkpointEvery: checkpointEvery, curves: { recipe.curves(of: training) },
            saveWeights: { try BoundaryModel(network).save(to: $0) }
        ) {
            try recipe.advance(training, of: network, on: examples, execution: execution)
        }
        let last = run.measures
        print(
            format.json
                ? try JSON.text(
                    Result(
                        weights: run.weights, checkpoint: run.checkpoint, steps: training.step, seconds: run.seconds,
                        images: examples.count, pairLoss: last[0], tapLoss: last[1], fusedLoss: last[2]))
                : run.summary)
    }

    /// The images of train and val, or of the folder itself.
    private func readExamples() throws -> [BoundaryExample] {
        let root = try Folder(data)
        let parts = ["train", "val"].filter { root.names.contains($0) }
        var found: [(folder: Folder, name: String, image: String)] = []
        for path in parts.isEmpty ? [data] : parts.map({ "\(data)/\($0)" }) {
            let folder = try Folder(path)
            for file in folder.names where folder.names.contains("\(PictureName.base(of: file))_gt0_seg.png") {
                found.append((folder, PictureName.base(of: file), "\(path)/\(file)"))
            }
        }
        found.removeLast(min(holdOut, found.count))
        if found.isEmpty {
            throw InputError("\(data): expected images NAME.jpg with NAME_gt0_seg.png beside them, found none")
        }
        var bar = ProgressBar("read")
        let examples = try found.enumerated().map { index, item in
            bar.update(index, of: found.count, note: item.name)
            var segmentations: [String] = []
            while let path = item.folder.firstPath(["\(item.name)_gt\(segmentations.count)_seg.png"]) {
                segmentations.append(path)
            }
            return try BoundaryExample(name: item.name, image: item.image, segmentations: segmentations)
        }
        bar.finish()
        return examples
    }
}
