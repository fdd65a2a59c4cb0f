import SphereBenchmarking
import TestSupport
import Testing

@Suite struct InterleavedTimerTests {
    private let oneCall = TimingPlan(seconds: 0, minimumRounds: 4, sampleSeconds: 0)

    @Test("runs the contestants in turns, there and back, after one warm-up of each")
    func order() {
        var calls = ""
        let timings = InterleavedTimer(oneCall).time(
            ["A", "B", "C"].map { name in InterleavedTimer.Entry { calls += name } })
        #expect(calls == "ABC" + "ABC" + "CBA" + "ABC" + "CBA")
        #expect(timings.map(\.samples.count) == [4, 4, 4])
    }

    @Test("measures the time of each contestant, not that of its neighbours")
    func times() {
        let timings = InterleavedTimer(oneCall).time([
            .init { spin(seconds: 0.02) }, .init { spin(seconds: 0.001) },
        ])
        #expect(timings[0].minimum >= 0.02)
        #expect(timings[1].minimum >= 0.001 && timings[1].minimum < 0.02)
    }

    @Test("goes on until the time is used")
    func budget() {
        // Long enough for more than two rounds on a machine that does other things.
        let plan = TimingPlan(seconds: 0.5, minimumRounds: 2, sampleSeconds: 0)
        let timing = InterleavedTimer(plan).time([.init { spin(seconds: 0.001) }])[0]
        #expect(timing.samples.reduce(0, +) >= 0.5)
        #expect(timing.samples.count > 2)
    }

    @Test("calls a fast contestant several times per sample and reports the time of one call")
    func batches() {
        var calls = 0
        let plan = TimingPlan(seconds: 0, minimumRounds: 1, sampleSeconds: 0.2)
        let timing = InterleavedTimer(plan).time([
            .init {
                calls += 1
                spin(seconds: 0.001)
            }
        ])[0]
        // A disturbed warm-up makes for fewer calls than the 200 that fit, but not for one.
        #expect(calls > 1 + 1 && calls <= 1 + 200)
        #expect(timing.minimum >= 0.001 && timing.minimum < 0.2)
    }

    @Test("leaves out a slow contestant once it has used a quarter of the time, without a warm-up")
    func slow() {
        var calls = 0
        let plan = TimingPlan(seconds: 0.04, minimumRounds: 3, sampleSeconds: 0)
        let timings = InterleavedTimer(plan).time([
            .init { spin(seconds: 0.001) },
            .init(isSlow: true) {
                calls += 1
                spin(seconds: 0.006)
            },
        ])
        #expect(calls == timings[1].samples.count)
        #expect((1...2).contains(calls))
        #expect(timings[0].samples.reduce(0, +) >= 0.04)
    }

    @Test("runs a slow contestant once even when there is no time for it")
    func slowWithoutTime() {
        var calls = 0
        _ = InterleavedTimer(oneCall).time([.init {}, .init(isSlow: true) { calls += 1 }])
        #expect(calls == 1)
    }

    @Test("traps when nobody sets the pace")
    func onlySlow() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = InterleavedTimer(.quick).time([.init(isSlow: true) {}])
        }
        #expect(messages(of: result).contains("all 1 entries are slow"))
    }

    @Test("traps on a plan without rounds, with the number in the message")
    func noRounds() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = TimingPlan(minimumRounds: 0)
        }
        #expect(messages(of: result).contains("found 0"))
    }
}

/// Keeps the processor busy.
func spin(seconds: Double) {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    while clock.now < end {}
}
