extension MeanShiftPlan {
    /// One loop of blurring mean shift: sets `points` and moves each of them.
    ///
    /// As ``setPoints(_:)`` and then ``shift(_:concentration:stepSize:into:)`` of the same points, at half the price: every
    /// cosine and exponential is evaluated once and serves both of its points, and those that are too far apart to matter are
    /// not (``negligibleTiles``). `step.shifted` may be set as the points of the next loop.
    ///
    /// - Parameters:
    ///   - points: x, N x D unit rows.
    ///   - weights: w, N, finite and 0 or more; `nil`: 1 each.
    ///   - concentration: kappa, 0 to ``largestConcentration``.
    ///   - stepSize: eta in (0, 1].
    ///   - step: receives the result; its memory is reused.
    /// - Precondition: N <= ``capacity``, D = ``dimension``, `step` is of N x D, no row longer than 1.005.
    /// - Complexity: O(N^2 D) time: 3 N^2 D floating-point operations and N^2 / 2 exponentials.
    public mutating func blur(
        _ points: MatrixView, weights: [Float]? = nil, concentration: Float, stepSize: Float = 1,
        into step: inout MeanShiftStep
    ) {
        if let weights {
            checkWeights(weights.span, of: points)
            weights.withUnsafeBufferPointer {
                blur(points, weightsAt: $0.baseAddress, concentration, stepSize, into: &step)
            }
        } else {
            blur(points, weightsAt: nil, concentration, stepSize, into: &step)
        }
    }

    private mutating func blur(
        _ points: MatrixView, weightsAt weights: UnsafePointer<Float>?, _ concentration: Float, _ stepSize: Float,
        into step: inout MeanShiftStep
    ) {
        requireResult(step, of: points, stepSize)
        let scale = exponentScale(concentration)
        set(points)
        let sums = symmetricScratch()
        let threads = BlurringStep.threads(execution.threads, count: points.rows, dimension: dimension)
        let blur = BlurringStep(
            blocks: blocks, sums: sums, kernels: kernels, count: points.rows, scale: scale, threads: threads,
            negligible: NegligiblePairs(
                dot: BlockBounds.negligibleDot(
                    concentration: Double(concentration), weight: relativeWeight(weights, points.rows)),
                negligibleTiles, blocks: blocks, sums: sums, count: points.rows, threads: threads))
        blur.pack(points, weights)
        evaluatedShare = blur.addPairs()
        blur.finish(points, stepSize, kernelUnit(scale), into: &step)
    }

    /// The sum of the weights over the smallest of them.
    func relativeWeight(_ weights: UnsafePointer<Float>?, _ count: Int) -> Double {
        guard let weights else { return Double(count) }
        var (sum, smallest) = (0.0, Double.infinity)
        for i in 0..<count {
            sum += Double(weights[i])
            smallest = min(smallest, Double(weights[i]))
        }
        return sum / smallest
    }

    /// The sums of blurring, made when they are needed first.
    mutating func symmetricScratch() -> SymmetricSums {
        if let symmetricSums { return symmetricSums }
        let made = SymmetricSums(capacity: capacity, blocks, kernels, workers: execution.threads)
        symmetricSums = made
        return made
    }
}
