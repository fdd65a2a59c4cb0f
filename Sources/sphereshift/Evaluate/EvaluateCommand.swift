import ArgumentParser
import SphereReports

/// `sphereshift evaluate`: predictions and ground truth in, scores out.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Score predictions against a ground truth.",
        discussion: """
            Every task prints a table, or JSON with --json; --report writes an HTML page with tables and curves. A value that is \
            not defined is null in JSON, with its reason under "undefined"; that no score has a value is an error. Folders are paired \
            by the names of their files.

            Examples:
              sphereshift evaluate coco --truth instances.json --predictions detections.json
              sphereshift evaluate clustering --truth masks --predictions labels --json
              sphereshift evaluate boundaries --truth test --predictions ucm2 --format ucm2 --report boundaries.html
              sphereshift evaluate panoptic --truth panoptic.json --predictions results.json
            """,
        subcommands: [
            EvaluateCOCOCommand.self, EvaluateVOCCommand.self, EvaluateCityscapesCommand.self,
            EvaluatePanopticCommand.self, EvaluateMeanIoUCommand.self, EvaluateClusteringCommand.self,
            EvaluateObjectsCommand.self, EvaluateProposalsCommand.self, EvaluateBoundariesCommand.self,
            EvaluateRegionsCommand.self, EvaluateToyDigitsCommand.self, EvaluateInstancesCommand.self,
            EvaluateRecallCommand.self,
        ])
}

/// What every task takes.
struct EvaluationOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Ground truth.", valueName: "dir|json"))
    var truth: String

    @Option(help: ArgumentHelp("Predictions.", valueName: "dir|json"))
    var predictions: String

    @Option(help: ArgumentHelp("Write an HTML report with tables and curves.", valueName: "file.html"))
    var report: String?

    @Flag(help: "Leave out the rows of the images.")
    var noImages = false

    @OptionGroup var format: FormatOptions

    /// Writes and prints a result.
    ///
    /// - Throws: `InputError` if not one score has a value, before anything is written.
    func finish(_ output: EvaluationOutput) throws {
        try output.finish(of: truth, report: report, json: format.json)
    }

    /// Throws, before the work, if the report cannot be written.
    func checkReport() throws {
        if let report { try OutputPath.checkFile(report) }
    }
}
