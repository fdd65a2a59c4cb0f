internal import SphereKernels

/// Seeds that stand for many points.
enum SeedSelection {
    /// Rows that cover `points` (unit rows, N x D): the first is the one nearest to the mean direction, each next one the
    /// farthest from all before (Gonzalez 1985; within twice the smallest radius that `count` balls can cover with).
    ///
    /// Fewer than `count` if there are fewer distinct points. Equal distances are decided by the lower row.
    ///
    /// - Complexity: O(count N D) time, O(N) memory.
    static func farthestFirst(_ count: Int, of points: Matrix, on execution: Execution) -> [Int] {
        var mean = [Double](repeating: 0, count: points.columns)
        for i in 0..<points.rows {
            for (k, x) in points.row(i).enumerated() { mean[k] += Double(x) }
        }
        let length = mean.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let start = length > 0 ? mean.map { Float($0 / length) } : Array(points.row(0))
        let toMean = CosineSimilarity.oneToMany(start, points, on: execution)
        let first = toMean.indices.max { toMean[$0] < toMean[$1] || (toMean[$0] == toMean[$1] && $0 > $1) } ?? 0
        return farthestFirst(count, of: points, from: first, on: execution)
    }

    /// Rows that cover `points` beginning with row `first`.
    static func farthestFirst(_ count: Int, of points: Matrix, from first: Int, on execution: Execution) -> [Int] {
        var seeds = [first]
        var nearest = [Float](repeating: -1, count: points.rows)
        var cosines = [Float](repeating: 0, count: points.rows)
        while seeds.count < min(count, points.rows) {
            var span = cosines.mutableSpan
            let seed = Array(points.row(seeds[seeds.count - 1]))
            CosineSimilarity.oneToMany(seed.span, points.view, into: &span, on: execution)
            var farthest = 0
            for i in nearest.indices {
                nearest[i] = max(nearest[i], cosines[i])
                if nearest[i] < nearest[farthest] { farthest = i }
            }
            // Every point coincides with a seed.
            if nearest[farthest] >= 1 { break }
            seeds.append(farthest)
        }
        return seeds
    }
}
