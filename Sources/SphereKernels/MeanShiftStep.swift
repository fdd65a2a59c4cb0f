/// The result of one mean-shift step.
public struct MeanShiftStep: Sendable, Equatable {
    /// Where the points (or seeds) have moved, unit rows, N x D.
    public let shifted: Matrix
    /// The kernel sums d of the N points: their density up to a constant factor.
    public let sums: [Float]
}

extension MeanShiftPlan {
    /// One loop of blurring mean shift of `points` (N x D, unit rows), without a plan to keep.
    ///
    /// See ``blur(_:concentration:stepSize:into:sums:)``. For several loops a plan avoids the allocations.
    public static func blurred(
        _ points: Matrix, weights: [Float]? = nil, concentration: Float, stepSize: Float = 1,
        on execution: Execution = .default
    ) -> MeanShiftStep {
        var plan = MeanShiftPlan(capacity: points.rows, dimension: points.columns, on: execution)
        if let weights {
            plan.setPoints(points.view, weights: weights.span)
        } else {
            plan.setPoints(points.view)
        }
        return plan.shifted(points, concentration: concentration, stepSize: stepSize)
    }

    /// Where `targets` (M x D, unit rows) move in one step towards the points that are set.
    ///
    /// See ``shift(_:concentration:stepSize:into:sums:)``.
    public func shifted(_ targets: Matrix, concentration: Float, stepSize: Float = 1) -> MeanShiftStep {
        var shifted = Matrix(rows: targets.rows, columns: targets.columns)
        var sums = [Float](repeating: 0, count: targets.rows)
        var view = shifted.mutableView
        var span = sums.mutableSpan
        shift(targets.view, concentration: concentration, stepSize: stepSize, into: &view, sums: &span)
        return MeanShiftStep(shifted: shifted, sums: sums)
    }

    /// Kernel sums at `targets` (M x D, unit rows), see ``kernelSums(at:concentration:into:)``.
    public func kernelSums(at targets: Matrix, concentration: Float) -> [Float] {
        var sums = [Float](repeating: 0, count: targets.rows)
        var span = sums.mutableSpan
        kernelSums(at: targets.view, concentration: concentration, into: &span)
        return sums
    }
}
