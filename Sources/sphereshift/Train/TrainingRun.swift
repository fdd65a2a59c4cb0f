import SphereData
import SphereKernels
import SphereNetworks
import SphereReports
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Whether the user wants the program to stop as soon as nothing is lost.
private let stopIsRequested = Atomic<Bool>(false)

/// A training in the terminal: progress, checkpoints and curves in a folder, and an early end by Ctrl-C or a terminating signal.
final class TrainingRun {
    private let training: TrainingLoop
    private let output: String
    private let settings: [String: String]
    private let start: Int
    private(set) var seconds = 0.0

    /// Makes the folder `output`, and goes on from the checkpoint in it or makes sure that there is none to be overwritten.
    ///
    /// - Parameter settings: what must be the same when a training goes on.
    init(_ training: TrainingLoop, output: String, resume: Bool, settings: [String: String]) throws {
        self.training = training
        self.output = output
        self.settings = settings
        try OutputPath.makeFolder(output)
        let checkpoint = "\(output)/checkpoint.safetensors"
        if resume {
            try training.restore(from: checkpoint, settings: settings)
        } else if FileContents.exists(checkpoint) {
            throw InputError("\(checkpoint): is there already; continue with --resume or name another --output")
        }
        start = training.step
    }

    /// The files of the folder.
    var checkpoint: String { "\(output)/checkpoint.safetensors" }
    var weights: String { "\(output)/weights.safetensors" }

    /// Whether no step is left.
    var isComplete: Bool { training.next == nil }

    /// The measures, each the mean of the last 100 steps; 0 without steps.
    var measures: [Float] {
        training.history.map { $0.suffix(100) }.map { $0.reduce(0, +) / Float(max(1, $0.count)) }
    }

    /// What the user reads at the end.
    var summary: String {
        var table = TextTable(header: ["mean of the last 100 steps", ""])
        for (name, value) in zip(training.measures, measures) {
            table.add([name.replacing("_", with: " "), Double(value).text(digits: 4)])
        }
        let steps = training.schedule.steps
        let end =
            isComplete
            ? "weights written to \(weights)"
            : "stopped after step \(training.step) of \(steps), weights written to \(weights); continue with --resume"
        return "\(table.text)\n\n\(training.step - start) steps in \(seconds.text(digits: 1)) s; \(end)"
    }

    /// Steps until the schedule's end or a signal; a checkpoint at the start, after every `checkpointEvery` steps and at the end, with the curves and
    /// the weights, so that what there is of a model can be looked at while the training goes on.
    ///
    /// A second Ctrl-C ends the program at once.
    ///
    /// - Parameter saveWeights: writes the weights to the path that it is given.
    func run(
        checkpointEvery: Int, curves: () -> LinePlot, saveWeights: (String) throws -> Void,
        step: () throws -> [Double]
    ) throws {
        func save() throws {
            try training.save(to: checkpoint, settings: settings)
            try saveWeights(weights)
            try curves().write(to: "\(output)/curves.svg")
        }
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                stopIsRequested.store(true, ordering: .relaxed)
                signal(number, SIG_DFL)
            }
        }
        defer { for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) } }
        let start = ContinuousClock.now
        let (first, total) = (training.step, training.schedule.steps)
        var bar = ProgressBar("train")
        // From here on there is something to resume from.
        try save()
        while training.next != nil && !stopIsRequested.load(ordering: .relaxed) {
            let measures: [Double]
            do { measures = try step() } catch {
                // What was learned so far is not lost.
                bar.finish()
                try save()
                throw error
            }
            let done = training.step
            let elapsed = (ContinuousClock.now - start).seconds
            let left = elapsed / Double(done - first) * Double(total - done)
            let note = zip(training.measures, measures)
                .map { "\($0.replacing("_", with: " ")) \($1.text(digits: 4))" }.joined(separator: ", ")
            bar.update(done, of: total, note: "\(Self.clock(left)) left, \(note)")
            if done % checkpointEvery == 0 && training.next != nil {
                try save()
                if !Terminal.isInteractive {
                    Terminal.note("train: step \(done) of \(total), \(Self.clock(left)) left, \(note)")
                }
            }
        }
        bar.finish()
        try save()
        seconds = (ContinuousClock.now - start).seconds
    }

    /// Seconds as hours, minutes and seconds.
    private static func clock(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        let (minutes, rest) = ((whole / 60) % 60, whole % 60)
        let tail = "\(minutes < 10 ? "0" : "")\(minutes):\(rest < 10 ? "0" : "")\(rest)"
        return whole >= 3600 ? "\(whole / 3600):\(tail)" : tail
    }
}
