import ArgumentParser
import SphereKernels
import SphereRecipes
import SphereReports

/// `sphereshift analyze`: what a model of objects has learned.
struct AnalyzeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyze",
        abstract:
            "What a model of objects has learned: scale and location in its embedding, focus of gradients, loops.",
        discussion: """
            --data is a folder of ID.png or ID.jpg beside ID_labels.png. The report has figures and tables; --figures writes the figures as files too. \
            docs/analysis.md tells what they show.

            Examples:
              sphereshift analyze --model nuclei --data val
              sphereshift analyze --model nuclei/weights.safetensors --data val --limit 10 --figures figures --json
            """)

    @Option(help: ArgumentHelp("A model of the package or weights of `train`.", valueName: "name|file"))
    var model: String

    @Option(help: ArgumentHelp("Folder of pictures and labels.", valueName: "dir"))
    var data: String

    @Option(help: ArgumentHelp("The report.", valueName: "file.html"))
    var output = "analysis.html"

    @Option(help: ArgumentHelp("Folder for the figures as SVG and PNG; made if it is missing.", valueName: "dir"))
    var figures: String?

    @Option(help: ArgumentHelp("Only the first pictures of the folder, 2 or more.", valueName: "n"))
    var limit: Int?

    @Option(help: ArgumentHelp("Margin alpha of the pair loss whose gradient is shown.", valueName: "alpha"))
    var margin = InstanceRecipe.Settings().margin

    @Option(
        help: ArgumentHelp(
            "Weight in it of pairs of one object, those of different ones having 1.", valueName: "p"))
    var positiveWeight = InstanceRecipe.Settings().positiveWeight

    @OptionGroup(title: "Execution") var executionOptions: ExecutionOptions
    @OptionGroup var format: FormatOptions

    func validate() throws {
        if let limit, limit < 2 { throw ValidationError("--limit must be 2 or more, found \(limit)") }
        if !(margin > 0 && margin < 1) { throw ValidationError("--margin must be in (0, 1), found \(margin)") }
        if !(positiveWeight > 0 && positiveWeight <= 1000) {
            throw ValidationError("--positive-weight must be in (0, 1000], found \(positiveWeight)")
        }
    }

    func run() throws {
        try OutputPath.checkFile(output)
        let model = try InstanceModel.named(model)
        let images = try InstanceImages(folder: data)
        if let figures { try OutputPath.makeFolder(figures) }
        let execution = executionOptions.execution
        var settings = InstanceAnalysis.Settings()
        settings.limit = limit
        settings.focus.margin = margin
        settings.focus.positiveWeight = positiveWeight
        var bar = ProgressBar("analyze")
        let analysis = try InstanceAnalysis(of: images, model: model, settings: settings, on: execution) {
            bar.update($0, of: $1, note: $2)
        }
        bar.finish()
        let report = analysis.report(
            model: self.model,
            parameters: [
                HTMLReport.Parameter("weights", self.model), HTMLReport.Parameter("data", data),
                HTMLReport.Parameter("concentration", Double(model.design.concentration).shortText),
                HTMLReport.Parameter("margin", margin.shortText),
                HTMLReport.Parameter("weight of pairs of one object", positiveWeight.shortText),
                HTMLReport.Parameter("threads", "\(execution.threads)"),
                HTMLReport.Parameter("instruction set", execution.instructionSet.rawValue),
                HTMLReport.Parameter("processor", InstructionSet.processorName),
            ])
        try report.write(to: output)
        if let figures { for figure in analysis.figures { try figure.write(to: figures) } }
        let summary = AnalysisOutput(analysis, report: output)
        print(format.json ? try JSON.text(summary) : summary.text)
    }
}
