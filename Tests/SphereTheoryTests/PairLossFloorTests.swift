import SphereTheory
import Testing

@Suite("PairLossFloor")
struct PairLossFloorTests {
    static let margins = [0, 0.07, 0.1, 0.25, 0.3, 0.45, 0.5, 0.6, 0.75, 1]

    @Test(
        "agrees with the table of M = 2 ... 10 to its printed digits",
        arguments: [
            (0.1, [0, 0.100, 0.175, 0.220, 0.250, 0.271, 0.288, 0.300, 0.310]),
            (0.07, [0, 0.120, 0.198, 0.244, 0.275, 0.297, 0.314, 0.327, 0.337]),
            (0.5, [0, 0, 0, 0, 0, 0, 0, 0, 0]),
        ])
    func table(margin: Double, expected: [Double]) {
        for (groups, value) in zip(2...10, expected) {
            let floor = PairLossFloor(margin: margin).value(groups: groups)
            // Half a unit of the third digit, and the table rounds 0.2875 and 0.1975 up.
            #expect(abs(floor - value) <= 0.0005 + 1e-12, "\(groups) groups at margin \(margin): \(floor)")
        }
    }

    @Test("agrees with the formula of Proposition 1", arguments: margins)
    func formula(margin: Double) {
        for groups in 2...40 {
            let m = Double(groups)
            let expected = (m - 1) / m * max(0, (1 - 1 / (m - 1)) / 2 - margin)
            #expect(abs(PairLossFloor(margin: margin).value(groups: groups) - expected) < 1e-15)
        }
    }

    @Test("the mean over 1 ... 10 groups is 0.191 at margin 0.1 and 0.211 at 0.07")
    func mean() {
        #expect(abs(PairLossFloor(margin: 0.1).mean(overGroups: 1...10) - 0.191) < 5e-4)
        #expect(abs(PairLossFloor(margin: 0.07).mean(overGroups: 1...10) - 0.211) < 5e-4)
        #expect(PairLossFloor(margin: 0.1).mean(overGroups: 0...2) == 0)
    }

    @Test("a histogram of the numbers of groups weighs the floors")
    func histogram() {
        let floor = PairLossFloor(margin: 0.1)
        let uniform = floor.mean(groupWeights: [0] + [Double](repeating: 3, count: 10))
        #expect(abs(uniform - floor.mean(overGroups: 1...10)) < 1e-15)
        #expect(abs(floor.mean(groupWeights: [0, 1, 0, 1, 2]) - (0.1 + 2 * 0.175) / 4) < 1e-15)
        #expect(floor.mean(groupWeights: [5]) == 0)
    }

    @Test("no group and one group have the floor 0", arguments: [0, 1])
    func fewGroups(groups: Int) {
        for margin in Self.margins {
            #expect(PairLossFloor(margin: margin).value(groups: groups) == 0)
            #expect(PairLossFloor(margin: margin).value(groups: groups, dimension: 1) == 0)
        }
    }

    @Test("the groups that reach zero have the floor 0 without a rounding error")
    func exactZeros() {
        #expect(PairLossFloor(margin: 0.45).value(groups: 11) == 0)
        #expect(PairLossFloor(margin: 0.45).value(groups: 12) > 1e-3)
        #expect(PairLossFloor(margin: 0.25).value(groups: 3, dimension: 2) == 0)
        for dimension in 1...64 {
            #expect(PairLossFloor(margin: 0.5).value(groups: 2 * dimension, dimension: dimension) == 0)
            #expect(PairLossFloor(margin: 0.5).value(groups: 2 * dimension + 1, dimension: dimension) > 0)
        }
    }

    @Test("grows with the number of groups and falls with the margin", arguments: [1, 2, 3, 8, 64])
    func monotone(dimension: Int) {
        for (margin, larger) in zip(Self.margins, Self.margins.dropFirst()) {
            let floor = PairLossFloor(margin: margin)
            let lower = PairLossFloor(margin: larger)
            for groups in 0...30 {
                #expect(floor.value(groups: groups + 1) >= floor.value(groups: groups))
                #expect(lower.value(groups: groups) <= floor.value(groups: groups))
                let here = floor.value(groups: groups, dimension: dimension)
                #expect(floor.value(groups: groups + 1, dimension: dimension) >= here)
                #expect(floor.value(groups: groups, dimension: dimension + 1) <= here + 1e-15)
                #expect(lower.value(groups: groups, dimension: dimension) <= here)
            }
        }
    }

