import SphereKernels
import SphereLosses
import SphereReference
import TestSupport
import Testing

@Suite struct PairSamplingTests {
    @Test("takes as many as asked for, each row once, in order")
    func counts() {
        for total in [0, 1, 2, 10, 1000] {
            for amount in [
                PairSampling.Amount.count(0), .count(1), .count(7), .count(5000), .fraction(0), .fraction(0.001),
                .fraction(0.25), .fraction(1),
            ] {
                let sampling = PairSampling(amount, maximum: 600)
                let rows = sampling.rows(of: total, seed: 3).rows
                #expect(rows.count == sampling.count(of: total) && rows.count <= min(total, 600))
                #expect(rows == Set(rows).sorted() && rows.allSatisfy { (0..<total).contains($0) })
            }
        }
        #expect(PairSampling(.fraction(0.25)).count(of: 10) == 3)
        #expect(PairSampling(.fraction(0.001)).count(of: 10) == 1)
        #expect(PairSampling(.fraction(1), maximum: 4).count(of: 10) == 4)
        #expect(PairSampling(.fraction(1)).rows(of: 5, seed: 1).rows == [0, 1, 2, 3, 4])
    }

    @Test("every pair of rows is equally likely")
    func uniform() {
        var generator = SeededGenerator(seed: 4)
        let draws = 15_000
        var counts: [[Int]: Int] = [:]
        for _ in 0..<draws { counts[PairSampling(.count(2)).rows(of: 6, using: &generator).rows, default: 0] += 1 }
        #expect(counts.count == 15)
        // Chi-square with 14 degrees of freedom: above 42.6 once in 10,000 seeds.
        let expected = Double(draws) / 15
        let statistic = counts.values.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
        #expect(statistic < 42.6)
    }

    @Test("the seed alone decides, and other seeds give other rows")
    func seeds() {
        let sampling = PairSampling(.count(10))
        #expect(sampling.rows(of: 1000, seed: 1) == sampling.rows(of: 1000, seed: 1))
        #expect(sampling.rows(of: 1000, seed: 1) != sampling.rows(of: 1000, seed: 2))
    }

    @Test("a sampled loss is that of the rows, its gradient goes back to them")
    func sampledLoss() {
        var generator = SeededGenerator(seed: 5)
        let points = generator.unitRows(90, dimension: 5)
        let labels = (0..<90).map { _ in Int32(generator.next() % 4) }
        let sample = PairSampling(.fraction(0.3)).rows(of: 90, using: &generator)
        let loss = PairLoss(margin: 0.3)
        let input = StridedCopy(points)
        var output = StridedCopy(Matrix(rows: 90, columns: 5, repeating: 2))
        var value: PairLossValue?
        output.withMutableView { view in
            value = loss.evaluate(input.view, labels: labels.span, sample: sample, scale: 3, gradient: &view)
        }
        let gathered = points.selectingRows(sample.rows)
        let exact = Reference.pairLoss(gathered, labels: sample.rows.map { labels[$0] }, margin: 0.3)
        #expect(value == loss.evaluate(input.view, labels: labels.span, sample: sample))
        #expect(abs((value?.total ?? .nan) - exact.total) <= 3e-6)
        #expect(output.surroundingsAreUntouched)
        for (index, row) in sample.rows.enumerated() {
            for k in 0..<5 {
                // Elements near 2 are rounded to 2^-23, errors of the gradient are far below.
                #expect(abs(Double(output.matrix[row, k]) - 2 - 3 * exact.gradient[index, k]) <= 4e-7)
            }
        }
        for row in 0..<90 where !sample.rows.contains(row) {
            #expect(output.matrix.row(row).allSatisfy { $0 == 2 })
        }
    }

    @Test("repeated rows scatter their sum")
    func repeated() {
        let sample = PairSample(rows: [1, 1, 0])
        var target = Matrix(rows: 2, columns: 1)
        var view = target.mutableView
        sample.scatter(adding: Matrix([[1], [2], [4]]).view, to: &view)
        #expect(target == Matrix([[4], [3]]))
    }

    @Test("refuses impossible amounts and rows")
    func preconditions() async {
        let fraction = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = PairSampling(.fraction(1.5))
        }
        #expect(messages(of: fraction).contains("a fraction of 1.5"))
        let row = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = PairSample(rows: [0, 7]).gather([Int32(1), 2].span)
        }
        #expect(messages(of: row).contains("row 7 of a sample from 2 rows"))
    }
}
