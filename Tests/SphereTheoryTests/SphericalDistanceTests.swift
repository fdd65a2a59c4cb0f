import SphereTheory
import Testing

@Suite("SphericalDistance")
struct SphericalDistanceTests {
    static let cosines = [-1, -0.999, -0.5, -0.1, 0, 0.1, 1 / 3.0, 0.5, 0.999, 1]

    @Test("the measures of known angles have their textbook values")
    func knownValues() {
        let root = 2.0.squareRoot()
        #expect(abs(SphericalDistance.angle(fromCosine: 0.5) - .pi / 3) < 1e-15)
        #expect(abs(SphericalDistance.chord(fromCosine: 0) - root) < 1e-15)
        #expect(abs(SphericalDistance.chord(fromAngle: .pi / 2) - root) < 1e-15)
        #expect(abs(SphericalDistance.cosine(fromAngle: .pi / 3) - 0.5) < 1e-15)
        #expect(SphericalDistance.similarity(fromCosine: -1) == 0)
        #expect(SphericalDistance.similarity(fromCosine: 0) == 0.5)
        #expect(SphericalDistance.cosine(fromSimilarity: 0.75) == 0.5)
        #expect(SphericalDistance.chord(fromCosine: -1) == 2)
    }

    @Test("every conversion is undone by its inverse", arguments: cosines)
    func roundTrips(cosine: Double) {
        let angle = SphericalDistance.angle(fromCosine: cosine)
        let chord = SphericalDistance.chord(fromCosine: cosine)
        #expect(abs(SphericalDistance.cosine(fromAngle: angle) - cosine) < 1e-15)
        #expect(abs(SphericalDistance.cosine(fromChord: chord) - cosine) < 1e-15)
        #expect(abs(SphericalDistance.chord(fromAngle: angle) - chord) < 1e-15)
        #expect(abs(SphericalDistance.angle(fromChord: chord) - angle) < 1e-7)
        let similarity = SphericalDistance.similarity(fromCosine: cosine)
        #expect(abs(SphericalDistance.cosine(fromSimilarity: similarity) - cosine) < 1e-15)
        #expect(abs(similarity - (1 - chord * chord / 4)) < 1e-15)
    }

    @Test("a small angle survives the way through the chord", arguments: [1e-12, 1e-9, 1e-5])
    func smallAngle(angle: Double) {
        let returned = SphericalDistance.angle(fromChord: SphericalDistance.chord(fromAngle: angle))
        #expect(abs(returned / angle - 1) < 1e-14)
    }

    @Test("arguments outside the range count as its nearest end")
    func clamps() {
        #expect(SphericalDistance.angle(fromCosine: 1 + 1e-15) == 0)
        #expect(SphericalDistance.angle(fromCosine: -2) == .pi)
        #expect(SphericalDistance.angle(fromChord: 2.5) == .pi)
        #expect(SphericalDistance.cosine(fromAngle: 4) == -1)
        #expect(SphericalDistance.cosine(fromChord: -1) == 1)
        #expect(SphericalDistance.cosine(fromSimilarity: 1.5) == 1)
        #expect(SphericalDistance.chord(fromCosine: .infinity) == 0)
        #expect(SphericalDistance.chord(fromAngle: -1) == 0)
        #expect(SphericalDistance.similarity(fromCosine: -.infinity) == 0)
    }

    @Test("NaN gives NaN")
    func notANumber() {
        #expect(SphericalDistance.angle(fromCosine: .nan).isNaN)
        #expect(SphericalDistance.angle(fromChord: .nan).isNaN)
        #expect(SphericalDistance.cosine(fromAngle: .nan).isNaN)
        #expect(SphericalDistance.cosine(fromChord: .nan).isNaN)
        #expect(SphericalDistance.cosine(fromSimilarity: .nan).isNaN)
        #expect(SphericalDistance.chord(fromCosine: .nan).isNaN)
        #expect(SphericalDistance.chord(fromAngle: .nan).isNaN)
        #expect(SphericalDistance.similarity(fromCosine: .nan).isNaN)
    }
}
