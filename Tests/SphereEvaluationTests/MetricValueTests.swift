import Foundation
import SphereEvaluation
import SphereReference
import Testing

@Suite("MetricValue") struct MetricValueTests {
    @Test("tells undefined values with their reason, never as a number")
    func undefined() throws {
        #expect(MetricValue.ratio(1, 0, ifZero: .noTruth) == .undefined(.noTruth))
        #expect(MetricValue.ratio(1, 4, ifZero: .noTruth).value == 0.25)
        #expect(MetricValue.undefined(.noPixels).map { $0 + 1 } == .undefined(.noPixels))
        let values: [MetricValue] = [.defined(1), .undefined(.noTruth), .defined(0.5)]
        #expect(MetricValue.mean(of: values, ifNone: .noObjects) == .defined(0.75))
        #expect(MetricValue.mean(of: [], ifNone: .noObjects) == .undefined(.noObjects))
        let json = String(decoding: try JSONEncoder().encode(values), as: UTF8.self)
        #expect(json == "[1,null,0.5]")
        for reason in UndefinedReason.allCases { #expect(!reason.description.isEmpty) }
    }

    @Test("F is 0 where precision and recall are, and undefined where one of them is")
    func fMeasure() {
        #expect(MetricValue.fMeasure(precision: .defined(0), recall: .defined(0)) == .defined(0))
        #expect(MetricValue.fMeasure(precision: .defined(1), recall: .defined(0.5)) == .defined(2.0 / 3))
        #expect(
            MetricValue.fMeasure(precision: .defined(1), recall: .undefined(.noTruth)) == .undefined(.noTruth))
        #expect(
            MetricValue.fMeasure(precision: .undefined(.noPredictions), recall: .defined(1))
                == .undefined(.noPredictions))
    }

    @Test("a mean counts undefined images by their reason and leaves them out")
    func mean() {
        var (a, b) = (MetricMean(), MetricMean())
        a.add(.defined(0.25))
        a.add(.undefined(.noObjects))
        b.add(.defined(0.75))
        b.add(.undefined(.noObjects))
        b.add(.undefined(.noPixels))
        a.merge(b)
        #expect(a.mean == .defined(0.5) && a.definedCount == 2)
        #expect(a.undefinedCounts == [.noObjects: 2, .noPixels: 1])
        #expect(MetricMean().mean == .undefined(.noDefinedImage))
    }

    @Test("sums are the same in every order and every grouping, and right to the last bits")
    func orderIndependentSum() {
        var generator = SeededGenerator(seed: 5)
        let terms = (0..<5000).map { i in
            (generator.uniform() - 0.5) * (i.isMultiple(of: 10) ? 1e6 : i.isMultiple(of: 3) ? 1e-9 : 1)
        }
        func sum(_ terms: some Sequence<Double>) -> OrderIndependentSum {
            var sum = OrderIndependentSum()
            for term in terms { sum.add(term) }
            return sum
        }
        let all = sum(terms)
        for _ in 0..<5 {
            let shuffled = terms.shuffled(using: &generator)
            var parts = sum(shuffled[..<777])
            parts.merge(sum(shuffled[777...]))
            #expect(parts == all)
        }
        // Neumaier's sum, whose error is a few units in the last place of the result.
        var (high, low) = (0.0, 0.0)
        for term in terms {
            let next = high + term
            low += abs(high) >= abs(term) ? (high - next) + term : (term - next) + high
            high = next
        }
        #expect(abs(all.value - (high + low)) <= 4 * (high + low).magnitude.ulp + 5000 * 0x1p-65)
        #expect(sum([0.1, -0.1, 1, 0.5]).value == 1.5 && sum([-0.25]).value == -0.25)
    }
}
