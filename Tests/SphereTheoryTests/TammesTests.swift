import SphereTheory
import Testing

@Suite("Tammes")
struct TammesTests {
    @Test("is sharp for the triangle, the tetrahedron, the octahedron and the icosahedron")
    func sharp() {
        let solids = [
            SphericalConfiguration.simplex(count: 3, dimension: 3),
            SphericalConfiguration.simplex(count: 4, dimension: 3),
            SphericalConfiguration.axes(count: 6, dimension: 3), UnitVectors.icosahedron,
        ]
        for solid in solids {
            let cosine = UnitVectors.pairCosines(solid).max()!
            #expect(abs(Tammes.smallestLargestCosine(count: solid.count) - cosine) < 1e-14, "\(solid.count) points")
            #expect(abs(Tammes.largestSquaredChord(count: solid.count) - (2 - 2 * cosine)) < 1e-14)
            #expect(abs(Tammes.largestCount(cosine: cosine) - Double(solid.count)) < 1e-12)
        }
    }

    @Test("the cosine is that of the chord", arguments: [3, 5, 7, 13, 100])
    func cosineOfChord(count: Int) {
        let chord = Tammes.largestSquaredChord(count: count).squareRoot()
        let cosine = SphericalDistance.cosine(fromChord: chord)
        #expect(abs(Tammes.smallestLargestCosine(count: count) - cosine) < 1e-14)
    }

    @Test("the number of points is the inverse of the cosine")
    func inverse() {
        for count in 3...500 {
            let returned = Tammes.largestCount(cosine: Tammes.smallestLargestCosine(count: count))
            #expect(abs(returned / Double(count) - 1) < 1e-10)
        }
        #expect(Tammes.largestCount(cosine: 1) == .infinity)
    }

    @Test("the solved cases do not beat it and grow with the number")
    func solvedCases() throws {
        for count in 3...Tammes.largestSolvedCount {
            let cosine = try #require(Tammes.solvedCosine(count: count))
            #expect(Tammes.smallestLargestCosine(count: count) <= cosine + 1e-15)
            if let fewer = Tammes.solvedCosine(count: count - 1) { #expect(cosine >= fewer) }
        }
        #expect(Tammes.solvedCosine(count: 2) == nil)
        #expect(Tammes.solvedCosine(count: 15) == nil)
        #expect(Tammes.solvedCosine(count: -1) == nil)
    }

    @Test("the solved cases are reached by their configurations", arguments: TammesConfigurations.all)
    func solvedConfigurations(points: [[Double]]) throws {
        let solved = try #require(Tammes.solvedCosine(count: points.count))
        let reached = UnitVectors.pairCosines(points.map(UnitVectors.normalized)).max()!
        #expect(reached >= solved - 1e-15)
        #expect(reached < solved + 3e-6)
    }

    @Test("the solved cases have the closed forms of their polyhedra")
    func solvedClosedForms() {
        let sine = SphericalDistance.cosine(fromAngle: 80 * .pi / 180)
        #expect(abs(Tammes.solvedCosine(count: 7)! - sine / (1 - sine)) < 1e-15)
        #expect(abs(Tammes.solvedCosine(count: 8)! - (8.0.squareRoot() - 1) / 7) < 1e-15)
        #expect(Tammes.solvedCosine(count: 9)! == 1 / 3.0)
        let icosahedron = UnitVectors.pairCosines(UnitVectors.icosahedron).max()!
        #expect(abs(Tammes.solvedCosine(count: 11)! - icosahedron) < 1e-15)
        #expect(abs(Tammes.solvedCosine(count: 12)! - icosahedron) < 1e-15)
        // Degrees as commonly tabulated: 66.1468, 57.1367, 55.6706.
        for (count, degrees) in [(10, 66.1468), (13, 57.1367), (14, 55.6706)] {
            let angle = SphericalDistance.angle(fromCosine: Tammes.solvedCosine(count: count)!)
            #expect(abs(angle * 180 / .pi - degrees) < 5e-5)
        }
    }

    @Test("the chord stays below its asymptote 8π/(√3 n) and approaches it")
    func asymptote() {
        for count in 3...2000 {
            #expect(Tammes.largestSquaredChord(count: count) < Tammes.asymptoticSquaredChord(count: count))
        }
        let ratio = Tammes.largestSquaredChord(count: 1_000_000) / Tammes.asymptoticSquaredChord(count: 1_000_000)
        #expect(abs(ratio - 1) < 1e-5)
    }

    @Test("the asymptotic number of groups is 3.628/(1 - margin): 7 at one half")
    func asymptoticCount() {
        #expect(abs(Tammes.asymptoticCount(margin: 0) - 3.628) < 5e-4)
        #expect(Int(Tammes.asymptoticCount(margin: 0.5)) == 7)
        for margin in [0.1, 0.5, 0.9] {
            let count = Tammes.asymptoticCount(margin: margin)
            #expect(abs(count * (1 - margin) - Tammes.asymptoticCount(margin: 0)) < 1e-13)
        }
    }
}
