import Foundation
import SphereTheory
import Testing

@Suite("SphericalCode")
struct SphericalCodeTests {
    static let cosines = [-1, -0.9, -0.5, -1 / 3.0, -0.2, -0.1, 0, 0.05, 0.2, 0.31, 0.4473, 0.5, 0.7, 0.9, 0.99]

    @Test("simplices: the largest number is exact at each of their cosines", arguments: [1, 2, 3, 10, 64])
    func simplexThresholds(dimension: Int) {
        for count in 2...dimension + 1 {
            let cosine = -1 / Double(count - 1)
            #expect(SphericalCode.largestSize(dimension: dimension, cosine: cosine) == count...count)
            #expect(SphericalCode.largestSize(dimension: dimension, cosine: cosine - 1e-6) == count - 1...count - 1)
        }
        #expect(SphericalCode.largestSize(dimension: dimension, cosine: -1e-6) == dimension + 1...dimension + 1)
    }

    @Test("a cosine within the tolerance of a threshold counts as on it")
    func tolerance() {
        #expect(SphericalCode.largestSize(dimension: 20, cosine: 2 * 0.45 - 1) == 11...11)
        #expect(SphericalCode.largestSize(dimension: 5, cosine: cos(.pi / 2)) == 10...10)
        #expect(SphericalCode.largestSize(dimension: 5, cosine: -1e-13) == 10...10)
        #expect(SphericalCode.largestSize(dimension: 5, cosine: -1e-11) == 6...6)
        #expect(SphericalCode.largestSize(dimension: 5, cosine: -1 - 1e-13) == 2...2)
        #expect(SphericalCode.largestSize(dimension: 5, cosine: 1 - 1e-13) == .max ... .max)
    }

    @Test("in any dimension")
    func anyDimension() {
        #expect(SphericalCode.largestSizeInAnyDimension(cosine: -0.8) == 2)
        #expect(SphericalCode.largestSizeInAnyDimension(cosine: -0.5) == 3)
        #expect(SphericalCode.largestSizeInAnyDimension(cosine: 2 * 0.45 - 1) == 11)
        #expect(SphericalCode.largestSizeInAnyDimension(cosine: -2) == 1)
        #expect(SphericalCode.largestSizeInAnyDimension(cosine: 0) == .max)
        #expect(SphericalCode.largestSizeInAnyDimension(cosine: 0.3) == .max)
    }

    @Test("the circle holds as many points as its regular polygon has corners", arguments: 3...200)
    func circle(count: Int) {
        let cosine = cos(2 * .pi / Double(count))
        #expect(SphericalCode.largestSize(dimension: 2, cosine: cosine) == count...count)
        #expect(SphericalCode.largestSize(dimension: 2, cosine: cosine - 1e-9) == count - 1...count - 1)
        let smallest = SphericalCode.smallestLargestCosine(count: count, dimension: 2)
        #expect(abs(smallest.lowerBound - cosine) < 1e-15)
        #expect(smallest.upperBound == smallest.lowerBound)
    }

    @Test("the line holds two points")
    func line() {
        #expect(SphericalCode.largestSize(dimension: 1, cosine: -0.3) == 2...2)
        #expect(SphericalCode.largestSize(dimension: 1, cosine: 0) == 2...2)
        #expect(SphericalCode.largestSize(dimension: 1, cosine: 0.9) == 2...2)
        #expect(SphericalCode.smallestLargestCosine(count: 2, dimension: 1) == -1 ... -1)
        #expect(SphericalCode.smallestLargestCosine(count: 3, dimension: 1) == 1...1)
    }

    @Test("one point below cosine -1, no limit from cosine 1 on", arguments: [1, 2, 3, 64])
    func ends(dimension: Int) {
        #expect(SphericalCode.largestSize(dimension: dimension, cosine: -1.5) == 1...1)
        #expect(SphericalCode.largestSize(dimension: dimension, cosine: -.infinity) == 1...1)
        #expect(SphericalCode.largestSize(dimension: dimension, cosine: 1) == .max ... .max)
        #expect(SphericalCode.largestSize(dimension: dimension, cosine: .infinity) == .max ... .max)
        #expect(SphericalCode.smallestLargestCosine(count: 0, dimension: dimension) == -1 ... -1)
        #expect(SphericalCode.smallestLargestCosine(count: 1, dimension: dimension) == -1 ... -1)
        #expect(SphericalCode.smallestLargestCosine(count: 2, dimension: dimension) == -1 ... -1)
    }

