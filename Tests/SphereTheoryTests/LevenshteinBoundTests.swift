import Foundation
import SphereTheory
import Testing

@Suite("SphericalCode.levenshteinBound")
struct LevenshteinBoundTests {
    // The codes that attain the bound: V. I. Levenshtein 1998; H. Cohn and A. Kumar, "Universally optimal distribution of
    // points on spheres", 2007, table 1.
    static let sharpCodes: [(dimension: Int, size: Int, inverseCosine: Double)] = [
        (2, 5, 1 + 5.0.squareRoot()), (2, 6, 2), (3, 12, 5.0.squareRoot()), (5, 16, 5), (6, 27, 4), (7, 56, 3),
        (8, 240, 2), (21, 112, 9), (21, 162, 7), (22, 100, 11), (22, 275, 6), (22, 891, 4), (23, 552, 5), (23, 4600, 3),
        (24, 196_560, 2),
    ]

    @Test("is the size of the known codes that attain it", arguments: sharpCodes)
    func sharp(dimension: Int, size: Int, inverseCosine: Double) {
        let cosine = 1 / inverseCosine
        let bound = SphericalCode.levenshteinBound(dimension: dimension, cosine: cosine)
        #expect(abs(bound / Double(size) - 1) < 1e-13)
        #expect(SphericalCode.largestSize(dimension: dimension, cosine: cosine).upperBound == size)
        #expect(SphericalCode.largestSize(dimension: dimension, cosine: cosine - 1e-9).upperBound < size)
    }

    // Computed with 50 digits, the intervals from the zeros of Jacobi polynomials.
    @Test(
        "agrees with 50-digit values",
        arguments: [
            (2, 0.8, 9.752738654147106), (3, 0.1, 6.6804123711340207), (3, 0.5, 13.285714285714286),
            (3, 0.9, 72.174244592045828), (4, 0.3, 14.792452830188679), (5, 0.95, 5698.4371352969994),
            (8, -0.05, 12), (16, 0.4, 1902.7109004739342), (64, 0.2, 54045.236768802254),
            (64, 0.5, 223_255_863_376.66596), (256, 0.1, 1416466.2857142868), (256, 0.5, 1.4776614299498339e+37),
        ])
    func highPrecision(dimension: Int, cosine: Double, expected: Double) {
        let bound = SphericalCode.levenshteinBound(dimension: dimension, cosine: cosine)
        #expect(abs(bound / expected - 1) < 1e-12)
    }

    @Test("has its closed forms in the first three intervals", arguments: [2, 3, 5, 16, 64])
    func closedForms(dimension: Int) {
        let d = Double(dimension)
        for step in 0...20 {
            let t = Double(step) / 20
            let first = -1 + t * (1 - 1 / d)
            let second = (t - 1) / d
            let third = t * ((d + 3).squareRoot() - 1) / (d + 2)
            let forms = [
                (first, 1 - 1 / first), (second, 2 * d * (1 - second) / (1 - second * d)),
                (third, d * (1 - third) * (2 + (d + 1) * third) / (1 - d * third * third)),
            ]
            for (cosine, expected) in forms {
                let bound = SphericalCode.levenshteinBound(dimension: dimension, cosine: cosine)
                #expect(abs(bound / expected - 1) < 1e-12, "dimension \(dimension), cosine \(cosine)")
            }
        }
    }

    @Test("is continuous and increasing in the cosine", arguments: [2, 3, 4, 8, 16, 64])
    func increasing(dimension: Int) {
        var previous = 0.0
        for step in 0...3980 {
            let bound = SphericalCode.levenshteinBound(dimension: dimension, cosine: -1 + Double(step) / 2000)
            #expect(bound > previous)
            // The growth of one step is below this; a wrong interval is off by a power of ten or a sign.
            if step > 0 { #expect(bound < previous * (1.2 + 0.06 * Double(dimension))) }
            previous = bound
        }
    }

    @Test("stays below the volume bound from 3 dimensions on", arguments: [3, 4, 8, 16, 64])
    func belowVolume(dimension: Int) {
        for cosine in stride(from: -0.95, through: 0.95, by: 0.05) {
            let volume = SphericalCode.volumeBound(dimension: dimension, cosine: cosine)
            #expect(SphericalCode.levenshteinBound(dimension: dimension, cosine: cosine) <= volume)
        }
    }

    @Test("is infinite where it says nothing and 2 in one dimension")
    func ends() {
        #expect(SphericalCode.levenshteinBound(dimension: 3, cosine: 1) == .infinity)
        #expect(SphericalCode.levenshteinBound(dimension: 3, cosine: 1.5) == .infinity)
        #expect(SphericalCode.levenshteinBound(dimension: 3, cosine: 1 - 1e-13) == .infinity)
        #expect(SphericalCode.levenshteinBound(dimension: 4096, cosine: 0.9) == .infinity)
        #expect(SphericalCode.levenshteinBound(dimension: 1, cosine: 0.9) == 2)
        #expect(SphericalCode.levenshteinBound(dimension: 1, cosine: -1) == 2)
        #expect(SphericalCode.levenshteinBound(dimension: 5, cosine: -1) == 2)
    }
}
