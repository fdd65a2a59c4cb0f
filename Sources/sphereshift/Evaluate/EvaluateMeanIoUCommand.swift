import ArgumentParser
import SphereEvaluation

/// `sphereshift evaluate miou`: mean intersection over union of classes.
struct EvaluateMeanIoUCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "miou",
        abstract: "Mean intersection over union of classes (VOC, Cityscapes).",
        discussion: """
            Two folders of class maps of the same names, classes from 0 on. All pixels of the set are counted together; classes that \
            occur nowhere are left out of the mean.

            Examples:
              sphereshift evaluate miou --truth SegmentationClass --predictions out --classes 21
            """)

    @OptionGroup var options: EvaluationOptions

    @Option(help: ArgumentHelp("Number of classes, background included.", valueName: "n"))
    var classes: Int

    @Option(help: ArgumentHelp("Label of the ground truth whose pixels play no part.", valueName: "label"))
    var ignore: Int32 = 255

    func validate() throws {
        if !(1...65_536).contains(classes) { throw ValidationError("--classes must be in 1...65536, found \(classes)") }
    }

    func run() throws {
        try options.checkReport()
        let pairs = try LabelMapPairs(options)
        let empty = SemanticEvaluation(classCount: classes, ignoredTruth: [ignore])
        var evaluation = empty
        var rows: [EvaluationOutput.Row] = []
        try pairs.forEach("miou") { name, truth, prediction in
            let histogram = try JointHistogram(truth: truth, prediction: prediction)
            try evaluation.add(histogram)
            if options.noImages { return }
            var single = empty
            try single.add(histogram)
            rows.append(.init(name: name, scores: scores(single)))
        }
        var output = EvaluationOutput(
            task: "miou", title: "Mean IoU", images: pairs.names.count, scores: scores(evaluation))
        output.rows = rows
        output.classes = (0..<classes).map {
            .init(name: "\($0)", scores: [.init("iou", "IoU", evaluation.intersectionOverUnion(ofClass: $0))])
        }
        output.settings = [
            ("classes", "\(classes)"), ("ignore", "\(ignore)"), ("truth", options.truth),
            ("predictions", options.predictions),
        ]
        try options.finish(output)
    }

    private func scores(_ evaluation: SemanticEvaluation) -> [EvaluationOutput.Score] {
        [
            .init("miou", "mean IoU", evaluation.meanIntersectionOverUnion),
            .init("pixel_accuracy", "pixel accuracy", evaluation.pixelAccuracy),
            .init("mean_accuracy", "mean accuracy", evaluation.meanAccuracy),
        ]
    }
}
