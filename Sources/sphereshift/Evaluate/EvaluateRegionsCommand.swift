import ArgumentParser
import SphereData
import SphereEvaluation

/// `sphereshift evaluate regions`: the region benchmark of BSDS500.
struct EvaluateRegionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "regions",
        abstract: "Regions against several annotators: covering, PRI, VOI (BSDS500).",
        discussion: """
            The ground truth is a folder with NAME_gtK_seg.png for every annotator K; predictions are label maps NAME.png or NAME.npy, \
            or with --format ucm2 hierarchies of double size, of which all 99 levels are scored.

            Examples:
              sphereshift evaluate regions --truth test --predictions labels
              sphereshift evaluate regions --truth test --predictions ucm2_test --format ucm2 --json
            """)

    @OptionGroup var options: EvaluationOptions

    @Option(help: ArgumentHelp("Form of the predictions.", valueName: "plain|ucm2"))
    var format: ContourFormat = .plain

    func run() throws {
        try options.checkReport()
        let truth = try BoundaryTruth(options.truth)
        let predictions = try Folder(options.predictions)
        var evaluation = RegionEvaluation(scaleCount: format == .ucm2 ? DoubleSizeContours.levelCount : 1)
        var rows: [EvaluationOutput.Row] = []
        var bar = ProgressBar("regions")
        for (index, name) in truth.names.enumerated() {
            bar.update(index, of: truth.names.count, note: name)
            let annotators = try truth.segmentations(name)
            var scores: [RegionEvaluation.Scores] = []
            do {
                if format == .ucm2 {
                    guard let path = predictions.firstPath(["\(name).png"]) else {
                        throw InputError("\(options.predictions): expected \(name).png, found none")
                    }
                    try doubleSizeContours(path).forEachLevel { _, regions in
                        scores.append(try RegionEvaluation.Scores(regions, truth: annotators))
                    }
                } else {
                    let map = try predictions.labelMap(name, suffixes: LabelMapPairs.suffixes)
                    scores.append(try RegionEvaluation.Scores(map, truth: annotators))
                }
            } catch let error as EvaluationError {
                throw InputError("\(options.predictions)/\(name): \(error)")
            }
            evaluation.add(name, scores)
            rows.append(
                .init(
                    name: name,
                    scores: [
                        .init("covering", "covering", .defined(scores.map(\.covering).max()!)),
                        .init("pri", "PRI", .defined(scores.map(\.probabilisticRandIndex).max()!)),
                        .init("voi", "VOI", .defined(scores.map(\.variationOfInformation).min()!)),
                    ]))
        }
        bar.finish()
        // There is an image, so that all three have values.
        let results = [
            ("covering", "covering", evaluation.covering()!), ("pri", "PRI", evaluation.probabilisticRandIndex()!),
            ("voi", "VOI in bits", evaluation.variationOfInformation()!),
        ]
        var output = EvaluationOutput(task: "regions", title: "Regions", images: truth.names.count, scores: [])
        for (key, name, result) in results {
            output.scores.append(
                .init("\(key)_ods", "\(name), one scale for all (ODS)", .defined(result.optimalDatasetScale)))
            output.scores.append(
                .init("\(key)_ois", "\(name), best scale an image (OIS)", .defined(result.optimalImageScale)))
            output.scores.append(
                .init("\(key)_scale", "\(name), scale of ODS", .defined(Double(result.scale + 1) / 100)))
        }
        output.scores.append(
            .init("covering_best", "covering, best scale a region", .defined(evaluation.bestCovering!)))
        if !options.noImages { output.rows = rows }
        output.settings = [
            ("format", format.rawValue), ("truth", options.truth), ("predictions", options.predictions),
        ]
        try options.finish(output)
    }
}
