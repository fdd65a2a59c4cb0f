import ArgumentParser
import SphereEvaluation

/// `sphereshift evaluate panoptic`: panoptic quality.
struct EvaluatePanopticCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "panoptic",
        abstract: "Panoptic, segmentation and recognition quality.",
        discussion: """
            Both are panoptic JSON files; their pictures are in the folder of the same name without .json, or where \
            --truth-folder and --predictions-folder say.

            Examples:
              sphereshift evaluate panoptic --truth panoptic_val2017.json --predictions results.json
            """)

    @OptionGroup var options: EvaluationOptions

    @Option(help: ArgumentHelp("Folder of the pictures of the ground truth.", valueName: "dir"))
    var truthFolder: String?

    @Option(help: ArgumentHelp("Folder of the predicted pictures.", valueName: "dir"))
    var predictionsFolder: String?

    func run() throws {
        try options.checkReport()
        let truth = try PanopticFile(options.truth, folder: truthFolder)
        let predictions = try PanopticFile(options.predictions, folder: predictionsFolder)
        if truth.annotations.isEmpty { throw InputError("\(options.truth): has no images") }
        if truth.categories.isEmpty { throw InputError("\(options.truth): has no categories") }
        let known = Set(truth.categories.map(\.id))
        let predicted = Dictionary(uniqueKeysWithValues: predictions.annotations.map { ($0.image, $0) })
        var evaluation = PanopticEvaluation()
        var rows: [EvaluationOutput.Row] = []
        var bar = ProgressBar("panoptic")
        for (index, annotation) in truth.annotations.enumerated() {
            bar.update(index, of: truth.annotations.count, note: annotation.fileName)
            guard let other = predicted[annotation.image] else {
                throw InputError("\(options.predictions): expected image \(annotation.image), found none")
            }
            for (segments, path) in [(annotation.segments, options.truth), (other.segments, options.predictions)] {
                if let wrong = segments.first(where: { !known.contains($0.category) }) {
                    throw InputError(
                        "\(path): image \(annotation.image): segment \(wrong.id): expected a category of \(options.truth), "
                            + "found \(wrong.category)")
                }
            }
            var single = PanopticEvaluation()
            do {
                let histogram = try JointHistogram(
                    truth: truth.map(of: annotation), prediction: predictions.map(of: other))
                try single.add(histogram, truth: annotation.segments, prediction: other.segments)
            } catch let error as EvaluationError {
                throw InputError("image \(annotation.image): \(error)")
            }
            evaluation.merge(single)
            rows.append(.init(name: annotation.image, scores: scores(single, nil, "")))
        }
        bar.finish()

        let things = Set(truth.categories.filter(\.isThing).map(\.id))
        var output = EvaluationOutput(
            task: "panoptic", title: "Panoptic quality", images: truth.annotations.count,
            scores: scores(evaluation, nil, "") + scores(evaluation, things, "_things")
                + scores(evaluation, known.subtracting(things), "_stuff"))
        output.classes = truth.categories.map { category in
            let counts = evaluation.categories[category.id] ?? .init()
            return .init(
                name: category.name.isEmpty ? "\(category.id)" : category.name,
                scores: [
                    .init("pq", "PQ", counts.panopticQuality), .init("sq", "SQ", counts.segmentationQuality),
                    .init("rq", "RQ", counts.recognitionQuality),
                    .init("tp", "TP", .defined(Double(counts.truePositives))),
                    .init("fp", "FP", .defined(Double(counts.falsePositives))),
                    .init("fn", "FN", .defined(Double(counts.falseNegatives))),
                ])
        }
        if !options.noImages { output.rows = rows }
        output.settings = [("truth", options.truth), ("predictions", options.predictions)]
        try options.finish(output)
    }

    private func scores(
        _ evaluation: PanopticEvaluation, _ chosen: Set<Int>?, _ suffix: String
    ) -> [EvaluationOutput.Score] {
        let name = suffix.replacing("_", with: ", ")
        return [
            .init("pq\(suffix)", "PQ\(name)", evaluation.mean(of: \.panopticQuality, over: chosen)),
            .init("sq\(suffix)", "SQ\(name)", evaluation.mean(of: \.segmentationQuality, over: chosen)),
            .init("rq\(suffix)", "RQ\(name)", evaluation.mean(of: \.recognitionQuality, over: chosen)),
        ]
    }
}
