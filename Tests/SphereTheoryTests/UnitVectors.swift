/// Generator of repeatable pseudo-random numbers: SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Plain loops over rows of coordinates, to hold the formulas of the module against.
enum UnitVectors {
    /// `count` unit vectors, near enough uniform on the sphere: a sum of twelve uniform numbers per coordinate.
    static func random(count: Int, dimension: Int, using generator: inout SeededGenerator) -> [[Double]] {
        (0..<count).map { _ in
            normalized(
                (0..<dimension).map { _ in
                    (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &generator) }
                })
        }
    }

    static func dot(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }

    static func normalized(_ x: [Double]) -> [Double] {
        let norm = dot(x, x).squareRoot()
        return x.map { $0 / norm }
    }

    /// The cosines of all pairs i < j.
    static func pairCosines(_ rows: [[Double]]) -> [Double] {
        rows.indices.flatMap { i in rows[..<i].map { dot(rows[i], $0) } }
    }

    /// The negative part of the pair loss with instance-aware weights, over all ordered pairs of points.
    static func negativeLoss(_ points: [[Double]], labels: [Int], margin: Double) -> Double {
        let sizes = labels.reduce(into: [Int: Double]()) { $0[$1, default: 0] += 1 }
        let groups = Double(sizes.count)
        var sum = 0.0
        for (i, x) in points.enumerated() {
            for (j, y) in points.enumerated() where labels[i] != labels[j] {
                let weight = 1 / (sizes[labels[i]]! * sizes[labels[j]]! * groups * groups)
                sum += weight * max(0, (1 + dot(x, y)) / 2 - margin)
            }
        }
        return sum
    }

    /// `points`, one per group, after `steps` steps of descent on their negative loss; the best set on the way.
    static func descending(_ points: [[Double]], margin: Double, steps: Int) -> (loss: Double, points: [[Double]]) {
        let labels = Array(points.indices)
        var current = points
        var best = (loss: negativeLoss(points, labels: labels, margin: margin), points: points)
        for step in 0..<steps {
            let length = 0.5 / Double(points.count) / (1 + 0.05 * Double(step))
            current = current.indices.map { i in
                var x = current[i]
                for j in current.indices where j != i && (1 + dot(current[i], current[j])) / 2 > margin {
                    for d in x.indices { x[d] -= length * current[j][d] }
                }
                return normalized(x)
            }
            let loss = negativeLoss(current, labels: labels, margin: margin)
            if loss < best.loss { best = (loss, current) }
        }
        return best
    }

    /// The twelve corners of the icosahedron: largest cosine 1/√5.
    static let icosahedron: [[Double]] = {
        let golden = (1 + 5.0.squareRoot()) / 2
        return [1.0, -1].flatMap { a in
            [golden, -golden].flatMap { b in [[0, a, b], [a, b, 0], [b, 0, a]].map(normalized) }
        }
    }()
}
