public import SphereKernels
public import SphereTheory

/// Groups of points on the sphere: what ``MeanShift`` finds.
public struct Grouping: Sendable {
    /// The group of every point, from 0 to ``count`` - 1, or -1 for none.
    ///
    /// Group 0 is the largest.
    public let labels: [Int32]
    /// The mode of each group, a unit row: the normalised mean of its shifted points.
    public let modes: Matrix
    /// Number of points of each group, falling.
    public let sizes: [Int]
    /// How well each group stands apart, in [-1, 1]: the mean over its points x of `(r - s) / max(r, s)` with
    /// `s = 1 - cos(x, own mode)` and r the same to the nearest other mode, counted as 1 if that is more than a right
    /// angle away.
    ///
    /// The simplified silhouette (Hruschka et al. 2004) of the points as they were given. 1: the points lie on
    /// their mode; 0: between two modes.
    public let scores: [Float]
    /// The points after the last iteration, unit rows (N x D); with seeds, the seeds (M x D).
    public let shifted: Matrix
    /// Number of iterations that were made.
    public let iterations: Int
    /// Whether the points came to rest, by the rule of ``MeanShift/Iterations``.
    public let isConverged: Bool
    /// The concentration of the kernel.
    public let concentration: Concentration
    /// The largest angle, in radians, between a shifted point and where exact steps would have brought it.
    ///
    /// 0: every pair of points was evaluated. Rounding errors are not counted; docs/accuracy.md states them. See
    /// ``BlurringChain/certifiedAngle``.
    public let certifiedAngle: Double
    /// Kernel evaluations in parts of those of exact steps, N x N (with M seeds, M x N) in every iteration.
    public let evaluatedShare: Double

    /// Number of groups.
    public var count: Int { sizes.count }

    /// The group of new points: that of the mode with the largest cosine, the lowest number if several have it.
    ///
    /// - Parameter points: directions, M x D; lengths do not matter.
    /// - Throws: ``GroupingError`` for another dimension, NaN, infinity or a zero row.
    /// - Complexity: O(M G D) for G groups.
    public func predict(_ points: Matrix, on execution: Execution = .default) throws(GroupingError) -> [Int32] {
        guard points.columns == modes.columns else {
            throw .wrongDimension(expected: modes.columns, found: points.columns)
        }
        if points.rows == 0 { return [] }
        let directions = try Directions(points, on: execution)
        return ModeAssignment(of: directions.points, to: modes, on: execution).nearest.map(Int32.init)
    }
}
