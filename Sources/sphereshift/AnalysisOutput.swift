import SphereRecipes

/// The numbers of an analysis in the form in which they are printed.
struct AnalysisOutput: Encodable {
    /// A number that was predicted from mean directions, and from the waves at true centres.
    struct Prediction: Encodable {
        let target: String
        let rSquared: Double?
        let correlation: Double?
        let rSquaredByConstruction: Double?
        let correlationByConstruction: Double?
    }

    /// Shares of the gradient and of the pixels after loops.
    struct Focus: Encodable {
        let loops: Int?
        let borderGradient: Double?
        let borderPixels: Double?
        let wrongGradient: Double?
        let wrongPixels: Double?
        let eitherGradient: Double?
        let eitherPixels: Double?
        let confusedGradient: Double?
        let confusedPixels: Double?
        let halfOfGradient: Double?

        init(loops: Int?, _ row: GradientFocusSummary.Row) {
            self.loops = loops
            (borderGradient, borderPixels) = (row.shares[.border]?.gradient, row.shares[.border]?.pixels)
            (wrongGradient, wrongPixels) = (row.shares[.wrong]?.gradient, row.shares[.wrong]?.pixels)
            (eitherGradient, eitherPixels) = (row.shares[.either]?.gradient, row.shares[.either]?.pixels)
            (confusedGradient, confusedPixels) = (row.shares[.confused]?.gradient, row.shares[.confused]?.pixels)
            halfOfGradient = row.half
        }
    }

    /// Scores after loops.
    struct Scores: Encodable {
        let loops: Int
        let precision50: Double?
        let symmetricBestDice: Double?
        let countError: Double?
    }

    let images: Int
    let objects: Int
    let predictions: [Prediction]
    let measures: [String: Double]
    let focusImages: Int
    let focusSampledImages: Int
    let focus: [Focus]
    let focusOfWeights: Focus
    let loops: [Scores]
    let report: String
    private let names: [(name: String, value: Double?)]

    private enum CodingKeys: CodingKey {
        case images, objects, predictions, measures, focusImages, focusSampledImages, focus, focusOfWeights, loops,
            report
    }

    init(_ analysis: InstanceAnalysis, report: String) {
        let scale = analysis.scaleAndLocation
        images = analysis.pictureCount
        objects = scale.objects.count
        predictions = scale.targets.map { target in
            Prediction(
                target: target.key, rSquared: target.learned.determination, correlation: target.learned.correlation,
                rSquaredByConstruction: target.byConstruction.determination,
                correlationByConstruction: target.byConstruction.correlation)
        }
        measures = Dictionary(
            uniqueKeysWithValues: scale.measures.compactMap { measure in
                measure.value.map { (measure.key, $0) }
            })
        names = scale.measures.map { ($0.name, $0.value) }
        focusImages = analysis.focus.pictureCount
        focusSampledImages = analysis.focus.sampledCount
        focus = zip(analysis.focus.loops, analysis.focus.rows).map { Focus(loops: $0, $1) }
        focusOfWeights = Focus(loops: nil, analysis.focus.weights)
        loops = zip(analysis.loopScores.loops, analysis.loopScores.scores).map { loops, scores in
            Scores(
                loops: loops, precision50: scores.precision[0], symmetricBestDice: scores.symmetricBestDice,
                countError: scores.meanCountError)
        }
        self.report = report
    }

    private static func text(_ value: Double?) -> String { value.map { $0.text(digits: 3) } ?? "-" }

    /// Tables.
    var text: String {
        var predicted = TextTable(header: [
            "predicted from the mean direction", "R2", "correlation", "by construction: R2", "correlation",
        ])
        for row in predictions {
            predicted.add(
                [row.target]
                    + [row.rSquared, row.correlation, row.rSquaredByConstruction, row.correlationByConstruction]
                    .map(Self.text))
        }
        var measured = TextTable(header: ["scale and place", ""])
        for (name, value) in names { measured.add([name, Self.text(value)]) }
        var focused = TextTable(header: [
            "gradient after loops", "border: gradient", "pixels", "wrong: gradient", "pixels", "either: gradient",
            "pixels", "merged or split: gradient", "pixels", "half is on",
        ])
        for row in focus + [focusOfWeights] {
            focused.add(
                [row.loops.map { "\($0)" } ?? "weights alone"]
                    + [
                        row.borderGradient, row.borderPixels, row.wrongGradient, row.wrongPixels, row.eitherGradient,
                        row.eitherPixels, row.confusedGradient, row.confusedPixels, row.halfOfGradient,
                    ].map(Self.text))
        }
        var scored = TextTable(header: [
            "loops", "TP/(TP+FP+FN) at .5", "symmetric best Dice", "|difference in count|",
        ])
        for row in loops {
            scored.add(
                ["\(row.loops)"] + [row.precision50, row.symmetricBestDice, row.countError].map(Self.text))
        }
        return [
            "\(objects) objects in \(images) images", predicted.text, measured.text,
            "gradients of \(focusImages) images with objects near each other, a sample of pixels in \(focusSampledImages)",
            focused.text, scored.text, "report written to \(report)",
        ].joined(separator: "\n\n")
    }
}
