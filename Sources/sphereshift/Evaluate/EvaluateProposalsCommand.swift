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
        var coco = COCOEvaluation(
            settings: .init(maximumDetections: Self.numbers, separatesCategories: false))
        var hosang = ProposalEvaluation(numbers: Self.numbers)
        let images: Int
        if options.truth.hasSuffix(".json") {
            let files = try InstanceFiles(options)
            images = files.truth.images.count
            try files.forEachImage("proposals") { image, truth, predictions in
                try coco.add(image: image.id, truth: truth, predictions: predictions)
                let objects = truth.filter { !$0.isCrowd }
                hosang.add(
                    overlaps: try OverlapTable(truth: objects.map(\.mask), predictions: predictions.map(\.mask)),
                    scores: predictions.map(\.score))
            }
        } else {
            let pairs = try LabelMapPairs(options)
            images = pairs.names.count
            var number = 0
            try pairs.forEach("proposals") { _, truth, prediction in
                let overlaps = OverlapTable(
                    try JointHistogram(truth: truth, prediction: prediction), background: background.label)
                let scores = RegionShape.shapes(of: prediction, background: background.label).map { score.function($0) }
                coco.add(
                    image: number, category: COCOEvaluation.allCategories, overlaps: overlaps,
                    truth: overlaps.truthAreas.map { .init(area: Double($0)) }, scores: scores)
                hosang.add(overlaps: overlaps, scores: scores)
                number += 1
            }
        }
        let result = coco.result()
        var output = EvaluationOutput(
            task: "proposals", title: "Proposals", images: images,
            scores: Self.numbers.map {
                .init("ar\($0)", "COCO AR of \($0)", result.averageRecall(maximumDetections: $0))
            }
                + Self.numbers.map {
                    .init("hosang_ar\($0)", "Hosang's AR of \($0)", hosang.averageRecall(number: $0))
                } + [.init("mean_best_iou", "mean IoU of the pairs", hosang.meanIntersectionOverUnion())])
        output.counts = [("truth_objects", hosang.truthCount)]
        output.plots = [
            LinePlot(
                title: "Recall by intersection over union", x: .init("intersection over union"), y: .init("recall"),
                series: Self.numbers.compactMap { number in
                    hosang.recallCurve(number: number).map { curve in
                        .init(
                            "\(number) proposals",
                            points: stride(from: 0, to: curve.count, by: 10).map {
                                .init(x: 0.5 + Double($0) / 1000, y: curve[$0])
                            })
                    }
                }),
            LinePlot(
                title: "Average recall by number of proposals", x: .init("proposals", scale: .logarithmic),
                y: .init("average recall"),
                series: [
                    .init(
                        "COCO",
                        points: Self.numbers.compactMap { number in
                            result.averageRecall(maximumDetections: number).value.map {
                                .init(x: Double(number), y: $0)
                            }
                        }),
                    .init(
                        "Hosang",
                        points: Self.numbers.compactMap { number in
                            hosang.averageRecall(number: number).value.map { .init(x: Double(number), y: $0) }
                        }),
                ]),
        ]
        output.settings = [
            ("score", options.truth.hasSuffix(".json") ? "given" : score.rawValue), ("truth", options.truth),
            ("predictions", options.predictions),
        ]
        try options.finish(output)
    }
}
