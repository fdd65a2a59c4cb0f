public import SphereKernels
public import SphereTensor

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The logistic cross-entropy of scores that say yes or no: boundaries, masks.
///
/// For scores x_i, targets t_i in [0, 1] and weights w_i,
///
///     L = f Σ_i w_i l_i,    l_i = p t_i log(1 + exp(-x_i)) + (1 - t_i) log(1 + exp x_i)
///     ∂L/∂x_i = f w_i ((1 - t_i) σ(x_i) - p t_i σ(-x_i)),    σ(x) = 1 / (1 + exp(-x))
///
/// with p the weight of what is positive, and f = 1 or 1 / Σ w_i. Scores with the weight 0 take no part, whatever they are.
/// Evaluated in double without overflow; small losses keep their digits.
public struct LogisticLoss: Sendable, Hashable {
    /// Mean or sum over the scores.
    public let reduction: LossReduction
    /// p, the weight of the positive part, 0 or more.
    public let positiveWeight: Double

    /// A logistic cross-entropy.
    ///
    /// - Precondition: the weight is finite and not negative.
    public init(reduction: LossReduction = .mean, positiveWeight: Double = 1) {
        require(
            positiveWeight >= 0 && positiveWeight.isFinite,
            "a positive weight of \(positiveWeight): must be finite and 0 or more")
        self.reduction = reduction
        self.positiveWeight = positiveWeight
    }

    /// The weight p with which positive and negative targets count the same, `Σ w (1 - t) / Σ w t`; 1 where either sum is 0.
    ///
    /// Boundaries are few: without it a network does well that finds none (Xie and Tu, "Holistically-Nested Edge Detection", ICCV
    /// 2015, equation 2, up to a common factor).
    ///
    /// - Parameter weights: of the targets; `nil`: 1 each.
    /// - Precondition: as many weights as targets.
    public static func balancingWeight(targets: Span<Float>, weights: Span<Float>? = nil) -> Double {
        requireCount(weights, targets.count)
        var (positive, negative) = (0.0, 0.0)
        for i in 0..<targets.count {
            var weight = 1.0
            if let weights { weight = Double(weights[i]) }
            positive += weight * Double(targets[i])
            negative += weight * (1 - Double(targets[i]))
        }
        return positive > 0 && negative > 0 ? negative / positive : 1
    }

    /// The loss of `scores`.
    ///
    /// Infinite scores on the right side have no loss, on the wrong side, and where the target is neither 0 nor 1, an infinite one; NaN makes
    /// the loss NaN. No scores, or none with a weight: 0.
    ///
    /// - Parameter weights: 0 or more; 0 masks a score out. `nil`: 1 each.
    /// - Precondition: as many targets, in [0, 1], and weights as scores.
    /// - Complexity: O(N). The same bits for any number of threads.
    public func evaluate(
        _ scores: Span<Float>, targets: Span<Float>, weights: Span<Float>? = nil, on execution: Execution = .default
    ) -> Double {
        evaluate(scores, targets, weights, 1, nil, execution)
    }

    /// The loss as ``evaluate(_:targets:weights:on:)``, and its gradient **added** to `gradient`: `gradient[i] += scale ∂L/∂x_i`.
    ///
    /// - Precondition: as above; `gradient` has as many elements.
    public func evaluate(
        _ scores: Span<Float>, targets: Span<Float>, weights: Span<Float>? = nil, scale: Float = 1,
        gradient: inout MutableSpan<Float>, on execution: Execution = .default
    ) -> Double {
        require(gradient.count == scores.count, "a gradient of \(gradient.count) elements for \(scores.count) scores")
        return gradient.withUnsafeMutableBufferPointer {
            evaluate(scores, targets, weights, Double(scale), $0.baseAddress, execution)
        }
    }

