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
        try files.forEachImage("voc") { image, truth, predictions in
            for category in Set(truth.map(\.category)).union(predictions.map(\.category)) {
                let objects = truth.filter { $0.category == category }
                let regions = predictions.filter { $0.category == category }
                evaluation.add(
                    image: image.id, category: category,
                    overlaps: try OverlapTable(truth: objects.map(\.mask), predictions: regions.map(\.mask)),
                    scores: regions.map(\.score))
            }
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
        output.settings = [("truth", options.truth), ("predictions", options.predictions)]
        try options.finish(output)
    }
}
