import ArgumentParser
import SphereData
import SphereEvaluation
import SphereGrouping
import SphereKernels
import SphereRecipes
import SphereReports

/// `sphereshift evaluate instances`: a model of objects on labelled pictures.
struct EvaluateInstancesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "instances",
        abstract:
            "A model of objects on labelled pictures: precision, symmetric best Dice, count, classes, with and without loops.",
        discussion: """
            --data is a folder of ID.png or ID.jpg beside ID_labels.png. The network looks at every picture once; its points are grouped \
            after each of the given numbers of loops of mean shift, 0 for none, and until they are at rest. 65535 is what plays no part. For \
            models with classes instances.json (COCO) says what the objects are: every object found votes for its class; scores are the mean \
            IoU of the pixels' own classes and of those voted for, and AP^r of the objects. The model of 'train digits' is scored on scenes of \
            test digits, of --data or of the package.

            Examples:
              sphereshift evaluate instances --model nuclei/weights.safetensors --data val
              sphereshift evaluate instances --model nuclei --data val --loops 0,1,5,10,rest --augment --json
              sphereshift evaluate instances --model digits/weights.safetensors --scenes 300
            """)

    @Option(help: ArgumentHelp("A model of the package or weights of `train`.", valueName: "name|file"))
    var model: String

    @Option(help: ArgumentHelp("Folder of pictures and labels, or of digits.", valueName: "dir"))
    var data: String?

    @Option(help: ArgumentHelp("Scenes of digits.", valueName: "n"))
    var scenes = 300

    @Option(help: ArgumentHelp("Numbers of loops, with rest for until the points are at rest.", valueName: "list"))
    var loops = "5"

    @Option(help: ArgumentHelp("Concentration kappa of mean shift (default: the model's).", valueName: "kappa"))
    var concentration: Float?

    @Flag(help: ArgumentHelp(SegmentCommand.augmentHelp))
    var augment = false

    @Option(help: ArgumentHelp("Write an HTML report with tables and curves.", valueName: "file.html"))
    var report: String?

    @Flag(help: "Leave out the rows of the images.")
    var noImages = false

    @OptionGroup(title: "Execution") var executionOptions: ExecutionOptions
    @OptionGroup var format: FormatOptions

    private var choices: [(name: String, iterations: MeanShift.Iterations)]? {
        var result: [(String, MeanShift.Iterations)] = []
        for part in loops.split(separator: ",", omittingEmptySubsequences: false) {
            if part == "rest" {
                result.append(("rest", .untilConverged()))
            } else if let count = Int(part), (0...1000).contains(count) {
                result.append(("\(count)", .count(count)))
            } else {
                return nil
            }
        }
        return result
    }

    func validate() throws {
        if !(1...1_000_000).contains(scenes) {
            throw ValidationError("--scenes must be in 1...1000000, found \(scenes)")
        }
        if choices == nil { throw ValidationError("--loops: expected numbers in 0...1000 or rest, found '\(loops)'") }
        if let concentration, !(concentration > 0 && concentration <= 10_000) {
            throw ValidationError("--concentration must be in (0, 10000], found \(concentration)")
        }
    }

    func run() throws {
        if let report { try OutputPath.checkFile(report) }
        let model = try InstanceModel.named(model)
        let design = model.design
        let images = try InstanceImages(for: design, data: data, part: .test, scenes: 0..<scenes, seed: 1)
        let (choices, execution) = (choices!, executionOptions.execution)
        let symmetries = augment ? design.symmetries : [.identity]
        var scores = choices.map { _ in InstanceScores() }
        var classScores = choices.map { _ in InstanceClassScores(classes: design.classes.count) }
        var seconds = (network: 0.0, grouping: choices.map { _ in 0.0 })
        var rows: [EvaluationOutput.Row] = []
        var bar = ProgressBar("instances")
        for index in 0..<images.count {
            let example = try images[index]
            bar.update(index, of: images.count, note: example.name)
            let clock = ContinuousClock()
            let start = clock.now
            let maps = model.maps(of: example.image, symmetries: symmetries, on: execution)
            seconds.network += (clock.now - start).seconds
            for (number, choice) in choices.enumerated() {
                let start = clock.now
                let objects: InstanceSegmentation
                do {
                    objects = try model.objects(
                        of: maps, concentration: concentration, iterations: choice.iterations, on: execution)
                } catch { throw InputError("\(example.name) with --model \(self.model): \(error)") }
                seconds.grouping[number] += (clock.now - start).seconds
                try scores[number].add(objects.labels, truth: example.labels)
                if !design.classes.isEmpty {
                    try classScores[number].add(objects, maps: maps, image: index, truth: example)
                }
                if number == choices.count - 1 {
                    var one = InstanceScores()
                    try one.add(objects.labels, truth: example.labels)
                    rows.append(
                        .init(name: example.name, scores: Array(Self.values(of: one, suffix: "", loop: "").prefix(4))))
                }
            }
        }
        bar.finish()
        var output = EvaluationOutput(task: "instances", title: "Objects", images: images.count, scores: [])
        if !design.classes.isEmpty {
            output.scores.append(.init("mean_iou", "mean IoU of pixels' classes", classScores[0].pixels))
        }
        for (number, choice) in choices.enumerated() {
            let several = choices.count > 1
            let suffix = several ? "_loops_\(choice.name)" : ""
            let loop = several ? ", \(choice.name == "rest" ? "at rest" : "\(choice.name) loops")" : ""
            output.scores += Self.values(of: scores[number], suffix: suffix, loop: loop)
            if design.classes.isEmpty { continue }
            let classes = classScores[number]
            output.scores += [
                .init("mean_iou_votes\(suffix)", "mean IoU of voted classes\(loop)", classes.votes),
                .init("ap_r_50\(suffix)", "AP^r at 0.5\(loop)", classes.regionPrecision(threshold: 4)),
                .init("ap_r_70\(suffix)", "AP^r at 0.7\(loop)", classes.regionPrecision(threshold: 6)),
                .init("ap_r_vol\(suffix)", "AP^r_vol\(loop)", classes.regionVolume),
            ]
        }
        output.scores.append(.init("network_seconds", "seconds, network", .defined(seconds.network), isSideNote: true))
        for (choice, value) in zip(choices, seconds.grouping) {
            let name = choice.name == "rest" ? "grouping until at rest" : "grouping, \(choice.name) loops"
            output.scores.append(
                .init("grouping_seconds_\(choice.name)", "seconds, \(name)", .defined(value), isSideNote: true))
        }
        output.counts = [("objects", scores[0].truthCount)]
        if !noImages { output.rows = rows }
        output.settings = [
            ("model", self.model), ("design", design.name),
            ("concentration", Double(concentration ?? design.concentration).shortText),
            ("data", data ?? "digits of the package"), ("loops", loops), ("symmetries", "\(symmetries.count)"),
        ]
        try output.finish(of: data ?? "digits of the package", report: report, json: format.json)
    }

    private static func values(of scores: InstanceScores, suffix: String, loop: String) -> [EvaluationOutput.Score] {
        func value(_ number: Double?) -> MetricValue { number.map { .defined($0) } ?? .undefined(.noTruth) }
        func mean(_ values: [Double?]) -> Double? {
            values.contains { $0 == nil } ? nil : values.reduce(0) { $0 + $1! } / Double(values.count)
        }
        return [
            .init("precision_50\(suffix)", "TP/(TP+FP+FN) at IoU .5\(loop)", value(scores.precision[0])),
            .init("precision\(suffix)", "mean over IoU .5 to .95\(loop)", value(mean(scores.precision))),
            .init("symmetric_best_dice\(suffix)", "symmetric best Dice\(loop)", value(scores.symmetricBestDice)),
            .init("count_error\(suffix)", "|difference in count|\(loop)", value(scores.meanCountError)),
            .init(
                "mean_precision_50\(suffix)", "TP/(TP+FP+FN) at IoU .5, mean over images\(loop)",
                value(scores.meanPrecision[0])),
            .init(
                "mean_precision\(suffix)", "the same, mean over IoU .5 to .95\(loop)", value(mean(scores.meanPrecision))
            ),
        ]
    }
}