    @Test("numbers that an Int does not hold are Int.max")
    func saturation() {
        #expect(SphericalCode.largestSize(dimension: 256, cosine: 0.5).upperBound == .max)
        #expect(SphericalCode.largestSize(dimension: 2048, cosine: 0.9) == .max ... .max)
        #expect(SphericalCode.largestSize(dimension: .max, cosine: 0) == .max ... .max)
        #expect(SphericalCode.largestSize(dimension: .max, cosine: -0.5) == 3...3)
    }

    @Test("three dimensions: exact up to 14 points, the kissing number 12 among them, then between bounds")
    func threeDimensions() {
        #expect(SphericalCode.largestSize(dimension: 3, cosine: 0) == 6...6)
        #expect(SphericalCode.largestSize(dimension: 3, cosine: 0.1) == 6...6)
        #expect(SphericalCode.largestSize(dimension: 3, cosine: 1 / 3) == 9...9)
        #expect(SphericalCode.largestSize(dimension: 3, cosine: 1 / 5.0.squareRoot()) == 12...12)
        #expect(SphericalCode.largestSize(dimension: 3, cosine: 0.5) == 12...12)
        #expect(SphericalCode.largestSize(dimension: 3, cosine: 0.56) == 13...13)
        #expect(SphericalCode.largestSize(dimension: 3, cosine: 0.57).lowerBound == 14)
        for count in 3...14 {
            let solved = Tammes.solvedCosine(count: count)!
            let range = SphericalCode.smallestLargestCosine(count: count, dimension: 3)
            #expect(abs(range.lowerBound - solved) < 1e-15 && range.lowerBound == range.upperBound)
        }
        for count in [3, 4, 6, 12] {
            let range = SphericalCode.smallestLargestCosine(count: count, dimension: 3)
            #expect(abs(range.lowerBound - Tammes.smallestLargestCosine(count: count)) < 1e-12)
        }
        for count in 7...60 {
            let range = SphericalCode.smallestLargestCosine(count: count, dimension: 3)
            #expect(range.lowerBound >= Tammes.smallestLargestCosine(count: count) - 1e-12)
        }
    }

    @Test("cosines of n points: simplex up to D + 1, 0 up to 2D, above 0 beyond", arguments: 2...10)
    func smallestLargestCosine(dimension: Int) {
        for count in 2...dimension + 1 {
            let expected = -1 / Double(count - 1)
            #expect(SphericalCode.smallestLargestCosine(count: count, dimension: dimension) == expected...expected)
        }
        for count in dimension + 2..<2 * dimension + 1 {
            #expect(SphericalCode.smallestLargestCosine(count: count, dimension: dimension) == 0...0)
        }
        #expect(SphericalCode.smallestLargestCosine(count: 2 * dimension + 1, dimension: dimension).lowerBound > 1e-3)
    }

    @Test("the largest number grows with the cosine and the dimension", arguments: 1...20)
    func largestSizeGrows(dimension: Int) {
        for (cosine, larger) in zip(Self.cosines, Self.cosines.dropFirst()) {
            let here = SphericalCode.largestSize(dimension: dimension, cosine: cosine)
            let looser = SphericalCode.largestSize(dimension: dimension, cosine: larger)
            let wider = SphericalCode.largestSize(dimension: dimension + 1, cosine: cosine)
            #expect(looser.lowerBound >= here.lowerBound && looser.upperBound >= here.upperBound)
            #expect(wider.lowerBound >= here.lowerBound && wider.upperBound >= here.upperBound)
        }
    }

    @Test("the smallest cosine grows with the number and falls with the dimension", arguments: 1...8)
    func smallestLargestCosineGrows(dimension: Int) {
        for count in 2...40 {
            let here = SphericalCode.smallestLargestCosine(count: count, dimension: dimension)
            let more = SphericalCode.smallestLargestCosine(count: count + 1, dimension: dimension)
            let wider = SphericalCode.smallestLargestCosine(count: count, dimension: dimension + 1)
            #expect(more.lowerBound >= here.lowerBound - 1e-12 && more.upperBound >= here.upperBound - 1e-12)
            #expect(wider.lowerBound <= here.lowerBound + 1e-12 && wider.upperBound <= here.upperBound + 1e-12)
        }
    }

