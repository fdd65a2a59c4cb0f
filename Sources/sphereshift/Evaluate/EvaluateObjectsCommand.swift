import ArgumentParser
import SphereEvaluation

/// `sphereshift evaluate objects`: overlap and boundary P, R and F of UOIS and UCN.
struct EvaluateObjectsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "objects",
        abstract: "Overlap and boundary precision, recall and F of objects (UOIS, UCN).",
        discussion: """
            Two folders of label maps of the same names. Scores are means over images.

            Examples:
              sphereshift evaluate objects --truth masks --predictions labels
              sphereshift evaluate objects --truth masks --predictions labels --boundary-rule uois --non-objects 0,1
            """)

    @OptionGroup var options: EvaluationOptions

    @Option(help: ArgumentHelp("What the boundary of an object is.", valueName: "uois|ucn"))
    var boundaryRule: BoundaryRuleName = .ucn

    @Option(help: ArgumentHelp("Labels that are no objects.", valueName: "l,l,..."))
    var nonObjects = "0"

    private var labels: [Int32]? {
        nonObjects.split(separator: ",", omittingEmptySubsequences: false).map { Int32($0) } as? [Int32]
    }

    func validate() throws {
        if labels == nil { throw ValidationError("--non-objects: expected whole numbers, found '\(nonObjects)'") }
    }

    func run() throws {
        try options.checkReport()
        let pairs = try LabelMapPairs(options)
        var means: [MetricMean] = []
        var names: [(String, String)] = []
        var rows: [EvaluationOutput.Row] = []
        try pairs.forEach("objects") { name, truth, prediction in
            let scores = try ObjectScores(
                truth: truth, prediction: prediction, boundaries: boundaryRule.rule, nonObjects: Set(labels!))
            let all: [EvaluationOutput.Score] = [
                .init("overlap_precision", "overlap precision", .defined(scores.overlapPrecision)),
                .init("overlap_recall", "overlap recall", .defined(scores.overlapRecall)),
                .init("overlap_f", "overlap F", .defined(scores.overlapF)),
                .init("boundary_precision", "boundary precision", .defined(scores.boundaryPrecision)),
                .init("boundary_recall", "boundary recall", .defined(scores.boundaryRecall)),
                .init("boundary_f", "boundary F", .defined(scores.boundaryF)),
                .init("detected_share", "share of objects with F > 0.75", .defined(scores.detectedShare)),
            ]
            if means.isEmpty { means = all.map { _ in MetricMean() } }
            for (place, score) in all.enumerated() { means[place].add(score.value) }
            names = all.map { ($0.key, $0.name) }
            rows.append(.init(name: name, scores: all))
        }
        var output = EvaluationOutput(
            task: "objects", title: "Objects", images: pairs.names.count,
            scores: zip(names, means).map { .init($0.0, $0.1, $1.mean) })
        if !options.noImages { output.rows = rows }
        output.settings = [
            ("boundary_rule", boundaryRule.rawValue), ("non_objects", nonObjects), ("truth", options.truth),
            ("predictions", options.predictions),
        ]
        try options.finish(output)
    }
}

/// The names of the rules of boundaries.
enum BoundaryRuleName: String, ExpressibleByArgument, CaseIterable {
    case uois
    case ucn

    var rule: ObjectScores.BoundaryRule { self == .uois ? .uois : .ucn }
}
