internal import SphereKernels

/// The points of an image of which those that have met are one, for a loop and its gradient.
///
/// The n points of a set within a radius of their leader are replaced by their mean z, with n as its weight; every point of a set goes where z goes. The sets
/// are taken as fixed:
///
///     dL/dx_i = dL/dz / n,    dL/dz' = sum over the set of dL/dx'_i
struct MergedPoints {
    /// z, M x D: unit rows up to half the square of the radius.
    let points: Matrix
    /// The row of z of every point.
    let assignment: [Int32]
    /// n of each set.
    let weights: [Float]

    /// The sets of `points` (N x D) within `radius`; `nil` unless there are at most half as many as points.
    init?(_ points: Matrix, radius: Float) {
        guard
            let merged = Coalescence(
                points, weights: [Float](repeating: 1, count: points.rows),
                multiplicities: [Int](repeating: 1, count: points.rows),
                angles: [Double](repeating: 0, count: points.rows), radius: radius, limit: points.rows / 2)
        else { return nil }
        assignment = merged.assignment
        weights = merged.weights
        let dimension = points.columns
        var sums = [Double](repeating: 0, count: merged.points.rows * dimension)
        for (row, set) in assignment.enumerated() {
            for k in 0..<dimension { sums[Int(set) * dimension + k] += Double(points[row, k]) }
        }
        self.points = Matrix(
            rows: merged.points.rows, columns: dimension,
            elements: sums.indices.map { Float(sums[$0] / Double(merged.weights[$0 / dimension])) })
    }

    /// Sums of the rows of every set.
    func summed(_ rows: Span<Float>) -> Matrix {
        var sums = Matrix(rows: points.rows, columns: points.columns)
        for (row, set) in assignment.enumerated() {
            for k in 0..<points.columns { sums[Int(set), k] += rows[row * points.columns + k] }
        }
        return sums
    }

    /// The gradients of all points, given those of z.
    func gradients(_ gradients: Matrix) -> [Float] {
        let dimension = points.columns
        return spread(gradients.elements.indices.map { gradients.elements[$0] / weights[$0 / dimension] })
    }

    /// The row of its set for every point.
    func spread(_ ofSets: [Float]) -> [Float] {
        let dimension = points.columns
        var result: [Float] = []
        result.reserveCapacity(assignment.count * dimension)
        for set in assignment { result += ofSets[Int(set) * dimension..<(Int(set) + 1) * dimension] }
        return result
    }
}
