internal import SphereKernels

/// The nearest mode of every point and how near it and the next one are.
struct ModeAssignment {
    /// Index of the mode with the largest cosine, the first of equals.
    private(set) var nearest: [Int] = []
    /// The cosine with a mode given for every point, or with the nearest.
    private(set) var ownCosines: [Float] = []
    /// The largest cosine with another mode than that one; -1 if there is no other.
    private(set) var otherCosines: [Float] = []

    /// Similarities held at a time: 4 MiB, a share of the second- and third-level cache.
    private static let blockElements = 1 << 20

    /// Compares unit rows `points` (N x D) with unit rows `modes` (G x D, G >= 1).
    ///
    /// - Parameter owners: the mode that counts as each point's own; `nil` takes the nearest.
    /// - Complexity: O(N G D) time, O(N) memory and 4 MiB.
    init(of points: Matrix, to modes: Matrix, owners: [Int]? = nil, on execution: Execution) {
        let block = max(1, Self.blockElements / max(1, modes.rows))
        var start = 0
        while start < points.rows {
            let rows = Array(start..<min(start + block, points.rows))
            let cosines = CosineSimilarity.allPairs(points.selectingRows(rows), modes, on: execution)
            for (i, point) in rows.enumerated() {
                let row = cosines.row(i)
                var best = 0
                var bestCosine: Float = -2
                for (mode, cosine) in row.enumerated() where cosine > bestCosine {
                    best = mode
                    bestCosine = cosine
                }
                let own = owners?[point] ?? best
                var other: Float = -1
                for (mode, cosine) in row.enumerated() where mode != own && cosine > other { other = cosine }
                nearest.append(best)
                ownCosines.append(row[row.startIndex + own])
                otherCosines.append(other)
            }
            start += rows.count
        }
    }
}
