import ArgumentParser
import SphereEvaluation

/// `sphereshift evaluate voc`: AP^r of regions by the rules of SDS on PASCAL VOC and SBD.
struct EvaluateVOCCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "voc",
        abstract: "Average precision of regions, AP^r and AP^r_vol (VOC, SBD).",
        discussion: """
            Both files are COCO JSON. Crowds are objects like others here, and images without objects count.

            Examples:
              sphereshift evaluate voc --truth sbd.json --predictions regions.json
            """)

    @OptionGroup var options: EvaluationOptions

    func run() throws {
        try options.checkReport()
        let files = try InstanceFiles(options)
        var evaluation = RegionAveragePrecision()
        var rows: [EvaluationOutput.Row] = []
        /// The number of the threshold 0.5.
        let half = 4
        try files.forEachImage("voc") { image, truth, predictions in
            var single = RegionAveragePrecision()
            for category in Set(truth.map(\.category)).union(predictions.map(\.category)) {
                let objects = truth.filter { $0.category == category }
                let regions = predictions.filter { $0.category == category }
                single.add(
                    image: image.id, category: category,
                    overlaps: try OverlapTable(truth: objects.map(\.mask), predictions: regions.map(\.mask)),
                    scores: regions.map(\.score))
            }
            evaluation.merge(single)
            if options.noImages { return }
            rows.append(
                .init(
                    name: files.name(of: image),
                    scores: [
                        .init("ap_r_vol", "AP^r_vol", single.volume()),
                        .init("ap_r_50", "AP^r at 0.5", single.averagePrecision(threshold: half)),
                    ]))
        }
        typealias Score = EvaluationOutput.Score
        func scores(_ category: Int?) -> [Score] {
            let each = evaluation.thresholds.indices.map { index in
                Score(
                    "ap_r_\(Int((evaluation.thresholds[index] * 100).rounded()))",
                    "AP^r at \(evaluation.thresholds[index])",
                    category.map { evaluation.averagePrecision(threshold: index, category: $0) }
                        ?? evaluation.averagePrecision(threshold: index))
            }
            return [Score("ap_r_vol", "AP^r_vol", evaluation.volume(category: category))] + each
        }
        var output = EvaluationOutput(
            task: "voc", title: "AP^r", images: files.truth.images.count, scores: scores(nil))
        output.classes = evaluation.categoryNumbers.map { .init(name: files.name(ofClass: $0), scores: scores($0)) }
        output.rows = rows
        // More lines than this cannot be told apart.
        let drawn = evaluation.categoryNumbers.filter { evaluation.truthCount(category: $0) > 0 }
            .sorted { (-evaluation.truthCount(category: $0), $0) < (-evaluation.truthCount(category: $1), $1) }.prefix(
                8)
        output.plots = [
            .precisionRecall(
                "Precision and recall at 0.5, the classes with most objects",
                drawn.map { (files.name(ofClass: $0), evaluation.curve(threshold: half, category: $0)) })
        ]
        output.settings = [("truth", options.truth), ("predictions", options.predictions)]
        try options.finish(output)
    }
}
