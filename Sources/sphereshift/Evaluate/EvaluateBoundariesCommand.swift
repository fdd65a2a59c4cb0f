import ArgumentParser
import SphereData
import SphereEvaluation
import SphereReports

/// `sphereshift evaluate boundaries`: the boundary benchmark of BSDS500.
struct EvaluateBoundariesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "boundaries",
        abstract: "Boundaries against several annotators: ODS, OIS, AP (BSDS500).",
        discussion: """
            The ground truth is a folder with NAME_gtK_bdry.png or NAME_gtK_seg.png for every annotator K; predictions are gray \
            pictures NAME.png, NAME_boundaries.png or NAME_pb.png, or with --format ucm2 pictures of double size with levels 0 to 99.

            Examples:
              sphereshift evaluate boundaries --truth test --predictions out --suppress-non-maxima --smooth 1
              sphereshift evaluate boundaries --truth test --predictions ucm2_test --format ucm2 --matching published --json
            """)

    @OptionGroup var options: EvaluationOptions

    @Option(help: ArgumentHelp("Form of the predictions.", valueName: "plain|ucm2"))
    var format: ContourFormat = .plain

    @Option(help: ArgumentHelp("How pixels are made to correspond.", valueName: "exact|published"))
    var matching: MatchingName = .exact

    @Option(help: ArgumentHelp("Number of thresholds (plain; ucm2 has 99).", valueName: "n"))
    var thresholds = 99

    @Option(help: ArgumentHelp("Largest distance as a share of the diagonal.", valueName: "s"))
    var tolerance = 0.0075

    @Flag(help: "Take away what is not the largest across a boundary first: for detectors with thick output.")
    var suppressNonMaxima = false

    @Option(
        help: ArgumentHelp(
            "Before that, smooth with a triangle of this radius; networks that saturate, HED for example, are scored with 1.",
            valueName: "r"))
    var smooth = 0

    @OptionGroup(title: "Execution") var executionOptions: ExecutionOptions

    func validate() throws {
        if !(2...1000).contains(thresholds) {
            throw ValidationError("--thresholds must be in 2...1000, found \(thresholds)")
        }
        if !(tolerance > 0 && tolerance < 0.5) {
            throw ValidationError("--tolerance must be in (0, 0.5), found \(tolerance)")
        }
        if format == .ucm2 && thresholds != 99 { throw ValidationError("--thresholds: ucm2 has 99 levels") }
        if !(0...20).contains(smooth) { throw ValidationError("--smooth must be in 0...20, found \(smooth)") }
        if smooth > 0 && !suppressNonMaxima { throw ValidationError("--smooth needs --suppress-non-maxima") }
        if format == .ucm2 && suppressNonMaxima {
            throw ValidationError("--suppress-non-maxima: contours of ucm2 are thin")
        }
    }

    func run() throws {
        try options.checkReport()
        let truth = try BoundaryTruth(options.truth)
        let predictions = try Folder(options.predictions)
        let paths = try truth.names.map { name in
            let candidates = ["\(name).png", "\(name)_boundaries.png", "\(name)_pb.png"]
            guard let path = predictions.firstPath(candidates) else {
                throw InputError("\(options.predictions): expected \(candidates.joined(separator: " or ")), found none")
            }
            return path
        }
        let steps = BoundaryEvaluation.Settings.benchmarkThresholds(thresholds)
        var evaluation = BoundaryEvaluation(thresholds: steps)
        var bar = ProgressBar("boundaries")
        for (index, name) in truth.names.enumerated() {
            bar.update(index, of: truth.names.count, note: name)
            do {
                evaluation.add(name, try counts(paths[index], truth: truth.boundaries(name), steps))
            } catch let error as EvaluationError {
                throw InputError("\(paths[index]): \(error)")
            }
        }
        bar.finish()
        try options.finish(output(evaluation))
    }

    private func counts(_ path: String, truth: [BoundaryMap], _ steps: [Double]) throws -> [BoundaryCounts] {
        let execution = executionOptions.execution
        if format == .ucm2 {
            let contours = try doubleSizeContours(path)
            let maps = (1...DoubleSizeContours.levelCount).map { contours.boundaries(from: $0).thinned() }
            return try BoundaryEvaluation.counts(
                maps, truth: truth, tolerance: tolerance, rule: matching.rule, on: execution)
        }
        let (image, bits) = try grayPicture(path)
        var soft = SoftBoundaryMap(image, bitDepth: bits)
        if suppressNonMaxima { soft = soft.suppressingNonMaxima(smoothingRadius: smooth) }
        return try BoundaryEvaluation.counts(
            soft, truth: truth, settings: .init(thresholds: steps, tolerance: tolerance, rule: matching.rule),
            on: execution)
    }

    private func output(_ evaluation: BoundaryEvaluation) -> EvaluationOutput {
        let result = evaluation.result()
        func point(_ value: (BoundaryResult.Point) -> Double) -> MetricValue {
            result.optimalDatasetScale.map { .defined(value($0)) } ?? .undefined(.noTruth)
        }
        var output = EvaluationOutput(
            task: "boundaries", title: "Boundaries", images: evaluation.images.count,
            scores: [
                .init("ods_f", "F, one threshold for all (ODS)", result.odsF),
                .init("ois_f", "F, best threshold an image (OIS)", result.oisF),
                .init("ap", "average precision", result.averagePrecision),
                .init("r50", "precision at recall 0.5", result.precisionAtHalfRecall),
                .init("ods_threshold", "threshold of ODS", point(\.threshold)),
                .init("ods_recall", "recall of ODS", point(\.recall)),
                .init("ods_precision", "precision of ODS", point(\.precision)),
                .init("ois_recall", "recall of OIS", result.oisF.map { _ in result.oisPoint.recall }),
                .init("ois_precision", "precision of OIS", result.oisF.map { _ in result.oisPoint.precision }),
            ])
        if !options.noImages {
            output.rows = result.perImage.sorted { $0.key < $1.key }.map { name, point in
                .init(
                    name: name,
                    scores: [
                        .init("threshold", "threshold", .defined(point.threshold)),
                        .init("recall", "recall", .defined(point.recall)),
                        .init("precision", "precision", .defined(point.precision)),
                        .init("f", "F", .defined(point.fMeasure)),
                    ])
            }
        }
        output.plots = [
            .precisionRecall("Precision and recall", [("all images", result.curve.map { ($0.recall, $0.precision) })])
        ]
        output.settings = [
            ("format", format.rawValue), ("matching", matching.rawValue), ("thresholds", "\(thresholds)"),
            ("tolerance", "\(tolerance)"), ("suppress_non_maxima", "\(suppressNonMaxima)"), ("smooth", "\(smooth)"),
            ("truth", options.truth),
            ("predictions", options.predictions),
        ]
        return output
    }
}

/// The names of the rules of matching.
enum MatchingName: String, ExpressibleByArgument, CaseIterable {
    case exact
    case published

    var rule: BoundaryMatchingRule { self == .exact ? .exact : .published }
}
