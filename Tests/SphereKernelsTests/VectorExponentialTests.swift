import SphereKernels
import SphereReference
import TestSupport
import Testing

@Suite struct VectorExponentialTests {
    @Test("agrees with the reference for every count", arguments: InstructionSet.available)
    func counts(set: InstructionSet) {
        let execution = Execution(for: set)
        var generator = SeededGenerator(seed: 1)
        for count in Array(0...70) + [16_383, 16_384, 16_385] where count <= 70 || !keepsToSmallSizes {
            let values = (0..<count).map { _ in Float(-100 + 200 * generator.uniform()) }
            let report = ErrorReport.unitsInLastPlace(
                VectorExponential.exponential(values, on: execution).map { min($0, .greatestFiniteMagnitude) },
                Reference.exponential(values).map { min($0, Double(Float.greatestFiniteMagnitude)) })
            #expect(report.maximum <= AccuracyLimits.exponential, "count \(count), index \(report.worstIndex ?? -1)")
        }
    }

    @Test("is exact where the mathematics is", arguments: InstructionSet.available)
    func specialValues(set: InstructionSet) {
        let execution = Execution(for: set)
        func exponential(_ x: Float) -> Float { VectorExponential.exponential([x], on: execution)[0] }
        #expect(exponential(0) == 1)
        #expect(exponential(-0.0) == 1)
        #expect(exponential(.leastNonzeroMagnitude) == 1)
        #expect(exponential(.infinity) == .infinity)
        #expect(exponential(-.infinity) == 0)
        #expect(exponential(.nan).isNaN)
        #expect(exponential(.greatestFiniteMagnitude) == .infinity)
        #expect(exponential(-.greatestFiniteMagnitude) == 0)
    }

    @Test(
        "is normal above its lower limit and exactly zero below, finite below its upper limit and infinite above",
        arguments: InstructionSet.available)
    func limits(set: InstructionSet) {
        let execution = Execution(for: set)
        let lower = Float(-87.33654)
        let upper = Float(88.72283)
        let results = VectorExponential.exponential(
            [lower, lower.nextDown, -88, -104, upper, upper.nextUp], on: execution)
        #expect(results[0].isNormal)
        #expect(results[1...3].allSatisfy { $0 == 0 && $0.sign == .plus })
        #expect(results[4].isFinite && results[4] > 3.4e38)
        #expect(results[5] == .infinity)
    }

    @Test("traps on counts that differ, with both in the message")
    func countMismatch() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            var out = [Float](repeating: 0, count: 3)
            var span = out.mutableSpan
            VectorExponential.exponential([1, 2].span, into: &span)
        }
        #expect(messages(of: result).contains("exponentials of 2 values into 3 elements"))
    }
}
