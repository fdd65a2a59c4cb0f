/// The result of one mean-shift step.
public struct MeanShiftStep: Sendable, Equatable {
    /// Where the points (or seeds) have moved, unit rows, N x D.
    public var shifted: Matrix
    /// The kernel sums d of the N points: their density up to a constant factor.
    public var sums: [Float]
    /// The lengths of (1 - eta) y + eta m before it is normalised; 0 for a point that stays where it is, NaN for one with NaN or
    /// infinity.
    public var lengths: [Float]

    /// Memory for the result of a step of N = `rows` points.
    public init(rows: Int, dimension: Int) {
        shifted = Matrix(rows: rows, columns: dimension)
        sums = [Float](repeating: 0, count: rows)
        lengths = [Float](repeating: 0, count: rows)
    }
}

/// Where a step's result is written.
struct StepTarget: @unchecked Sendable {
    // Sendable: the memory is borrowed for the duration of `withTarget`, and every row is written by one unit of work.
    /// N x D.
    let shifted: UnsafeMutablePointer<Float>
    let sums: UnsafeMutablePointer<Float>
    let lengths: UnsafeMutablePointer<Float>
    let dimension: Int

    /// The result for a point with NaN or infinity: it stays where it is.
    func leave(_ row: Int, at point: UnsafePointer<Float>) {
        (shifted + row * dimension).update(from: point, count: dimension)
        sums[row] = .nan
        lengths[row] = .nan
    }
}

extension MeanShiftStep {
    /// Calls `body` with the memory of the result, unless there is none.
    mutating func withTarget(_ body: (StepTarget) -> Void) {
        let dimension = shifted.columns
        // Taken out, so that the three parts can be borrowed at the same time.
        var points = Matrix(rows: 0, columns: 0)
        swap(&points, &shifted)
        defer { swap(&points, &shifted) }
        var view = points.mutableView
        view.elements.withUnsafeMutableBufferPointer { shifted in
            sums.withUnsafeMutableBufferPointer { sums in
                lengths.withUnsafeMutableBufferPointer { lengths in
                    if let shifted = shifted.baseAddress, let sums = sums.baseAddress, let lengths = lengths.baseAddress
                    {
                        body(StepTarget(shifted: shifted, sums: sums, lengths: lengths, dimension: dimension))
                    }
                }
            }
        }
    }
}

extension MeanShiftPlan {
    /// One loop of blurring mean shift of `points` (N x D, unit rows), without a plan to keep.
    ///
    /// See ``blur(_:weights:concentration:stepSize:into:)``. For several loops a plan avoids the allocations.
    public static func blurred(
        _ points: Matrix, weights: [Float]? = nil, concentration: Float, stepSize: Float = 1,
        on execution: Execution = .default
    ) -> MeanShiftStep {
        var plan = MeanShiftPlan(capacity: points.rows, dimension: points.columns, on: execution)
        return plan.blurred(points, weights: weights, concentration: concentration, stepSize: stepSize)
    }

    /// One loop of blurring mean shift of `points` (N x D, unit rows), see
    /// ``blur(_:weights:concentration:stepSize:into:)``.
    public mutating func blurred(
        _ points: Matrix, weights: [Float]? = nil, concentration: Float, stepSize: Float = 1
    ) -> MeanShiftStep {
        var step = MeanShiftStep(rows: points.rows, dimension: points.columns)
        blur(points.view, weights: weights, concentration: concentration, stepSize: stepSize, into: &step)
        return step
    }

    /// Where `targets` (M x D, unit rows) move in one step towards the points that are set.
    ///
    /// See ``shift(_:concentration:stepSize:into:)``.
    public func shifted(_ targets: Matrix, concentration: Float, stepSize: Float = 1) -> MeanShiftStep {
        var step = MeanShiftStep(rows: targets.rows, dimension: targets.columns)
        shift(targets.view, concentration: concentration, stepSize: stepSize, into: &step)
        return step
    }

    /// Kernel sums at `targets` (M x D, unit rows), see ``kernelSums(at:concentration:into:)``.
    public func kernelSums(at targets: Matrix, concentration: Float) -> [Float] {
        var sums = [Float](repeating: 0, count: targets.rows)
        var span = sums.mutableSpan
        kernelSums(at: targets.view, concentration: concentration, into: &span)
        return sums
    }
}
