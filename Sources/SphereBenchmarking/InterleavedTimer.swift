internal import SphereKernels

/// Times several ways to do the same work in turns.
///
/// Clocks and neighbours drift by tens of per cent within seconds, so contestants timed one after the other are not
/// comparable. Here each round takes one sample of every contestant, first to last in even rounds and last to first in
/// odd ones: nobody always follows the same one, whose caches and clock it would inherit.
package struct InterleavedTimer {
    /// Work to time.
    package struct Entry {
        let isSlow: Bool
        let run: () -> Void

        /// - Parameters:
        ///   - isSlow: is called once per sample without a warm-up, and no more once it has used a quarter of the time.
        ///   - run: the work.
        package init(isSlow: Bool = false, run: @escaping () -> Void) {
            self.isSlow = isSlow
            self.run = run
        }
    }

    private let plan: TimingPlan

    /// A timer that stops when both the rounds and the seconds of `plan` are reached.
    package init(_ plan: TimingPlan) {
        self.plan = plan
    }

    /// The timings of `entries`, in their order; a slow entry has samples of the first rounds only.
    ///
    /// - Precondition: at least one entry is not slow.
    package func time(_ entries: [Entry]) -> [Timing] {
        require(entries.contains { !$0.isSlow }, "all \(entries.count) entries are slow, one must set the pace")
        let calls = entries.map { $0.isSlow ? 1 : callsPerSample($0.run) }
        var samples = [[Double]](repeating: [], count: entries.count)
        var total = 0.0
        var rounds = 0
        while rounds < plan.minimumRounds || total < plan.seconds {
            for position in entries.indices {
                let i = rounds.isMultiple(of: 2) ? position : entries.count - 1 - position
                if entries[i].isSlow {
                    let used = samples[i].reduce(0, +)
                    if rounds == 0 || used < plan.seconds / 4 { samples[i].append(seconds(entries[i].run)) }
                } else {
                    let time = seconds { for _ in 0..<calls[i] { entries[i].run() } }
                    samples[i].append(time / Double(calls[i]))
                    total += time
                }
            }
            rounds += 1
        }
        return samples.map { Timing($0) }
    }

    /// Warms up and tells how many calls last as long as a sample should.
    private func callsPerSample(_ run: () -> Void) -> Int {
        max(1, Int((plan.sampleSeconds / seconds(run)).rounded(.up)))
    }
}

/// The seconds that `body` takes, at least one nanosecond.
func seconds(_ body: () -> Void) -> Double {
    let (seconds, attoseconds) = ContinuousClock().measure(body).components
    return max(1e-9, Double(seconds) + Double(attoseconds) * 1e-18)
}
