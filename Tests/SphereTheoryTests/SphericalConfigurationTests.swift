import Foundation
import SphereTheory
import Testing

@Suite("SphericalConfiguration")
struct SphericalConfigurationTests {
    private func expectUnitVectors(_ rows: [[Double]], count: Int, dimension: Int) {
        #expect(rows.count == count)
        for row in rows {
            #expect(row.count == dimension)
            #expect(abs(UnitVectors.dot(row, row) - 1) < 1e-14)
        }
    }

    @Test("a simplex has all pairwise cosines -1/(n - 1) and sums to zero", arguments: [1, 2, 3, 8, 31])
    func simplex(dimension: Int) {
        for count in 2...dimension + 1 {
            let rows = SphericalConfiguration.simplex(count: count, dimension: dimension)
            expectUnitVectors(rows, count: count, dimension: dimension)
            for cosine in UnitVectors.pairCosines(rows) { #expect(abs(cosine + 1 / Double(count - 1)) < 1e-14) }
            for column in 0..<dimension { #expect(abs(rows.reduce(0) { $0 + $1[column] }) < 1e-14) }
        }
    }

    @Test("2D vectors along the axes have pairwise cosines 0 and -1", arguments: [1, 2, 3, 8, 64])
    func axes(dimension: Int) {
        let rows = SphericalConfiguration.axes(count: 2 * dimension, dimension: dimension)
        expectUnitVectors(rows, count: 2 * dimension, dimension: dimension)
        let cosines = UnitVectors.pairCosines(rows)
        #expect(cosines.allSatisfy { $0 == 0 || $0 == -1 })
        #expect(cosines.filter { $0 == -1 }.count == dimension)
        #expect(SphericalConfiguration.axes(count: dimension, dimension: dimension) == Array(rows[..<dimension]))
    }

    @Test("128 groups on the axes of 64 dimensions have zero loss at margin one half")
    func zeroLoss() {
        let rows = SphericalConfiguration.axes(count: 128, dimension: 64)
        #expect(UnitVectors.negativeLoss(rows, labels: Array(0..<128), margin: GroupCapacity.safeMargin) == 0)
    }

    @Test("polygons in orthogonal planes keep their cosine", arguments: 2...7)
    func polygons(dimension: Int) {
        for count in 2...60 {
            let rows = SphericalConfiguration.polygons(count: count, dimension: dimension)
            expectUnitVectors(rows, count: count, dimension: dimension)
            let planes = dimension / 2
            let dealt = max(0, count - (dimension % 2 == 0 ? 0 : 2))
            let corners = max(4, (dealt + planes - 1) / planes)
            let limit = max(0, cos(2 * .pi / Double(corners)))
            #expect(UnitVectors.pairCosines(rows).max()! <= limit + 1e-15, "\(count) points")
        }
    }

    @Test("the suggested margin is no larger than that of the polygons", arguments: 2...7)
    func polygonsAgainstSuggestion(dimension: Int) {
        for count in 2 * dimension...60 {
            let rows = SphericalConfiguration.polygons(count: count, dimension: dimension)
            let margin = SphericalDistance.similarity(fromCosine: UnitVectors.pairCosines(rows).max()!)
            #expect(GroupCapacity.suggestedMargin(groups: count, dimension: dimension) <= margin + 1e-15)
        }
    }

    @Test("no vector and one vector")
    func few() {
        #expect(SphericalConfiguration.simplex(count: 0, dimension: 3) == [])
        #expect(SphericalConfiguration.axes(count: 0, dimension: 3) == [])
        #expect(SphericalConfiguration.polygons(count: 0, dimension: 3) == [])
        #expect(SphericalConfiguration.simplex(count: 1, dimension: 3) == [[1, 0, 0]])
        #expect(SphericalConfiguration.axes(count: 1, dimension: 3) == [[1, 0, 0]])
        #expect(SphericalConfiguration.polygons(count: 1, dimension: 3) == [[0, 0, 1]])
        #expect(SphericalConfiguration.polygons(count: 1, dimension: 2) == [[1, 0]])
        #expect(SphericalConfiguration.simplex(count: 1, dimension: 1) == [[1]])
    }
}
