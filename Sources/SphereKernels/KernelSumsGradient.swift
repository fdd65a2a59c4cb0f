/// The gradient of a loss through kernel sums, see
/// ``MeanShiftPlan/kernelSumsGradient(at:of:weights:concentration:upstream:on:)``.
public struct KernelSumsGradient: Sendable, Equatable {
    /// dL/dy, M x D: with respect to the targets.
    public let targets: Matrix
    /// dL/dx, N x D: with respect to the points.
    public let points: Matrix
    /// dL/dw, N: with respect to the weights.
    public let weights: [Float]
    /// dL/dkappa.
    public let concentration: Double
}

extension MeanShiftPlan {
    /// The exact gradient of a loss L through the kernel sums s of ``kernelSums(at:concentration:into:)``, given c = dL/ds.
    ///
    ///     dL/dy_i   = kappa c_i sum over j of w_j K_ij x_j
    ///     dL/dx_j   = kappa w_j sum over i of c_i K_ij y_i
    ///     dL/dw_j   = sum over i of c_i K_ij
    ///     dL/dkappa = sum over i, j of c_i w_j K_ij (x_j . y_i - 1)
    ///
    /// For a density estimate, which is a sum times C_D(kappa) exp(kappa) over the weights' sum, c is its gradient times that.
    /// Where points are targets too, their two gradients add up. Rows with NaN or infinity, and their c, take no part.
    ///
    /// - Parameters:
    ///   - targets: y, M x D unit rows.
    ///   - points: x, N x D unit rows.
    ///   - weights: w, N, finite and 0 or more; `nil`: 1 each.
    ///   - upstream: c, M, finite.
    /// - Precondition: shapes as given, no row longer than 1.005, the concentration in 0 to ``largestConcentration``.
    /// - Complexity: O(M N D) time, twice that of a step; O((M + N) D) memory.
    public static func kernelSumsGradient(
        at targets: Matrix, of points: Matrix, weights: [Float]? = nil, concentration: Float, upstream: [Float],
        on execution: Execution = .default
    ) -> KernelSumsGradient {
        require(
            targets.columns == points.columns,
            "targets of dimension \(targets.columns) and points of dimension \(points.columns)")
        require(upstream.count == targets.rows, "\(upstream.count) upstream gradients for \(targets.rows) targets")
        var plan = MeanShiftPlan(
            capacity: max(points.rows, targets.rows), dimension: points.columns, on: execution)
        if let weights {
            plan.setPoints(points.view, weights: weights.span)
        } else {
            plan.setPoints(points.view)
        }
        let atTargets = plan.momentSums(at: targets, concentration)
        upstream.withUnsafeBufferPointer { plan.setPoints(targets.view, weightsAt: $0.baseAddress) }
        let atPoints = plan.momentSums(at: points, concentration)
        // A sum is NaN for a row that takes no part.
        func isUsed(_ sum: Float) -> Float { sum.isNaN ? 0 : 1 }
        let targetFactors = zip(upstream, atTargets.sums).map { concentration * $0 * isUsed($1) }
        let pointFactors = atPoints.sums.indices.map { concentration * (weights?[$0] ?? 1) * isUsed(atPoints.sums[$0]) }
        var concentrationGradient = 0.0
        for (i, c) in upstream.enumerated() where !atTargets.sums[i].isNaN {
            let moment = zip(targets.row(i), atTargets.moments.row(i)).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
            concentrationGradient += Double(c) * (moment - Double(atTargets.sums[i]))
        }
        return KernelSumsGradient(
            targets: atTargets.moments.scalingRows(by: targetFactors),
            points: atPoints.moments.scalingRows(by: pointFactors),
            weights: atPoints.sums.map { $0.isNaN ? 0 : $0 }, concentration: concentrationGradient)
    }

    /// Kernel sums at `targets`, and sums over j of w_j K_ij x_j, the weights of either sign; NaN for a target with NaN.
    private func momentSums(at targets: Matrix, _ concentration: Float) -> (moments: Matrix, sums: [Float]) {
        let scale = exponentScale(concentration)
        let unit = kernelUnit(scale)
        var result = MeanShiftStep(rows: targets.rows, dimension: dimension)
        let (kernels, dimension, blocks, blockCount) = (kernels, dimension, blocks, blockCount)
        result.withTarget { target in
            forEachPanel(
                targets.view,
                addBlock: { panel, tile, first, count in
                    kernels.meanShiftPanel(
                        panel.points, blocks.groups.start + first * dimension,
                        blocks.rows.start + first * blocks.stride, blocks.stride,
                        blocks.weights(from: first, blocks: blockCount(count)), count, dimension, scale, tile,
                        panel.sums, panel.totals)
                },
                finish: { panel, run in
                    for i in 0..<run.count {
                        target.sums[run.first + i] = unit * panel.totals[i]
                        panel.lengths[i] = unit
                    }
                    kernels.scaledColumnsToRows(
                        panel.sums, panel.lengths, run.count, dimension, target.shifted + run.first * dimension,
                        dimension)
                    run.forEachUnusable(kernels) { i in
                        target.leave(run.first + i, at: run.rows.start + i * run.rows.stride)
                    }
                })
        }
        return (result.shifted, result.sums)
    }
}

extension Matrix {
    /// Every row times its factor.
    ///
    /// A row with the factor 0 is 0, whatever it holds.
    fileprivate func scalingRows(by factors: [Float]) -> Matrix {
        var result = self
        for i in 0..<rows {
            for k in 0..<columns { result[i, k] = factors[i] == 0 ? 0 : factors[i] * self[i, k] }
        }
        return result
    }
}
