extension Reference {
    /// Both parts of the spherical-mean loss: `1/K Σ_k 1/max(N_k, m) Σ_i d(x_i, μ_k)²` (0 if all N_k are 0) and
    /// `2/(K (K - 1)) Σ_{k ≠ l} max(0, δ - d(μ_k, μ_l))²`, with `d(a, b) = (1 - a . b)/2` and N_k the points with d > α.
    public static func sphericalMeanLoss(
        _ points: ReferenceMatrix, labels: [Int32], pullMargin: Double, pushMargin: Double, leastCount: Int,
        ignoredLabel: Int32? = nil
    ) -> (pull: Double, push: Double) {
        let rows = (0..<points.rows).filter { labels[$0] != ignoredLabel }
        let names = Set(rows.map { labels[$0] }).sorted()
        let means = names.map { name in
            let sum = (0..<points.columns).map { k in
                rows.filter { labels[$0] == name }.reduce(0.0) { $0 + points[$1, k] }
            }
            let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return sum.map { length == 0 ? 0 : $0 / length }
        }
        func distance(_ a: [Double], _ b: [Double]) -> Double { (1 - zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }) / 2 }
        let distances = zip(names, means).map { name, mean in
            rows.filter { labels[$0] == name }.map { row in
                distance((0..<points.columns).map { points[row, $0] }, mean)
            }
        }
        let groups = Double(names.count)
        var (pull, push) = (0.0, 0.0)
        for group in distances {
            let far = group.count { $0 > pullMargin }
            pull += group.reduce(0) { $0 + $1 * $1 } / (groups * Double(max(far, leastCount)))
        }
        if distances.allSatisfy({ $0.allSatisfy { $0 <= pullMargin } }) { pull = 0 }
        for k in means.indices {
            for l in means.indices where l != k {
                let hinge = max(0, pushMargin - distance(means[k], means[l]))
                push += 2 / (groups * (groups - 1)) * hinge * hinge
            }
        }
        return (pull, push)
    }
}
