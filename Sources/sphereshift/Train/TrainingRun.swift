import SphereNetworks
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

/// A training in the terminal: progress, checkpoints, and an early end by Ctrl-C or a terminating signal.
final class TrainingRun {
    private let training: TrainingLoop
    private let label: String
    private(set) var seconds = 0.0

    init(label: String, training: TrainingLoop) {
        self.label = label
        self.training = training
    }

    /// Steps until the schedule's end or a signal; a checkpoint at the start, after every `checkpointEvery` steps and at the end.
    ///
    /// A second Ctrl-C ends the program at once.
    func run(
        checkpointEvery: Int, step: () throws -> [Double], onCheckpoint: () throws -> Void
    ) throws {
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                stopIsRequested.store(true, ordering: .relaxed)
                signal(number, SIG_DFL)
            }
        }
        defer { for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) } }
        let start = ContinuousClock.now
        let (first, total) = (training.step, training.schedule.steps)
        var bar = ProgressBar(label)
        // From here on there is something to resume from.
        try onCheckpoint()
        while training.next != nil && !stopIsRequested.load(ordering: .relaxed) {
            let measures: [Double]
            do { measures = try step() } catch {
                // What was learned so far is not lost.
                bar.finish()
                try onCheckpoint()
                throw error
            }
            let done = training.step
            let elapsed = (ContinuousClock.now - start).seconds
            let left = elapsed / Double(done - first) * Double(total - done)
            let note = zip(training.measures, measures)
                .map { "\($0.replacing("_", with: " ")) \($1.text(digits: 4))" }.joined(separator: ", ")
            bar.update(done, of: total, note: "\(Self.clock(left)) left, \(note)")
            if done % checkpointEvery == 0 && training.next != nil {
                try onCheckpoint()
                if !Terminal.isInteractive {
                    Terminal.note("\(label): step \(done) of \(total), \(Self.clock(left)) left, \(note)")
                }
            }
        }
        bar.finish()
        try onCheckpoint()
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
