import ArgumentParser
import SphereData
import SphereEvaluation

/// `sphereshift evaluate cityscapes`: instance AP of Cityscapes.
struct EvaluateCityscapesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cityscapes",
        abstract: "Average precision of instances (Cityscapes).",
        discussion: """
            The ground truth is a folder with NAME_gtFine_instanceIds.png (or NAME_instanceIds.png); predictions are a folder with \
            one text file NAME*.txt an image, a line "mask.png class confidence" for each instance; masks lie beside it.

            Examples:
              sphereshift evaluate cityscapes --truth gtFine/val/lindau --predictions results
            """)

    @OptionGroup var options: EvaluationOptions

    @Option(help: ArgumentHelp("Objects of fewer pixels are not looked for.", valueName: "pixels"))
    var smallestObject = 100

    private static let names = [
        24: "person", 25: "rider", 26: "car", 27: "truck", 28: "bus", 31: "train", 32: "motorcycle", 33: "bicycle",
    ]
    /// Labels that are ignored in evaluations.
    private static let void: Set<Int32> = [-1, 0, 1, 2, 3, 4, 5, 6, 9, 10, 14, 15, 16, 18, 29, 30]

    func run() throws {
        try options.checkReport()
        let truth = try Folder(options.truth)
        let predictions = try Folder(options.predictions)
        let files = truth.names.filter { $0.hasSuffix("_instanceIds.png") }
        if files.isEmpty { throw InputError("\(options.truth): expected NAME_gtFine_instanceIds.png, found none") }
        let names = files.map { file in
            let name = file.dropLast("_instanceIds.png".count)
            return String(name.hasSuffix("_gtFine") ? name.dropLast("_gtFine".count) : name)
        }
        var evaluation = CityscapesEvaluation(smallestObject: smallestObject)
        var rows: [EvaluationOutput.Row] = []
        var bar = ProgressBar("cityscapes")
        for (index, (file, name)) in zip(files, names).enumerated() {
            bar.update(index, of: files.count, note: file)
            let list = try list(of: name, in: predictions, besides: names)
            var single = CityscapesEvaluation(smallestObject: smallestObject)
            try add(try LabelMap.readPNG("\(options.truth)/\(file)"), list, to: &single)
            evaluation.merge(single)
            if !options.noImages { rows.append(.init(name: name, scores: scores(single, nil))) }
        }
        bar.finish()
        var output = EvaluationOutput(
            task: "cityscapes", title: "Cityscapes", images: files.count, scores: scores(evaluation, nil))
        let classes = Self.names.sorted { $0.key < $1.key }
        output.classes = classes.map { .init(name: $0.value, scores: scores(evaluation, $0.key)) }
        output.rows = rows
        output.plots = [
            .precisionRecall(
                "Precision and recall at 0.50",
                classes.filter { evaluation.truthCount(category: $0.key) > 0 }
                    .map { ($0.value, evaluation.curve(threshold: 0, category: $0.key)) })
        ]
        output.settings = [
            ("smallest_object", "\(smallestObject)"), ("truth", options.truth), ("predictions", options.predictions),
        ]
        try options.finish(output)
    }

    private func scores(_ evaluation: CityscapesEvaluation, _ category: Int?) -> [EvaluationOutput.Score] {
        [
            .init("ap", "AP", evaluation.averagePrecision(category: category)),
            .init(
                "ap50", "AP at 0.50",
                category.map { evaluation.averagePrecision(threshold: 0, category: $0) }
                    ?? evaluation.averagePrecision(threshold: 0)),
        ]
    }

    /// The path of the one list of an image: NAME.txt, or NAME with more behind that is no part of a longer name, nor that of another image.
    private func list(of name: String, in predictions: Folder, besides names: [String]) throws -> String {
        func belongs(_ file: String, to name: String) -> Bool {
            file.hasPrefix(name) && file.dropFirst(name.count).first.map { !$0.isLetter && !$0.isNumber } ?? false
        }
        let longer = names.filter { $0.count > name.count && $0.hasPrefix(name) }
        let lists = predictions.names.filter { file in
            file.hasSuffix(".txt") && belongs(file, to: name) && !longer.contains { belongs(file, to: $0) }
        }
        guard let first = lists.first, lists.count == 1 else {
            throw InputError(
                "\(options.predictions): expected one file \(name)*.txt, found "
                    + (lists.isEmpty ? "none" : lists.joined(separator: ", ")))
        }
        return "\(options.predictions)/\(first)"
    }

    /// A line of a list of predictions.
    private struct Instance {
        let category: Int
        let score: Double
        let pixels: [Int]
    }

    private func add(_ truth: LabelMap, _ list: String, to evaluation: inout CityscapesEvaluation) throws {
        let instances = try readInstances(list, width: truth.width, height: truth.height)
        var areas: [Int32: Int] = [:]
        for label in truth.labels { areas[label, default: 0] += 1 }
        for category in Self.names.keys.sorted() {
            // Numbers of 1000 and more are instances; the class itself stands for a group.
            let labels = areas.keys.filter { Int($0 >= 1000 ? $0 / 1000 : $0) == category }.sorted()
            let numbers = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
            let own = instances.filter { $0.category == category && !$0.pixels.isEmpty }
            if labels.isEmpty && own.isEmpty { continue }
            var entries: [[OverlapTable.Entry]] = []
            var voidPixels: [Int] = []
            for instance in own {
                var counts = [Int](repeating: 0, count: labels.count)
                var void = 0
                for pixel in instance.pixels {
                    let label = truth.labels[pixel]
                    if let number = numbers[label] { counts[number] += 1 }
                    if Self.void.contains(label) { void += 1 }
                }
                voidPixels.append(void)
                entries.append(
                    counts.indices.filter { counts[$0] > 0 }.map { .init(truth: $0, intersection: counts[$0]) })
            }
            evaluation.add(
                category: category,
                overlaps: OverlapTable(
                    truthAreas: labels.map { areas[$0]! }, predictedAreas: own.map(\.pixels.count), entries: entries),
                truth: labels.map { .init(isGroup: $0 < 1000) }, scores: own.map(\.score), voidPixels: voidPixels)
        }
    }

    private func readInstances(_ list: String, width: Int, height: Int) throws -> [Instance] {
        let folder = list.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let text = String(decoding: try FileContents.read(list), as: UTF8.self)
        return try text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().compactMap {
            number, line in
            let parts = line.split(whereSeparator: \.isWhitespace)
            if parts.isEmpty { return nil }
            guard parts.count == 3, let category = Int(parts[1]), let score = Double(parts[2]), !score.isNaN else {
                throw InputError("\(list): line \(number + 1): expected 'mask class confidence', found '\(line)'")
            }
            let path = "\(folder)/\(parts[0])"
            let mask = try LabelMap.readPNG(path)
            guard mask.width == width, mask.height == height else {
                throw InputError("\(path): expected \(width) x \(height) pixels, found \(mask.width) x \(mask.height)")
            }
            return Instance(
                category: category, score: score, pixels: mask.labels.indices.filter { mask.labels[$0] != 0 })
        }
    }
}
