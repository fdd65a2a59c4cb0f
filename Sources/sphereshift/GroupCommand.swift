import ArgumentParser
import SphereData
import SphereFastSummation
import SphereGrouping
import SphereKernels

/// `sphereshift group`: embeddings in, groups out.
struct GroupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "group",
        abstract: "Group embeddings by mean shift on the unit sphere.",
        discussion: """
            The input is an .npy file of shape (N, D) or (H, W, D), of any numeric type. Without output options a table of \
            the groups is printed.

            Examples:
              sphereshift group embeddings.npy
              sphereshift group embeddings.npy --concentration 100 --labels labels.npy
              sphereshift group words.npy --center --normalize --seeds 500 --json
              sphereshift group pixels.npy --bandwidth 0.2 --iterations 5 --labels labels.png
            """)

    @Argument(help: ArgumentHelp("Embeddings, shape (N, D) or (H, W, D).", valueName: "input.npy"))
    var input: String

    @OptionGroup(title: "Kernel") var concentration: ConcentrationOptions
    @OptionGroup(title: "Iterations") var iterations: IterationOptions

    @Option(
        help: ArgumentHelp(
            "Move this many seeds on the fixed points instead of all points: for large N.", valueName: "m"))
    var seeds: Int?

    @Flag(
        help:
            "Evaluate all points in every step. Without it points that have met become one, which moves no point by more than 1e-4 radians (more where rounding does)."
    )
    var exact = false

    @Option(help: ArgumentHelp("Merge so that no point is moved by more than this angle.", valueName: "radians"))
    var accuracy: Double?

    @OptionGroup(title: "Read-out") var readOut: ReadOutOptions

    @Flag(help: "Subtract the mean of all rows first; implies --normalize.")
    var center = false

    @Flag(help: "Divide rows by their lengths first. Without it rows must be unit vectors (to 1 %).")
    var normalize = false

    @Option(
        help: ArgumentHelp(
            "Write the group of every row, 32-bit integers or a 16-bit picture.", valueName: "file.npy|png"))
    var labels: String?

    @Option(help: ArgumentHelp("Write the modes, one a group.", valueName: "file.npy"))
    var modes: String?

    @Option(help: ArgumentHelp("Write the points (or seeds) after the last iteration.", valueName: "file.npy"))
    var shifted: String?

    @Option(help: ArgumentHelp("Write the scores, one a group.", valueName: "file.npy"))
    var scores: String?

    @OptionGroup(title: "Execution") var executionOptions: ExecutionOptions
    @OptionGroup var format: FormatOptions

    private var outputs: [String] { [labels, modes, shifted, scores].compactMap { $0 } }

    func validate() throws {
        if let seeds, seeds < 1 { throw ValidationError("--seeds must be 1 or more, found \(seeds)") }
        if exact && accuracy != nil { throw ValidationError("give one of --exact and --accuracy") }
        if let accuracy, !(accuracy > 0 && accuracy <= 1) {
            throw ValidationError("--accuracy must be an angle in (0, 1], found \(accuracy)")
        }
        if let labels, !labels.hasSuffix(".npy") && !labels.hasSuffix(".png") {
            throw ValidationError("--labels: expected a name that ends in .npy or .png, found '\(labels)'")
        }
        if let path = outputs.first(where: { path in outputs.count { $0 == path } > 1 }) {
            throw ValidationError("two results would be written to '\(path)'")
        }
        if let labels, labels.hasSuffix(".png") && readOut.smallGroups == .unlabelled {
            throw ValidationError("--labels: a picture cannot hold the label -1 of --small-groups unlabelled; use .npy")
        }
    }

    func run() throws {
        for path in outputs { try OutputPath.checkFile(path) }
        let execution = executionOptions.execution
        let (points, spatialShape) = try readPoints(execution)
        if let labels, labels.hasSuffix(".png"), spatialShape.count != 2 {
            throw InputError("\(labels): labels as a picture need an input of shape (H, W, D), \(input) is (N, D)")
        }

        var meanShift = MeanShift(
            concentration: concentration.choice ?? .automatic, iterations: iterations.rule,
            stepSize: iterations.stepSize, seeds: seeds,
            accuracy: exact ? .exact : accuracy.map { .within($0) } ?? .tight, readOut: readOut.readOut,
            execution: execution)
        meanShift.summation = FastSummation.self
        var bar = ProgressBar("mean shift")
        let start = ContinuousClock.now
        let grouping: Grouping
        do {
            grouping = try meanShift.group(points) { progress in
                bar.update(
                    progress.iteration, of: progress.maximum,
                    note: "moved \(progress.meanMovement.shortText), \(progress.shifted.rows) distinct")
            }
        } catch {
            throw InputError("\(input): \(error)")
        }
        bar.finish()
        let seconds = (ContinuousClock.now - start).seconds

        try write(grouping, spatialShape)
        let summary = GroupingSummary(grouping, points: points, seconds: seconds, execution: execution)
        print(format.json ? try JSON.text(summary) : summary.table)
    }

    /// The rows of the input as they will be grouped, and its shape without the last axis.
    private func readPoints(_ execution: Execution) throws -> (points: Matrix, spatialShape: [Int]) {
        var (points, spatialShape) = try NPYFile.readMatrix(input)
        if points.rows == 0 || points.columns == 0 {
            throw InputError("\(input): shape \(spatialShape + [points.columns]) has no points to group")
        }
        for row in 0..<points.rows {
            for (column, value) in points.row(row).enumerated() where !value.isFinite {
                throw InputError("\(input): row \(row), column \(column) is \(value): points must be finite")
            }
        }
        if center { points = Centering.centered(points) }
        if !center && !normalize {
            for (row, length) in RowNorms.norms(points, on: execution).enumerated() where abs(length - 1) > 0.01 {
                throw InputError(
                    "\(input): row \(row) has the length \(length), expected unit vectors; --normalize takes directions"
                )
            }
        }
        return (points, spatialShape)
    }

    private func write(_ grouping: Grouping, _ spatialShape: [Int]) throws {
        if let labels {
            if labels.hasSuffix(".png") {
                let map = LabelMap(width: spatialShape[1], height: spatialShape[0], labels: grouping.labels)
                try map.writePNG(to: labels)
            } else {
                try NPYFile.write(NPYArray(shape: spatialShape, elements: grouping.labels), to: labels)
            }
        }
        if let modes { try NPYFile.write(grouping.modes, to: modes) }
        if let scores { try NPYFile.write(NPYArray(shape: [grouping.count], elements: grouping.scores), to: scores) }
        if let shifted {
            let shape = seeds == nil ? spatialShape : [grouping.shifted.rows]
            let array = NPYArray(shape: shape + [grouping.shifted.columns], elements: grouping.shifted.elements)
            try NPYFile.write(array, to: shifted)
        }
    }
}

/// What is wrong with an input, in one line.
struct InputError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