    @Test("too small a dimension raises the floor, D >= M - 1 does not", arguments: margins)
    func dimensions(margin: Double) {
        let floor = PairLossFloor(margin: margin)
        for groups in 2...20 {
            for dimension in 1...20 {
                let value = floor.value(groups: groups, dimension: dimension)
                #expect(value >= floor.value(groups: groups) - 1e-15)
                if dimension >= groups - 1 { #expect(abs(value - floor.value(groups: groups)) < 1e-15) }
            }
        }
    }

    @Test("(M - 2D)/(4DM) at margin one half")
    func marginOneHalf() {
        for dimension in 1...20 {
            for groups in 2 * dimension...60 {
                let expected = Double(groups - 2 * dimension) / Double(4 * dimension * groups)
                let value = PairLossFloor(margin: 0.5).value(groups: groups, dimension: dimension)
                #expect(abs(value - expected) < 1e-15)
            }
        }
    }

    @Test("the negative weight scales the floor")
    func weight() {
        let floor = PairLossFloor(margin: 0.1, negativeWeight: 5)
        #expect(abs(floor.value(groups: 4) - 5 * 0.175) < 1e-15)
        #expect(abs(floor.value(groups: 4, dimension: 3) - 5 * 0.175) < 1e-15)
        #expect(PairLossFloor(margin: 0.1, negativeWeight: 0).value(groups: 9) == 0)
    }

    @Test("the shares of the pairs add up to one and bound the loss")
    func shares() {
        #expect(PairLossFloor.positiveShare(groups: 4) == 0.25)
        #expect(PairLossFloor.negativeShare(groups: 4) == 0.75)
        #expect(PairLossFloor.positiveShare(groups: 1) == 1)
        #expect(PairLossFloor.negativeShare(groups: 1) == 0)
        #expect(PairLossFloor.positiveShare(groups: 0) == 0)
        #expect(PairLossFloor.negativeShare(groups: 0) == 0)
        let floor = PairLossFloor(margin: 0)
        for groups in 1...30 {
            #expect(floor.value(groups: groups) <= PairLossFloor.negativeShare(groups: groups))
        }
    }

    @Test("lies below the full-pixel losses of the published toy embeddings")
    func publishedLosses() {
        // Negative loss after loop 5 of the released outputs (h = 0.2, margin 0.1): 7 and 3 digits and the background.
        let floor = PairLossFloor(margin: 0.1)
        #expect(abs(floor.value(groups: 8) - 0.2875) < 1e-15)
        #expect(abs(floor.value(groups: 4) - 0.175) < 1e-15)
        #expect(floor.value(groups: 8, dimension: 3) < 0.3122)
        #expect(floor.value(groups: 4, dimension: 3) < 0.1799)
    }

    @Test("scattered groups of different sizes stay above it", arguments: 1...8)
    func scatteredGroups(dimension: Int) {
        for seed in 0..<6 {
            var generator = SeededGenerator(seed: UInt64(1000 * dimension + seed))
            let groups = Int.random(in: 2...8, using: &generator)
            let centres = UnitVectors.random(count: groups, dimension: dimension, using: &generator)
            let spread = Double.random(in: 0...0.5, using: &generator)
            var points: [[Double]] = []
            var labels: [Int] = []
            for (label, centre) in centres.enumerated() {
                for _ in 0..<Int.random(in: 1...6, using: &generator) {
                    let noise = UnitVectors.random(count: 1, dimension: dimension, using: &generator)[0]
                    points.append(UnitVectors.normalized(zip(centre, noise).map { $0 + spread * $1 }))
                    labels.append(label)
                }
            }
            for margin in Self.margins {
                let loss = UnitVectors.negativeLoss(points, labels: labels, margin: margin)
                let floor = PairLossFloor(margin: margin).value(groups: groups, dimension: dimension)
                #expect(loss >= floor - 1e-14, "dimension \(dimension), seed \(seed), margin \(margin)")
            }
        }
    }

    @Test("descent on the loss never gets below it", arguments: 1...5, [0.1, 0.3, 0.45, 0.5, 0.55, 0.65, 0.8])
    func descent(dimension: Int, margin: Double) {
        let floor = PairLossFloor(margin: margin)
        for groups in [2, 3, 4, 5, 7, 9, 12] {
            var generator = SeededGenerator(seed: UInt64(groups))
            let start = UnitVectors.random(count: groups, dimension: dimension, using: &generator)
            let loss = UnitVectors.descending(start, margin: margin, steps: 60).loss
            let value = floor.value(groups: groups, dimension: dimension)
            #expect(loss >= value - 1e-14, "\(groups) groups, dimension \(dimension), margin \(margin)")
        }
    }

    @Test("is reached by simplices at small margins", arguments: [0, 0.07, 0.1])
    func reachedBySimplex(margin: Double) {
        for groups in 3...9 {
            let points = SphericalConfiguration.simplex(count: groups, dimension: groups - 1)
            let loss = UnitVectors.negativeLoss(points, labels: Array(0..<groups), margin: margin)
            #expect(abs(loss - PairLossFloor(margin: margin).value(groups: groups)) < 1e-15)
        }
    }

    @Test("is reached by coinciding groups on a triangle, the octahedron, the icosahedron and a pentagon")
    func reachedByCoincidingGroups() {
        let cases: [(points: [[Double]], margin: Double)] = [
            (SphericalConfiguration.simplex(count: 3, dimension: 2), 0.1),
            (SphericalConfiguration.simplex(count: 3, dimension: 2), 0.25),
            (SphericalConfiguration.axes(count: 6, dimension: 3), 0.5),
            (UnitVectors.icosahedron, (1 + 1 / 5.0.squareRoot()) / 2),
            (SphericalConfiguration.polygons(count: 5, dimension: 2), (3 + 5.0.squareRoot()) / 8),
        ]
        for (points, margin) in cases {
            for copies in 2...3 {
                let all = (0..<copies).flatMap { _ in points }
                let loss = UnitVectors.negativeLoss(all, labels: Array(all.indices), margin: margin)
                let floor = PairLossFloor(margin: margin).value(groups: all.count, dimension: points[0].count)
                #expect(floor > 0.01)
                #expect(abs(loss - floor) < 1e-13, "\(points.count) points, \(copies) groups on each")
            }
        }
    }
}
