import SphereKernels
import SphereReference
import TestSupport
import Testing

@Suite struct SeededGeneratorTests {
    @Test("gives the published numbers of SplitMix64")
    func published() {
        var generator = SeededGenerator(seed: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
        ]
        #expect((0..<5).map { _ in generator.next() } == expected)
    }

    @Test("draws uniform and normal numbers with their mean and variance")
    func moments() {
        var generator = SeededGenerator(seed: 1)
        let count = 100_000
        let uniform = (0..<count).map { _ in generator.uniform() }
        let normal = (0..<count).map { _ in generator.normal() }
        // Five standard errors.
        #expect(abs(mean(uniform) - 0.5) < 5 * (1.0 / 12 / Double(count)).squareRoot())
        #expect(abs(mean(normal)) < 5 / Double(count).squareRoot())
        #expect(abs(mean(normal.map { $0 * $0 }) - 1) < 5 * (2 / Double(count)).squareRoot())
        #expect(uniform.allSatisfy { $0 > 0 && $0 < 1 })
    }

    private func mean(_ values: [Double]) -> Double {
        values.reduce(0, +) / Double(values.count)
    }

    @Test("draws unit rows and clusters around as many centres as asked for")
    func clusters() {
        var generator = SeededGenerator(seed: 2)
        let (points, labels) = generator.clusteredRowsWithLabels(500, dimension: 8, clusters: 5, noise: 0.1)
        #expect(ErrorReport(Reference.norms(points).map { abs($0 - 1) }).maximum <= AccuracyLimits.norm(dimension: 8))
        #expect(Set(labels) == Set(0..<5))
        let cosines = Reference.cosineSimilarityAllPairs(points, points)
        let within = (1..<500).filter { labels[$0] == labels[0] }.map { cosines[0, $0] }
        #expect(within.min()! > 0.9)
    }
}
