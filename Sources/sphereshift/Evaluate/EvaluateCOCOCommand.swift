import ArgumentParser
import SphereEvaluation

/// `sphereshift evaluate coco`: AP and AR of masks by the rules of COCO.
struct EvaluateCOCOCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coco",
        abstract: "Average precision and recall of instance masks (COCO).",
        discussion: """
            Both files are COCO JSON; masks may be compressed text, runs or polygons. AP takes the largest number of detections.

            Examples:
              sphereshift evaluate coco --truth instances.json --predictions detections.json
              sphereshift evaluate coco --truth t.json --predictions p.json --max-detections 1,10,1000 --class-agnostic --json
            """)

    @OptionGroup var options: EvaluationOptions

    @Option(help: ArgumentHelp("Numbers of detections an image and class, ascending.", valueName: "n,n,..."))
    var maxDetections = "1,10,100"

    @Flag(help: "Take all objects for one class.")
    var classAgnostic = false

    private var numbers: [Int]? {
        let parts = maxDetections.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard let numbers = parts as? [Int], (numbers.first ?? 0) >= 1 else { return nil }
        return zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 } ? numbers : nil
    }

    func validate() throws {
        if numbers == nil {
            throw ValidationError("--max-detections: expected ascending numbers from 1 on, found '\(maxDetections)'")
        }
    }

    func run() throws {
        try options.checkReport()
        let files = try InstanceFiles(options)
        let settings = COCOEvaluation.Settings(maximumDetections: numbers!, separatesCategories: !classAgnostic)
        var evaluation = COCOEvaluation(settings: settings)
        var rows: [EvaluationOutput.Row] = []
        try files.forEachImage("coco") { image, truth, predictions in
            var single = COCOEvaluation(settings: settings)
            try single.add(image: image.id, truth: truth, predictions: predictions)
            evaluation.merge(single)
            if options.noImages { return }
            rows.append(
                row(files.name(of: image), single.overall.result(keepsCurves: false), detections: predictions.count))
        }
        try options.finish(output(evaluation.result(), files, rows))
    }

    private func row(_ name: String, _ result: COCOResult, detections: Int) -> EvaluationOutput.Row {
        .init(
            name: name,
            scores: [
                .init("ap", "AP", result.averagePrecision()),
                .init("ap50", "AP at 0.50", result.averagePrecision(threshold: 0.5)),
                .init("ar\(numbers!.last!)", "AR of \(numbers!.last!) detections", result.averageRecall()),
                .init("truth_objects", "objects", .defined(Double(result.truthCount()))),
                .init("detections", "detections", .defined(Double(detections))),
            ])
    }

    private func output(
        _ result: COCOResult, _ files: InstanceFiles, _ rows: [EvaluationOutput.Row]
    ) -> EvaluationOutput {
        typealias Score = EvaluationOutput.Score
        func precisions(_ category: Int?) -> [Score] {
            [
                Score("ap", "AP", result.averagePrecision(category: category)),
                Score("ap50", "AP at 0.50", result.averagePrecision(threshold: 0.5, category: category)),
                Score("ap75", "AP at 0.75", result.averagePrecision(threshold: 0.75, category: category)),
            ]
                + ["small", "medium", "large"].map {
                    Score("ap_\($0)", "AP, \($0)", result.averagePrecision(area: $0, category: category))
                }
        }
        func recalls(_ category: Int?) -> [Score] {
            result.settings.maximumDetections.map {
                Score(
                    "ar\($0)", "AR of \($0) detections",
                    result.averageRecall(maximumDetections: $0, category: category))
            }
                + ["small", "medium", "large"].map {
                    Score("ar_\($0)", "AR, \($0)", result.averageRecall(area: $0, category: category))
                }
        }
        var output = EvaluationOutput(
            task: "coco", title: "COCO", images: files.truth.images.count, scores: precisions(nil) + recalls(nil))
        output.counts = [
            ("truth_objects", result.truthCount()),
            ("detections", files.predictions.detectionCount),
        ]
        if !classAgnostic {
            output.classes = result.categories.map {
                .init(name: files.name(ofClass: $0), scores: precisions($0) + recalls($0))
            }
        }
        output.rows = rows
        output.plots = [
            .precisionRecall(
                "Precision and recall, mean over classes",
                [0.5, 0.75, 0.9].compactMap { threshold in
                    result.precisionCurve(threshold: threshold).map { curve in
                        ("IoU \(threshold)", Array(zip(result.settings.recallPoints, curve)))
                    }
                })
        ]
        output.settings = [
            ("max_detections", maxDetections), ("class_agnostic", "\(classAgnostic)"), ("truth", options.truth),
            ("predictions", options.predictions),
        ]
        return output
    }
}
