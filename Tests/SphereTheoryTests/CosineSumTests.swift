import SphereTheory
import Testing

@Suite("CosineSum")
struct CosineSumTests {
    @Test("random unit vectors of any dimension stay above the bound", arguments: 1...8)
    func unitVectors(dimension: Int) {
        for count in 0...20 {
            var generator = SeededGenerator(seed: UInt64(100 * dimension + count))
            let rows = UnitVectors.random(count: count, dimension: dimension, using: &generator)
            let sum = 2 * UnitVectors.pairCosines(rows).reduce(0, +)
            #expect(sum >= CosineSum.lowerBound(count: count) - 1e-12, "dimension \(dimension), count \(count)")
        }
    }

    @Test("vectors of any length stay above the bound of their squared norms", arguments: 1...5)
    func anyVectors(dimension: Int) {
        var generator = SeededGenerator(seed: UInt64(dimension))
        let rows = (0..<7).map { _ in (0..<dimension).map { _ in Double.random(in: -3...3, using: &generator) } }
        let bound = CosineSum.lowerBound(squaredNorms: rows.map { UnitVectors.dot($0, $0) })
        let sum = 2 * UnitVectors.pairCosines(rows).reduce(0, +)
        #expect(sum >= bound - 1e-12)
        // A last vector that brings the sum to zero reaches the bound.
        let last = (0..<dimension).map { d in -rows.reduce(0) { $0 + $1[d] } }
        let balanced = rows + [last]
        let balancedBound = CosineSum.lowerBound(squaredNorms: balanced.map { UnitVectors.dot($0, $0) })
        #expect(abs(2 * UnitVectors.pairCosines(balanced).reduce(0, +) - balancedBound) < 1e-11)
    }

    @Test("the simplex and the axes reach the bound")
    func reached() {
        for rows in [
            SphericalConfiguration.simplex(count: 6, dimension: 5), SphericalConfiguration.axes(count: 8, dimension: 4),
        ] {
            let sum = 2 * UnitVectors.pairCosines(rows).reduce(0, +)
            #expect(abs(sum - CosineSum.lowerBound(count: rows.count)) < 1e-13)
        }
    }

    @Test("no vector has the bound 0")
    func empty() {
        #expect(CosineSum.lowerBound(count: 0) == 0)
        #expect(CosineSum.lowerBound(squaredNorms: []) == 0)
    }
}