    /// The loss as an operation, a scalar; see ``evaluate(_:targets:weights:on:)``.
    ///
    /// - Parameters:
    ///   - scores: of any shape.
    ///   - targets: of its elements.
    ///   - weights: of its elements; 0 masks one out. `nil`: 1 each.
    ///   - scale: what the loss is multiplied with.
    /// - Precondition: as many targets and weights as elements.
    public func callAsFunction(
        _ scores: Tensor, targets: [Float], weights: [Float]? = nil, scale: Float = 1
    ) -> Tensor {
        let (memory, gradient) = (scores.memory, scores.lossGradient())
        let execution = TensorExecution.current
        var value = 0.0
        if gradient.count == 0 {
            value = evaluate(memory.span, targets: targets.span, weights: weights?.span, on: execution)
        } else {
            gradient.withMutableSpan {
                value = evaluate(
                    memory.span, targets: targets.span, weights: weights?.span, gradient: &$0, on: execution)
            }
        }
        return lossOperation(of: scores, value: scale * Float(value), scale: scale, gradient: gradient)
    }

    /// Scores that are added up together.
    private static let unit = 8192

    private func evaluate(
        _ scores: Span<Float>, _ targets: Span<Float>, _ weights: Span<Float>?, _ scale: Double,
        _ gradient: UnsafeMutablePointer<Float>?, _ execution: Execution
    ) -> Double {
        let count = scores.count
        require(targets.count == count, "\(targets.count) targets for \(count) scores")
        requireCount(weights, count)
        var total = weights == nil ? Double(count) : 0
        for i in 0..<count {
            require(targets[i] >= 0 && targets[i] <= 1, "target \(targets[i]) of score \(i): must be in [0, 1]")
            guard let weights else { continue }
            require(
                weights[i] >= 0 && weights[i].isFinite,
                "weight \(weights[i]) of score \(i): must be finite and 0 or more")
            total += Double(weights[i])
        }
        let factor = reduction.factor(totalWeight: total)
        let units = (count + Self.unit - 1) / Self.unit
        var sums = [Double](repeating: 0, count: units)
        let positiveWeight = positiveWeight
        func run(_ weights: UnsafePointer<Float>?) {
            scores.withUnsafeBufferPointer { scores in
                targets.withUnsafeBufferPointer { targets in
                    sums.withUnsafeMutableBufferPointer { sums in
                        nonisolated(unsafe) let (scores, targets, weights, sums, gradient) = (
                            scores, targets, weights, sums, gradient
                        )
                        parallelFor(units: units, threads: execution.threads) { _, unit in
                            for i in unit * Self.unit..<min(count, (unit + 1) * Self.unit) {
                                let weight = factor * (weights.map { Double($0[i]) } ?? 1)
                                if weight == 0 { continue }
                                let (x, t) = (Double(scores[i]), Double(targets[i]))
                                let (yes, no) = (positiveWeight * t, 1 - t)
                                // exp(-|x|), which cannot overflow.
                                let small = exp(-abs(x))
                                let rest = log1p(small)
                                // A part with the factor 0 is 0, however wrong the score is about it.
                                let loss =
                                    (yes == 0 ? 0 : yes * (max(0, -x) + rest)) + (no == 0 ? 0 : no * (max(0, x) + rest))
                                sums[unit] += weight * (x.isNaN ? x : loss)
                                let (near, far) = (1 / (1 + small), small / (1 + small))
                                let slope = no * (x > 0 ? near : far) - yes * (x > 0 ? far : near)
                                gradient?[i] += Float(scale * weight * (x.isNaN ? x : slope))
                            }
                        }
                    }
                }
            }
        }
        if let weights {
            weights.withUnsafeBufferPointer { run($0.baseAddress) }
        } else {
            run(nil)
        }
        return sums.reduce(0, +)
    }
}

private func requireCount(_ weights: Span<Float>?, _ count: Int) {
    if let weights { require(weights.count == count, "\(weights.count) weights for \(count) scores") }
}
