import ArgumentParser
import SphereData
import SphereEvaluation
import SphereGrouping
import SphereRecipes
import SphereReports

/// `sphereshift evaluate recall`: the proposals of a model on labelled pictures.
struct EvaluateRecallCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recall",
        abstract: "The proposals of a model on labelled pictures: average recall of the best 10, 50, 100 and 1000.",
        discussion: """
            --data is a folder of ID.png or ID.jpg beside ID_labels.png, 0 for what is no object, 65535 for what is left out. The model's pixels \
            are grouped with several concentrations and numbers of loops; regions that most of them agree on come first. 'color' groups by \
            colour and position, without training.

            Examples:
              sphereshift evaluate recall --model color --data val
              sphereshift evaluate recall --model pedestrians/weights.safetensors --data val --json
            """)

    @Option(
        help: ArgumentHelp("color, a model of objects of the package, or weights of `train`.", valueName: "name|file"))
    var model = "color"

    @Option(help: ArgumentHelp("Folder of pictures and labels.", valueName: "dir"))
    var data: String

    @Option(help: ArgumentHelp("Write an HTML report with tables and curves.", valueName: "file.html"))
    var report: String?

    @OptionGroup(title: "Execution") var executionOptions: ExecutionOptions
    @OptionGroup var format: FormatOptions

    private static let numbers = [10, 50, 100, 1000]

    func run() throws {
        if let report { try OutputPath.checkFile(report) }
        let source: ProposalSource
        if model == "color" {
            source = .color(ColorSegmentation())
        } else {
            source = .objects(try InstanceModel.named(model))
        }
        let images = try InstanceImages(folder: data)
        var readings = ProposalReadings(numbers: Self.numbers)
        var proposalCount = 0
        var bar = ProgressBar("recall")
        for index in 0..<images.count {
            let example = try images[index]
            bar.update(index, of: images.count, note: example.name)
            let proposals = try source.proposals(for: example.image, on: executionOptions.execution).proposals
            proposalCount += proposals.count
            let objects = RunLengthMask.masks(of: example.labels).filter { $0.label != InstanceImages.ignoredLabel }
                .map(\.mask)
            let (masks, scores) = (proposals.map(\.mask), proposals.map(\.score))
            readings.hosang.add(overlaps: try OverlapTable(truth: objects, predictions: masks), scores: scores)
            try readings.coco.add(
                image: index, truth: objects.map { InstanceTruth(mask: $0, category: 1) },
                predictions: zip(masks, scores).map { InstancePrediction(mask: $0, category: 1, score: $1) })
        }
        bar.finish()
        var output = EvaluationOutput(
            task: "recall", title: "Proposals of \(model)", images: images.count,
            scores: readings.scores + [
                .init("recall_50", "recall at IoU .5, all proposals", readings.hosang.recall(at: 0.5)),
                .init(
                    "proposals_per_image", "proposals per image",
                    .defined(Double(proposalCount) / Double(images.count)), isSideNote: true),
            ])
        output.counts = [("truth_objects", readings.hosang.truthCount)]
        output.plots = readings.plots
        output.settings = [("model", model), ("data", data)]
        try output.finish(of: data, report: report, json: format.json)
    }
}
