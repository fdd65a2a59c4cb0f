import SphereBenchmarking
import TestSupport
import Testing

@Suite struct TimingTests {
    @Test("has the middle sample as its median, or the mean of the two in the middle")
    func median() {
        #expect(Timing([5]).median == 5)
        #expect(Timing([9, 1, 2]).median == 2)
        #expect(Timing([9, 1, 2, 4]).median == 3)
    }

    @Test("has the smallest sample as its minimum")
    func minimum() {
        #expect(Timing([3, 1, 2]).minimum == 1)
    }

    @Test("compares samples of the same round, so that a drift of both cancels")
    func pairedRatio() {
        let ours = Timing([1, 10, 100])
        let other = Timing([2, 20, 200])
        #expect(ours.ratio(of: other) == 2)
        #expect(other.ratio(of: ours) == 0.5)
    }

    @Test("compares the medians when the other left early, so that one disturbed sample does not decide")
    func shorterRatio() {
        #expect(Timing([1000, 2, 2, 2]).ratio(of: Timing([8])) == 4)
    }

    @Test("multiplies every sample when scaled")
    func scaled() {
        #expect(Timing([1, 3]).scaled(by: 4) == Timing([4, 12]))
    }

    @Test("traps without samples")
    func empty() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Timing([])
        }
        #expect(messages(of: result).contains("at least one sample"))
    }
}
