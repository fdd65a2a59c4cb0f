internal import SphereKernels
internal import SphereTheory

/// The concentration that fits the distances between neighbours, see ``ConcentrationChoice/quantile(_:)``.
enum ConcentrationEstimate {
    /// Points whose neighbours are looked at.
    ///
    /// The mean over 1000 has a standard error of 3 % of the spread between points.
    private static let sampleSize = 1000
    /// Queries at a time: 64 rows of similarities with a million points take 256 MB.
    private static let queryBlock = 64
    /// The widest and narrowest kernels it gives: beyond, points are one heap or all apart (bandwidths 1 and 0.01).
    private static let range = 1.0...10_000.0

    /// The estimate for unit rows `points` (N x D).
    ///
    /// - Complexity: O(min(N, 1000) N D) time, O(N) memory.
    static func concentration(of points: Matrix, quantile: Double, on execution: Execution) -> Concentration {
        let count = points.rows
        let sample = sampledRows(count)
        // The point itself is its nearest neighbour and does not count.
        let rank = min(count - 1, max(1, Int((quantile * Double(count)).rounded())))
        guard rank >= 1 else { return Concentration(range.lowerBound) }
        var chords = 0.0
        var start = 0
        while start < sample.count {
            let queries = Array(sample[start..<min(start + queryBlock, sample.count)])
            let cosines = CosineSimilarity.allPairs(points.selectingRows(queries), points, on: execution)
            for i in 0..<queries.count {
                var row = Array(cosines.row(i))
                let cosine = Selection.largest(rank + 1, of: &row)
                chords += SphericalDistance.chord(fromCosine: Double(cosine))
            }
            start += queries.count
        }
        // Half the radius: a Gaussian kernel has 86 % of its weight in the plane within two standard deviations.
        let bandwidth = chords / Double(sample.count) / 2
        let concentration = bandwidth > 0 ? 1 / (bandwidth * bandwidth) : .infinity
        return Concentration(min(max(concentration, range.lowerBound), range.upperBound))
    }

    /// Rows spread evenly over all `count`, at most `sampleSize`.
    private static func sampledRows(_ count: Int) -> [Int] {
        let size = min(count, sampleSize)
        return (0..<size).map { $0 * count / size }
    }
}
