/// The gradient of a loss through one blurring mean-shift step, see
/// ``MeanShiftPlan/gradient(of:from:weights:concentration:stepSize:upstream:into:)``.
public struct MeanShiftGradient: Sendable, Equatable {
    /// dL/dx, N x D: with respect to the coordinates before the step.
    public var points: Matrix
    /// dL/dw, N: with respect to the weights.
    public var weights: [Float]
    /// dL/dkappa.
    public var concentration: Double
    /// dL/deta.
    public var stepSize: Double

    /// A gradient of zero, memory to be written to.
    public init(rows: Int, dimension: Int) {
        points = Matrix(rows: rows, columns: dimension)
        weights = [Float](repeating: 0, count: rows)
        concentration = 0
        stepSize = 0
    }
}

extension MeanShiftPlan {
    /// The exact gradient of a loss L through one blurring step: given dL/dx' of the shifted points, with respect to points,
    /// weights, concentration and step size.
    ///
    /// With u_i = (1 - eta) x_i + eta M_i, x'_i = u_i / |u_i|, M_i = sum over j of w_j K_ij x_j / d_i (``MeanShiftPlan``):
    ///
    ///     du_i = (dL/dx'_i - x'_i (x'_i . dL/dx'_i)) / |u_i|,    h_i = eta du_i / d_i,    a_ij = h_i . x_j - h_i . M_i
    ///     dL/dx_i   = (1 - eta) du_i + sum over j of K_ij (kappa (w_j a_ij + w_i a_ji) x_j + w_i h_j)
    ///     dL/dw_i   = sum over j of K_ij a_ji
    ///     dL/dkappa = sum over i, j of w_j K_ij a_ij (x_i . x_j - 1)
    ///     dL/deta   = sum over i of du_i . (M_i - x_i)
    ///
    /// Coordinates are taken as free: the gradient of what normalises the points comes on top. (The code released with
    /// "Recurrent Pixel Embedding for Instance Grouping" propagates through the kernel matrix as if its gradient were
    /// symmetric; this is the derivative.) One pass over the upper triangle of pairs, with three dot products and one exponential
    /// per pair; nothing of size N x N is stored. Tiles that are too far apart to matter are skipped as in the step
    /// (``negligibleTiles``): together they would change no row by more than 2^-24 of its own |du_i| and their mean. The same bits
    /// for every number of threads. Error: docs/accuracy.md.
    ///
    /// ## Defined results
    /// - A point with NaN or infinity has the gradient 0.
    /// - A point that the step left where it was for want of a direction (`lengths[i]` is 0) passes its gradient on.
    ///
    /// - Parameters:
    ///   - step: what ``blur(_:weights:concentration:stepSize:into:)`` returned for the same points and settings.
    ///   - points: x, N x D, as they were before the step.
    ///   - weights: w, N; `nil`: 1 each.
    ///   - upstream: dL/dx', N x D.
    ///   - gradient: receives the gradient; its memory is reused.
    /// - Precondition: all shapes agree, and as for the step.
    /// - Complexity: O(N^2 D) time: 7 N^2 D floating-point operations and N^2 / 2 exponentials; O(N D) memory, which
    ///   the first call takes.
    public mutating func gradient(
        of step: MeanShiftStep, from points: MatrixView, weights: [Float]? = nil, concentration: Float,
        stepSize: Float = 1, upstream: MatrixView, into gradient: inout MeanShiftGradient
    ) {
        let (rows, columns) = (points.rows, points.columns)
        for (name, shape) in [
            ("shifted points", (step.shifted.rows, step.shifted.columns)),
            ("upstream gradient", (upstream.rows, upstream.columns)),
            ("gradient", (gradient.points.rows, gradient.points.columns)),
        ] {
            require(shape == (rows, columns), "\(name) of \(shape.0) x \(shape.1) for points of \(rows) x \(columns)")
        }
        for (name, count) in [
            ("sums", step.sums.count), ("lengths", step.lengths.count), ("weights", weights?.count ?? rows),
            ("gradients of weights", gradient.weights.count),
        ] {
            require(count == rows, "\(count) \(name) for \(rows) points")
        }
        require(stepSize > 0 && stepSize <= 1, "step size must be in (0, 1], found \(stepSize)")
        if let weights { checkWeights(weights.span, of: points) }
        let scale = exponentScale(concentration)
        set(points)
        let sums = symmetricScratch()
        // docs/math.md, "Negligible tiles".
        let amplification = 4 * Double(concentration) + 1
        let dot = withOptionalStart(of: weights) {
            BlockBounds.negligibleDot(
                concentration: Double(concentration), weight: amplification * relativeWeight($0, rows))
        }
        let pass = GradientPass(
            blocks: blocks, sums: sums, own: gradientScratch(), kernels: kernels, count: rows, scale: scale,
            concentration: concentration, stepSize: stepSize, unit: kernelUnit(scale), threads: execution.threads,
            negligible: NegligiblePairs(
                dot: dot, negligibleTiles, blocks: blocks, sums: sums, count: rows, threads: execution.threads))
        withRows(of: points) { points in
            withRows(of: upstream) { upstream in
                withOptionalStart(of: weights) { pass.pack(points, $0, step, upstream) }
                gradient.concentration = pass.addPairs()
                evaluatedShare = rows == 0 ? 1 : pass.evaluatedShare
                gradient.stepSize = pass.stepSizeGradient()
                pass.finish(step, upstream, into: &gradient)
            }
        }
    }

    /// The gradient through one blurring step of `points`, the step included: for several loops a plan and the steps' results
    /// are kept, see ``gradient(of:from:weights:concentration:stepSize:upstream:into:)``.
    public static func gradient(
        ofBlurring points: Matrix, weights: [Float]? = nil, concentration: Float, stepSize: Float = 1,
        upstream: Matrix, on execution: Execution = .default
    ) -> MeanShiftGradient {
        var plan = MeanShiftPlan(capacity: points.rows, dimension: points.columns, on: execution)
        let step = plan.blurred(points, weights: weights, concentration: concentration, stepSize: stepSize)
        var gradient = MeanShiftGradient(rows: points.rows, dimension: points.columns)
        plan.gradient(
            of: step, from: points.view, weights: weights, concentration: concentration, stepSize: stepSize,
            upstream: upstream.view, into: &gradient)
        return gradient
    }

    private mutating func gradientScratch() -> GradientSums {
        if let gradientSums { return gradientSums }
        let made = GradientSums(capacity: capacity, blocks, kernels, workers: execution.threads)
        gradientSums = made
        return made
    }
}

/// Calls `body` with the address of the elements, if there are any to speak of.
private func withOptionalStart<Result>(
    of elements: [Float]?, _ body: (UnsafePointer<Float>?) -> Result
) -> Result {
    guard let elements else { return body(nil) }
    return elements.withUnsafeBufferPointer { body($0.baseAddress) }
}
