import SphereEvaluation
import SphereReports

/// Instances with classes and scores, from COCO files.
struct InstanceFiles {
    let truth: COCOTruthFile
    let predictions: COCOPredictionFile

    init(_ options: EvaluationOptions) throws {
        truth = try COCOTruthFile(options.truth)
        predictions = try COCOPredictionFile(options.predictions, for: truth)
        if truth.images.isEmpty { throw InputError("\(options.truth): has no images") }
    }

    func name(ofClass number: Int) -> String {
        let name = truth.categoryNames[number] ?? ""
        return name.isEmpty ? "\(number)" : name
    }

    func name(of image: COCOTruthFile.Image) -> String { image.name.isEmpty ? "\(image.id)" : image.name }

    /// Calls `body` for every image, with progress.
    func forEachImage(
        _ label: String,
        _ body: (_ image: COCOTruthFile.Image, _ truth: [InstanceTruth], _ predictions: [InstancePrediction]) throws ->
            Void
    ) throws {
        var bar = ProgressBar(label)
        for (index, image) in truth.images.enumerated() {
            bar.update(index, of: truth.images.count, note: image.name)
            do {
                try body(image, truth.objects(of: image.id), predictions.detections(of: image.id))
            } catch {
                throw InputError("image \(image.id): \(error)")
            }
        }
        bar.finish()
    }
}

extension LinePlot {
    /// A precision-recall plot of curves with x the recall.
    static func precisionRecall(_ title: String, _ series: [(name: String, points: [(Double, Double)])]) -> LinePlot {
        LinePlot(
            title: title, x: .init("recall"), y: .init("precision"),
            series: series.map { line in
                Series(line.name, points: line.points.map { Point(x: $0.0, y: $0.1) })
            })
    }
}