    @Test("orthogonal subspaces of dimension 3, 2 and 1 are filled with the best sets known")
    func orthogonalSubspaces() {
        // The covering bound guarantees fewer in all of these.
        let cosine = 0.31
        #expect(SphericalCode.largestSize(dimension: 4, cosine: cosine).lowerBound == 5 + 5)
        #expect(SphericalCode.largestSize(dimension: 5, cosine: cosine).lowerBound == 8 + 5)
        #expect(SphericalCode.largestSize(dimension: 6, cosine: cosine).lowerBound == 8 + 8)
        #expect(SphericalCode.largestSize(dimension: 7, cosine: cosine).lowerBound == 8 + 5 + 5)
        #expect(SphericalCode.largestSize(dimension: 64, cosine: cosine).lowerBound >= 20 * 8 + 2 * 5)
        #expect(SphericalCode.largestSize(dimension: 64, cosine: 0.05).lowerBound == 128)
    }

    @Test("the two questions answer each other", arguments: 1...12)
    func consistent(dimension: Int) {
        for count in 2...50 {
            let cosines = SphericalCode.smallestLargestCosine(count: count, dimension: dimension)
            #expect(SphericalCode.largestSize(dimension: dimension, cosine: cosines.lowerBound).upperBound >= count)
            #expect(SphericalCode.largestSize(dimension: dimension, cosine: cosines.upperBound).lowerBound >= count)
            let below = SphericalCode.largestSize(dimension: dimension, cosine: cosines.lowerBound - 1e-9)
            #expect(below.upperBound < count, "\(count) points in \(dimension) dimensions")
        }
    }

    @Test("the volume bound is sharp on the circle and the covering bound never exceeds it", arguments: 3...30)
    func volume(count: Int) {
        let cosine = cos(2 * .pi / Double(count))
        #expect(abs(SphericalCode.volumeBound(dimension: 2, cosine: cosine) / Double(count) - 1) < 1e-12)
        for dimension in [3, 4, 8, 64] {
            let volume = SphericalCode.volumeBound(dimension: dimension, cosine: cosine)
            #expect(SphericalCode.coveringBound(dimension: dimension, cosine: cosine) < 1 + volume)
        }
        #expect(SphericalCode.volumeBound(dimension: 3, cosine: 1) == .infinity)
    }

    @Test("the greedy choice that proves the covering bound finds that many points", arguments: [3, 4, 5])
    func greedy(dimension: Int) {
        var generator = SeededGenerator(seed: UInt64(dimension))
        let cosine = 0.6
        var chosen: [[Double]] = []
        for candidate in UnitVectors.random(count: 4000, dimension: dimension, using: &generator)
        where chosen.allSatisfy({ UnitVectors.dot($0, candidate) <= cosine }) {
            chosen.append(candidate)
        }
        let bound = SphericalCode.coveringBound(dimension: dimension, cosine: cosine)
        #expect(Double(chosen.count) >= bound.rounded(.down))
        #expect(chosen.count <= SphericalCode.largestSize(dimension: dimension, cosine: cosine).upperBound)
    }

    @Test("random and spread-out points never beat the bounds", arguments: 2...8)
    func randomPoints(dimension: Int) {
        for count in 2...20 {
            var generator = SeededGenerator(seed: UInt64(100 * dimension + count))
            let random = UnitVectors.random(count: count, dimension: dimension, using: &generator)
            let range = SphericalCode.smallestLargestCosine(count: count, dimension: dimension)
            // Descent at the margin of the bound itself pushes all pairs towards it.
            let margin = SphericalDistance.similarity(fromCosine: range.lowerBound)
            let spread = UnitVectors.descending(random, margin: margin, steps: 40).points
            for points in [random, spread] {
                let cosine = UnitVectors.pairCosines(points).max()!
                #expect(cosine >= range.lowerBound - 1e-12, "\(count) points in \(dimension) dimensions")
                let size = SphericalCode.largestSize(dimension: dimension, cosine: cosine)
                #expect(size.upperBound >= count, "\(count) points in \(dimension) dimensions")
            }
        }
    }
}
