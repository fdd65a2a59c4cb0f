import SphereBenchmarking
import SphereKernels
import SphereReference
import TestSupport
import Testing

@Suite struct NaiveTwinTests {
    /// A twin whose every row takes a millisecond.
    private func slowTwin(rows: Int) -> NaiveTwin {
        NaiveTwin(rows: rows) { sample in
            spin(seconds: 0.001 * Double(sample.count))
            return Expectation(
                values: ReferenceMatrix(rows: sample.count, columns: 1), measure: .absolute, limit: 1)
        }
    }

    @Test("computes all rows when there is time")
    func all() {
        let (sample, expectation) = slowTwin(rows: 7).evaluate(within: 10)
        #expect(sample.isComplete && sample.total == 7)
        #expect(expectation.values.rows == 7)
    }

    @Test("computes as many rows as the time allows")
    func some() {
        // More than one, unless the processor is away for a second.
        let (sample, expectation) = slowTwin(rows: 100_000).evaluate(within: 1)
        #expect(sample.count > 1 && sample.count <= 1000)
        #expect(expectation.values.rows == sample.count)
    }

    @Test("computes one row when there is no time at all")
    func none() {
        #expect(slowTwin(rows: 1000).evaluate(within: 0).sample.count == 1)
    }

    @Test("computes all rows where one costs as much as all, and scales nothing")
    func whole() {
        let twin = NaiveTwin(rows: 9, isWhole: true) { sample in
            Expectation(values: ReferenceMatrix(rows: sample.count, columns: 1), measure: .absolute, limit: 1)
        }
        #expect(twin.evaluate(within: 0).sample.isComplete)
    }

    @Test("samples different rows, in order, from the first to the last", arguments: [2, 3, 7, 99, 100])
    func sample(count: Int) {
        let sample = RowSample(count, of: 100)
        let rows = (0..<count).map { sample.row(at: $0) }
        #expect(rows.first == 0 && rows.last == 99)
        #expect(zip(rows, rows.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test("samples the last row when it is the only one")
    func lastRow() {
        #expect(RowSample(1, of: 5).row(at: 0) == 4)
    }

    @Test("takes the sampled rows of a matrix")
    func rows() {
        let matrix = Matrix([[0], [1], [2], [3], [4]])
        #expect(RowSample(3, of: 5).rows(of: matrix) == Matrix([[0], [2], [4]]))
        #expect(RowSample(5, of: 5).rows(of: matrix) == matrix)
    }

    @Test("traps on a sample of more rows than there are")
    func tooMany() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = RowSample(6, of: 5)
        }
        #expect(messages(of: result).contains("a sample of 6 of 5 rows"))
    }
}
