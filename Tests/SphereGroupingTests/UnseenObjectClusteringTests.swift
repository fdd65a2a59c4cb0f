import Foundation
import SphereGrouping
import SphereKernels
import SphereReference
import TestSupport
import Testing

@Suite struct UnseenObjectClusteringTests {
    /// The description, step by step, in double.
    private func twin(_ points: Matrix, firstSeed: Int, seeds: Int) -> [Int32] {
        let (count, dimension) = (points.rows, points.columns)
        let x = (0..<count).map { row -> [Double] in
            let values = points.row(row).map(Double.init)
            let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return values.map { $0 / length }
        }
        func distance(_ a: [Double], _ b: [Double]) -> Double { (1 - zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }) / 2 }
        var chosen = [firstSeed]
        while chosen.count < min(seeds, count) {
            let nearest = x.map { point in chosen.map { distance(x[$0], point) }.min()! }
            chosen.append(nearest.indices.max { (nearest[$0], -$0) < (nearest[$1], -$1) }!)
        }
        var y = chosen.map { x[$0] }
        for _ in 0..<10 {
            y = y.map { seed in
                var sum = [Double](repeating: 0, count: dimension)
                for point in x {
                    let value = exp(-40 * distance(seed, point))
                    for k in 0..<dimension { sum[k] += value * point[k] }
                }
                let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
                return sum.map { $0 / length }
            }
        }
        var clusters = [Int](repeating: -1, count: y.count)
        var next = 0
        for i in y.indices where clusters[i] == -1 {
            let near = y.indices.filter { distance(y[i], y[$0]) <= 0.04 }
            let known = near.map { clusters[$0] }.filter { $0 >= 0 }
            let label: Int
            if known.isEmpty {
                label = next
                next += 1
            } else {
                label = Set(known).max { a, b in
                    (known.count { $0 == a }, -a) < (known.count { $0 == b }, -b)
                }!
            }
            for j in near { clusters[j] = label }
        }
        var labels = x.map { point in
            Int32(clusters[y.indices.min { (distance(y[$0], point), $0) < (distance(y[$1], point), $1) }!])
        }
        let sizes = (0..<Int32(next)).map { cluster in labels.count { $0 == cluster } }
        let largest = Int32(sizes.firstIndex(of: sizes.max()!)!)
        labels = labels.map { $0 == largest ? 0 : $0 == 0 ? largest : $0 }
        return labels
    }

    @Test("labels are those of the description, given the first seed", arguments: [0, 57, 299])
    func labels(firstSeed: Int) throws {
        var generator = SeededGenerator(seed: 31)
        for (clusters, noise, seeds) in [(4, 0.2, 100), (9, 0.35, 100), (6, 0.25, 7), (12, 0.6, 40)] {
            let points = generator.clusteredRows(300, dimension: 8, clusters: clusters, noise: noise)
            var clustering = UnseenObjectClustering()
            clustering.seeds = seeds
            let found = try clustering.labels(of: points, firstSeed: firstSeed)
            #expect(
                found == twin(points, firstSeed: firstSeed, seeds: seeds),
                "\(clusters) clusters, noise \(noise), \(seeds) seeds, seed 31")
            let sizes = Dictionary(grouping: found, by: \.self).mapValues(\.count)
            #expect(sizes[0] == sizes.values.max())
        }
    }

    @Test("refuses what has no direction, and traps on a first seed that is none")
    func misuse() async {
        #expect(throws: GroupingError.self) {
            try UnseenObjectClustering().labels(of: Matrix([[0, 0]]), firstSeed: 0)
        }
        let seed = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = try UnseenObjectClustering().labels(of: Matrix([[1, 0]]), firstSeed: 1)
        }
        #expect(messages(of: seed).contains("first seed must be in 0..<1, found 1"))
    }
}
