import ArgumentParser
import SphereData
import SphereEvaluation
import SphereGrouping
import SphereKernels
import SphereNetworks
import SphereRecipes
import SphereReports

/// `sphereshift evaluate toy-digits`: a model on scenes of handwritten digits.
struct EvaluateToyDigitsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "toy-digits",
        abstract: "A model of the toy digits on new scenes: overlap, recall, count, losses through the loops.",
        discussion: """
            Scenes are made of test digits, which no training has seen, or read from --images (N, 64, 64, 3), float32 in [0, 1], and \
            --truth (N, 64, 64), 0 the background. Every group may be a digit; one of them is taken for the background in the count.

            Examples:
              sphereshift evaluate toy-digits
              sphereshift evaluate toy-digits --model toy/weights.safetensors --data mnist --scenes 300 --json
              sphereshift evaluate toy-digits --images toy_images.npy --truth toy_instance.npy
            """)

    @Option(
        help: ArgumentHelp(
            "A model of the package, toy-digits (default) or toy-digits-paper, or weights of `train toy-digits`.",
            valueName: "name|file"))
    var model = ToyDigitModel.Bundled.best.rawValue

    @Option(
        help: ArgumentHelp("Folder with images.npy and labels.npy (default: the bundled digits).", valueName: "dir"))
    var data: String?

    @Option(help: ArgumentHelp("Number of scenes.", valueName: "n"))
    var scenes = 300

    @Option(help: ArgumentHelp("Decides the scenes.", valueName: "n"))
    var seed: UInt64 = 2026

    @Option(help: ArgumentHelp("Score these images instead of scenes of one's own.", valueName: "npy"))
    var images: String?

    @Option(help: ArgumentHelp("Instances in --images.", valueName: "npy"))
    var truth: String?

    @Option(
        help: ArgumentHelp(
            "Write an HTML report with the loops of some scenes and what training through loops does.",
            valueName: "file.html"))
    var report: String?

    @OptionGroup(title: "Execution") var executionOptions: ExecutionOptions
    @OptionGroup var format: FormatOptions

    func validate() throws {
        if !(1...1_000_000).contains(scenes) {
            throw ValidationError("--scenes must be in 1...1000000, found \(scenes)")
        }
        if (images == nil) != (truth == nil) { throw ValidationError("--images and --truth belong together") }
        if images != nil && data != nil { throw ValidationError("give one of --images and --data") }
    }

    func run() throws {
        if let report { try OutputPath.checkFile(report) }
        let model = try ToyDigitModel.named(model)
        let execution = executionOptions.execution
        var evaluation = ToyDigitEvaluation(of: model)
        var bar = ProgressBar("toy digits")
        try forEachScene { index, count, image, truth in
            try evaluation.add(image, truth: truth, model: model, on: execution)
            bar.update(index + 1, of: count)
        }
        bar.finish()
        let output = output(evaluation, of: model)
        if let report { try page(output, of: model, on: execution).write(to: report) }
        print(format.json ? try JSON.text(output) : output.table)
    }

    private func forEachScene(_ body: (Int, Int, [Float], LabelMap) throws -> Void) throws {
        if let images, let truth {
            let pictures = try NPYFile.read(images, as: Float.self)
            let instances = try NPYFile.read(truth, as: Int32.self)
            let shape = pictures.shape
            guard shape.count == 4, shape[3] == 3, pictures.elements.count > 0 else {
                throw InputError("\(images): has the shape \(shape), expected [N, height, width, 3] with pixels")
            }
            guard instances.shape == Array(shape[..<3]) else {
                throw InputError("\(truth): has the shape \(instances.shape), expected \(Array(shape[..<3]))")
            }
            if let bad = pictures.elements.firstIndex(where: { !(0...1 ~= $0) }) {
                throw InputError("\(images): element \(bad) is \(pictures.elements[bad]), expected numbers in [0, 1]")
            }
            let pixels = shape[1] * shape[2]
            for index in 0..<shape[0] {
                let range = index * pixels..<(index + 1) * pixels
                try body(
                    index, shape[0],
                    Array(pictures.elements[range.lowerBound * 3..<range.upperBound * 3]),
                    LabelMap(width: shape[2], height: shape[1], labels: Array(instances.elements[range])))
            }
        } else {
            let digits = try data.map { try DigitSet(folder: $0) } ?? DigitSet.bundled()
            let generator = ToyDigitGenerator(digits: try digits.part(.test), seed: seed)
            for index in 0..<scenes {
                let scene = generator.scene(index)
                try body(index, scenes, scene.image, scene.instances)
            }
        }
    }

    /// The scores, three scenes through the loops, and the demonstration on a line.
    private func page(
        _ output: EvaluationOutput, of model: ToyDigitModel, on execution: Execution
    ) throws -> HTMLReport {
        var page = output.report
        let digits = try data.map { try DigitSet(folder: $0) } ?? DigitSet.bundled()
        let generator = ToyDigitGenerator(digits: try digits.part(.test), seed: seed, digitCounts: 3...7)
        for number in 0..<3 {
            let scene = try ToyDigitReport(of: generator.scene(number), model: model, on: execution)
            page.sections.append(scene.section("Scene \(number + 1)"))
        }
        let line = LineDemonstration()
        var grouped = line.plot
        grouped.title = "The same after five loops of bandwidth 0.05"
        grouped.series = line.grouped.plot.series
        page.sections.append(
            HTMLReport.Section(
                "Training through the loops, on a line",
                text: """
                    Numbers of three heaps are moved by the gradient of a regressor that is wrong about the heap in the middle. Through \
                    five loops of mean shift it joins the right one; without loops it stops on its way.
                    """,
                figures: [
                    .init(line.plot, caption: "After 30 steps"), .init(grouped, caption: "After five more loops"),
                ]))
        return page
    }

    private func output(_ evaluation: ToyDigitEvaluation, of model: ToyDigitModel) -> EvaluationOutput {
        func value(_ number: Double?) -> MetricValue { number.map { .defined($0) } ?? .undefined(.noTruth) }
        let scores = evaluation.scores
        var result = EvaluationOutput(
            task: "toy-digits", title: "Toy digits", images: scores.sceneCount,
            scores: [
                .init("mean_best_iou", "mean best IoU", value(scores.meanBestOverlap)),
                .init("average_recall", "AR[.5:.95]", value(scores.averageRecall)),
                .init("groups_per_image", "groups per image", .defined(scores.groupsPerScene)),
                .init("truth_per_image", "digits and background per image", .defined(scores.truthPerScene)),
                .init("mean_count_error", "mean absolute count error", .defined(scores.meanCountError)),
                .init("loss_floor", "floor of the negative loss", .defined(evaluation.losses[0].floor)),
            ])
        for (loop, losses) in evaluation.losses.enumerated() {
            result.scores.append(
                .init("negative_loss_\(loop)", "negative loss, loop \(loop)", .defined(losses.negative)))
            result.scores.append(
                .init("positive_loss_\(loop)", "positive loss, loop \(loop)", .defined(losses.positive)))
        }
        result.counts = [("digits", scores.digitCount)]
        result.settings = [
            ("model", self.model), ("dimension", "\(model.network.dimension)"),
            ("margin", model.margin.shortText), ("concentration", Double(model.grouping.concentration).shortText),
            ("scenes", images ?? data ?? "bundled digits"), ("seed", "\(seed)"),
        ]
        return result
    }
}
