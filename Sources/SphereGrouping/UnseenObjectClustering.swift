public import SphereKernels

/// Mean shift as UnseenObjectClustering makes it: few seeds, spread farthest first, that climb on the fixed points.
///
/// 1. **Seeds**: a first point, then always the point whose largest cosine with the seeds so far is least (the lower row of equal ones).
/// 2. **Climb**: every seed y moves to the direction of the sum over all points x_j of exp(kappa x_j . y) x_j, a fixed number of times.
/// 3. **Clusters**: seeds come in their order; one without a cluster takes the most frequent cluster (the lowest of equal ones) of the seeds within
///    ``mergeDistance`` of it, or begins one, and all seeds within the distance become of it.
/// 4. **Points** belong to the cluster of their nearest seed; the largest cluster and cluster 0 change numbers, so that 0 is the background.
///
/// ```swift
/// let labels = try UnseenObjectClustering().labels(of: points, firstSeed: 0)
/// ```
///
/// The distance is (1 - cos) / 2. The published script draws the first seed at random; given its index, labels are the same up to rounding. ``MeanShift`` with
/// ``MeanShift/seeds`` does the same with a read-out that does not depend on the order of the seeds.
///
/// Source: Xiang, Xie, Mousavian and Fox, "Learning RGB-D Feature Embeddings for Unseen Object Instance Segmentation", CoRL 2020.
public struct UnseenObjectClustering: Sendable {
    /// Number of seeds; all points if there are fewer.
    public var seeds = 100
    /// kappa.
    public var concentration: Float = 20
    /// Steps of every seed.
    public var iterations = 10
    /// The largest distance (1 - cos) / 2 of seeds of one cluster, in [0, 1].
    public var mergeDistance: Float = 0.04
    /// Threads and instruction set.
    public var execution = Execution.default

    /// The settings that are shipped: 100 seeds, kappa = 20, 10 steps, merged within 0.04.
    public init() {}

    /// The cluster of every row of `points` (N x D); 0 is the largest.
    ///
    /// - Parameter firstSeed: row of the first seed.
    /// - Precondition: `firstSeed` in 0..<N; settings in their ranges, seeds and iterations 1 or more.
    /// - Throws: ``GroupingError`` for an empty matrix, NaN, infinity or a zero row.
    /// - Complexity: O(iterations seeds N D) time, O(N D) memory.
    public func labels(of points: Matrix, firstSeed: Int) throws(GroupingError) -> [Int32] {
        require(seeds >= 1, "seeds must be 1 or more, found \(seeds)")
        require(iterations >= 1, "iterations must be 1 or more, found \(iterations)")
        require(mergeDistance >= 0 && mergeDistance <= 1, "merge distance must be in [0, 1], found \(mergeDistance)")
        let points = try Directions(points, on: execution).points
        require(
            (0..<points.rows).contains(firstSeed), "first seed must be in 0..<\(points.rows), found \(firstSeed)")
        var climbed = points.selectingRows(
            SeedSelection.farthestFirst(seeds, of: points, from: firstSeed, on: execution))
        var plan = MeanShiftPlan(capacity: points.rows, dimension: points.columns, on: execution)
        plan.setPoints(points.view)
        for _ in 0..<iterations { climbed = plan.shifted(climbed, concentration: concentration).shifted }
        let clusters = clusters(of: climbed)
        let nearest = ModeAssignment(of: points, to: climbed, on: execution).nearest
        var labels = nearest.map { Int32(clusters[$0]) }
        var sizes = [Int](repeating: 0, count: clusters.max()! + 1)
        for label in labels { sizes[Int(label)] += 1 }
        let largest = Int32(sizes.indices.max { (sizes[$0], -$0) < (sizes[$1], -$1) }!)
        for i in labels.indices {
            if labels[i] == largest { labels[i] = 0 } else if labels[i] == 0 { labels[i] = largest }
        }
        return labels
    }

    private func clusters(of seeds: Matrix) -> [Int] {
        let cosines = CosineSimilarity.allPairs(seeds, seeds, on: execution)
        var clusters = [Int](repeating: -1, count: seeds.rows)
        var count = 0
        for seed in 0..<seeds.rows where clusters[seed] < 0 {
            let near = (0..<seeds.rows).filter { $0 == seed || (1 - cosines[seed, $0]) / 2 <= mergeDistance }
            var votes: [Int: Int] = [:]
            for other in near where clusters[other] >= 0 { votes[clusters[other], default: 0] += 1 }
            let chosen = votes.max { ($0.value, -$0.key) < ($1.value, -$1.key) }?.key ?? count
            if chosen == count { count += 1 }
            for other in near { clusters[other] = chosen }
        }
        return clusters
    }
}
