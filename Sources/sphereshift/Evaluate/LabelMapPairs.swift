import ArgumentParser
import SphereData
import SphereEvaluation

/// The label maps of two folders, paired by name.
struct LabelMapPairs {
    let truth: Folder
    let predictions: Folder
    let names: [String]

    /// Suffixes that a predicted file may have behind the name of its ground truth.
    static let suffixes = ["", "_labels"]

    init(_ options: EvaluationOptions) throws {
        truth = try Folder(options.truth)
        predictions = try Folder(options.predictions)
        names = truth.labelMapNames
        if names.isEmpty { throw InputError("\(options.truth): expected label maps (.png or .npy), found none") }
        // Every missing file shows before the work.
        for name in names {
            let candidates = Self.suffixes.flatMap { ["\(name)\($0).png", "\(name)\($0).npy"] }
            if predictions.firstPath(candidates) == nil {
                throw InputError("\(options.predictions): expected \(candidates.joined(separator: " or ")), found none")
            }
        }
        let used = Set(names.flatMap { name in Self.suffixes.map { name + $0 } })
        let extra = predictions.labelMapNames.filter { !used.contains($0) }
        if let first = extra.first {
            Terminal.note(
                "sphereshift: \(extra.count) predictions without ground truth are left out, the first is \(first)")
        }
    }

    /// Calls `body` for every pair, with progress; errors get the name of the image.
    func forEach(_ label: String, _ body: (_ name: String, _ truth: LabelMap, _ prediction: LabelMap) throws -> Void)
        throws
    {
        var bar = ProgressBar(label)
        for (index, name) in names.enumerated() {
            bar.update(index, of: names.count, note: name)
            let truth = try truth.labelMap(name)
            let prediction = try predictions.labelMap(name, suffixes: Self.suffixes)
            do {
                try body(name, truth, prediction)
            } catch let error as EvaluationError {
                throw InputError("\(predictions.path)/\(name): \(error)")
            }
        }
        bar.finish()
    }
}

/// Which label is no object.
struct BackgroundOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Label that is no object in either map, or none.", valueName: "label|none"))
    var background = "0"

    func validate() throws {
        if background != "none" && Int32(background) == nil {
            throw ValidationError("--background: expected a whole number or none, found '\(background)'")
        }
    }

    var label: Int32? { Int32(background) }
}
