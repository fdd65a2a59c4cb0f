import ArgumentParser
import SphereData
import SphereEvaluation
import SphereReports

/// `sphereshift evaluate proposals`: average recall in both readings.
struct EvaluateProposalsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proposals",
        abstract: "Average recall of proposals without classes (COCO AR@N and Hosang's AR).",
        discussion: """
            Either two COCO files, or two folders of label maps of the same names. Groups of label maps have no scores of their own; \
            --score says how they are ranked.

            Examples:
              sphereshift evaluate proposals --truth instances.json --predictions proposals.json
              sphereshift evaluate proposals --truth masks --predictions labels --score area
            """)

    enum Score: String, ExpressibleByArgument, CaseIterable {
        case compactness
        case area
        case constant

        var function: ProposalScore {
            switch self {
            case .compactness: .compactness
            case .area: .area
            case .constant: .constant
            }
        }
    }

    @OptionGroup var options: EvaluationOptions
    @OptionGroup var background: BackgroundOptions

    @Option(help: ArgumentHelp("How groups of label maps are ranked.", valueName: "compactness|area|constant"))
    var score: Score = .compactness

    private static let numbers = [1, 10, 100, 1000]

    func run() throws {
        try options.checkReport()
        var readings = ProposalReadings(numbers: Self.numbers)
        var rows: [EvaluationOutput.Row] = []
        /// Adds an image to both readings, and its row.
        func add(
            _ name: String, _ overlaps: OverlapTable, _ scores: [Double], _ body: (inout COCOEvaluation) throws -> Void
        ) throws {
            var single = ProposalReadings(numbers: Self.numbers)
            try body(&single.coco)
            single.hosang.add(overlaps: overlaps, scores: scores)
            readings.coco.merge(single.coco)
            readings.hosang.merge(single.hosang)
            if options.noImages { return }
            rows.append(
                .init(
                    name: name,
                    scores: [
                        .init(
                            "ar1000", "COCO AR of 1000", single.coco.overall.result(keepsCurves: false).averageRecall()),
                        .init("hosang_ar1000", "Hosang's AR of 1000", single.hosang.averageRecall()),
                        .init("mean_best_iou", "mean IoU of the pairs", single.hosang.meanIntersectionOverUnion()),
                        .init("truth_objects", "objects", .defined(Double(overlaps.truthAreas.count))),
                        .init("proposals", "proposals", .defined(Double(scores.count))),
                    ]))
        }
        let images: Int
        if options.truth.hasSuffix(".json") {
            let files = try InstanceFiles(options)
            images = files.truth.images.count
            try files.forEachImage("proposals") { image, truth, predictions in
                let objects = truth.filter { !$0.isCrowd }
                let overlaps = try OverlapTable(truth: objects.map(\.mask), predictions: predictions.map(\.mask))
                try add(files.name(of: image), overlaps, predictions.map(\.score)) {
                    try $0.add(image: image.id, truth: truth, predictions: predictions)
                }
            }
        } else {
            let pairs = try LabelMapPairs(options)
            images = pairs.names.count
            var number = 0
            try pairs.forEach("proposals") { name, truth, prediction in
                let overlaps = OverlapTable(
                    try JointHistogram(truth: truth, prediction: prediction), background: background.label)
                let scores = RegionShape.shapes(of: prediction, background: background.label).map { score.function($0) }
                try add(name, overlaps, scores) {
                    $0.add(
                        image: number, category: COCOEvaluation.allCategories, overlaps: overlaps,
                        truth: overlaps.truthAreas.map { .init(area: Double($0)) }, scores: scores)
                }
                number += 1
            }
        }
        var output = EvaluationOutput(
            task: "proposals", title: "Proposals", images: images, scores: readings.scores)
        output.counts = [("truth_objects", readings.hosang.truthCount)]
        output.rows = rows
        output.plots = readings.plots
        output.settings = [
            ("score", options.truth.hasSuffix(".json") ? "given" : score.rawValue), ("truth", options.truth),
            ("predictions", options.predictions),
        ]
        try options.finish(output)
    }
}
