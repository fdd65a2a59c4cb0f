import Foundation

/// Metrics of two label maps from a dictionary of pairs of labels.
enum NaiveLabels {
    static func scores(_ a: [Int32], _ b: [Int32]) -> Scores {
        var (both, first, second): ([SIMD2<Int32>: Double], [Int32: Double], [Int32: Double]) = ([:], [:], [:])
        for pixel in a.indices {
            both[SIMD2(a[pixel], b[pixel]), default: 0] += 1
            first[a[pixel], default: 0] += 1
            second[b[pixel], default: 0] += 1
        }
        let n = Double(a.count)
        func pairs(_ counts: some Sequence<Double>) -> Double { counts.reduce(0) { $0 + $1 * ($1 - 1) / 2 } }
        let (together, inA, inB) = (pairs(both.values), pairs(first.values), pairs(second.values))
        let expected = inA * inB / (n * (n - 1) / 2)
        func entropy(_ counts: some Sequence<Double>) -> Double { counts.reduce(0) { $0 - $1 / n * log($1 / n) } }
        let (joint, entropyA, entropyB) = (entropy(both.values), entropy(first.values), entropy(second.values))

        var (unions, hits, foundA, foundB) = (0.0, 0, Set<Int32>(), Set<Int32>())
        for (pair, count) in both where pair.x != 0 && pair.y != 0 {
            let void = both[SIMD2(0, pair.y)] ?? 0
            let union = count / (first[pair.x]! + second[pair.y]! - count - void)
            if union > 0.5 {
                unions += union
                hits += 1
                foundA.insert(pair.x)
                foundB.insert(pair.y)
            }
        }
        let missed = first.keys.filter { $0 != 0 && !foundA.contains($0) }.count
        let invented = second.filter { label, size in
            label != 0 && !foundB.contains(label) && (both[SIMD2(0, label)] ?? 0) / size <= 0.5
        }.count
        return [
            ("ari", (together - expected) / ((inA + inB) / 2 - expected)),
            ("nmi", (entropyA + entropyB - joint) / ((entropyA + entropyB) / 2)),
            ("voi_split", (joint - entropyA) / log(2)), ("voi_merge", (joint - entropyB) / log(2)),
            ("pq", unions / (Double(hits) + Double(missed + invented) / 2)),
        ]
    }
}
