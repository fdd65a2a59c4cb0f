import ArgumentParser
import SphereEvaluation

/// `sphereshift evaluate clustering`: metrics of label maps without classes.
struct EvaluateClusteringCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clustering",
        abstract: "Label maps without classes: ARI, NMI, VOI, dice, covering and others.",
        discussion: """
            Two folders of label maps (.png or .npy) of the same names; a prediction may be called NAME_labels. Scores are means over \
            images; images in which one is undefined are left out of its mean and counted.

            Examples:
              sphereshift evaluate clustering --truth masks --predictions labels
              sphereshift evaluate clustering --truth masks --predictions labels --background none --json
            """)

    @OptionGroup var options: EvaluationOptions
    @OptionGroup var background: BackgroundOptions

    func run() throws {
        try options.checkReport()
        let pairs = try LabelMapPairs(options)
        var accumulator = ClusteringAccumulator()
        var rows: [EvaluationOutput.Row] = []
        try pairs.forEach("clustering") { name, truth, prediction in
            let scores = ClusteringScores(
                try JointHistogram(truth: truth, prediction: prediction), background: background.label)
            accumulator.add(scores)
            rows.append(
                .init(
                    name: name, scores: ClusteringScores.Metric.allCases.map { .init($0.rawValue, $0.name, scores[$0]) }
                ))
        }
        var output = EvaluationOutput(
            task: "clustering", title: "Clustering", images: pairs.names.count,
            scores: ClusteringScores.Metric.allCases.map { .init($0.rawValue, $0.name, accumulator[$0].mean) })
        output.counts = ClusteringScores.Metric.allCases.compactMap { metric in
            let count = accumulator[metric].undefinedCounts.values.reduce(0, +)
            return count == 0 ? nil : ("\(metric.rawValue)_undefined_images", count)
        }
        if !options.noImages { output.rows = rows }
        output.settings = [
            ("background", background.background), ("truth", options.truth), ("predictions", options.predictions),
        ]
        try options.finish(output)
    }
}

extension ClusteringScores.Metric {
    /// The name in tables.
    var name: String { rawValue.replacing("_", with: " ") }
}
