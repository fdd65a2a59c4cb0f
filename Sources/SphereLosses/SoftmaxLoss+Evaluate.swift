public import SphereKernels

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

extension SoftmaxLoss {
    /// The loss of `scores` (N x K).
    ///
    /// No pixels, or none that is not ignored: 0. A score of -infinity is a probability of 0, and infinite loss where it is that of the
    /// label; NaN or infinity among the scores of a pixel, or nothing but -infinity, makes the loss NaN.
    ///
    /// - Precondition: N labels, each the ignored one or in 0..<K; K class weights, if given.
    /// - Complexity: O(N K). The same bits for any number of threads.
    public func evaluate(_ scores: MatrixView, labels: Span<Int32>, on execution: Execution = .default) -> Double {
        evaluate(scores, labels, 1, nil, 0, execution)
    }

    /// The loss as ``evaluate(_:labels:on:)``, and its gradient **added** to `gradient`: `gradient[i] += scale ∂L/∂x_i`.
    ///
    /// Rows of ignored pixels are left as they are. A pixel whose loss is NaN has a gradient of NaN.
    ///
    /// - Precondition: as above; `gradient` is N x K.
    public func evaluate(
        _ scores: MatrixView, labels: Span<Int32>, scale: Float = 1, gradient: inout MutableMatrixView,
        on execution: Execution = .default
    ) -> Double {
        require(
            gradient.rows == scores.rows && gradient.columns == scores.columns,
            "a gradient of \(scores.rows) x \(scores.columns) into \(gradient.rows) x \(gradient.columns)")
        let stride = gradient.rowStride
        return gradient.elements.withUnsafeMutableBufferPointer {
            evaluate(scores, labels, Double(scale), $0.baseAddress, stride, execution)
        }
    }

    /// Rows that are added up together.
    private static let unit = 1024

    private func evaluate(
        _ scores: MatrixView, _ labels: Span<Int32>, _ scale: Double, _ gradient: UnsafeMutablePointer<Float>?,
        _ gradientStride: Int, _ execution: Execution
    ) -> Double {
        let (rows, classes, stride) = (scores.rows, scores.columns, scores.rowStride)
        require(labels.count == rows, "\(labels.count) labels for \(rows) pixels")
        if let classWeights {
            require(classWeights.count == classes, "\(classWeights.count) weights for \(classes) classes")
        }
        var totalWeight = 0.0
        for i in 0..<rows where labels[i] != ignoredLabel {
            require(
                labels[i] >= 0 && labels[i] < classes,
                "label \(labels[i]) of pixel \(i): must be in 0..<\(classes)\(ignoredLabel.map { " or \($0)" } ?? "")")
            totalWeight += Double(classWeights?[Int(labels[i])] ?? 1)
        }
        let factor = reduction.factor(totalWeight: totalWeight)
        let units = (rows + Self.unit - 1) / Self.unit
        var sums = [Double](repeating: 0, count: units)
        scores.elements.withUnsafeBufferPointer { scores in
            labels.withUnsafeBufferPointer { labels in
                sums.withUnsafeMutableBufferPointer { sums in
                    nonisolated(unsafe) let (scores, labels, sums, gradient) = (scores, labels, sums, gradient)
                    parallelFor(units: units, threads: execution.threads) { _, unit in
                        for i in unit * Self.unit..<min(rows, (unit + 1) * Self.unit) where labels[i] != ignoredLabel {
                            let label = Int(labels[i])
                            let weight = factor * Double(classWeights?[label] ?? 1)
                            sums[unit] +=
                                weight
                                * Self.loss(
                                    scores.baseAddress! + i * stride, classes, label, scale * weight,
                                    gradient.map { $0 + i * gradientStride })
                        }
                    }
                }
            }
        }
        return sums.reduce(0, +)
    }

    /// The loss of one pixel, and `factor` times its gradient added to `gradient`.
    private static func loss(
        _ scores: UnsafePointer<Float>, _ classes: Int, _ label: Int, _ factor: Double,
        _ gradient: UnsafeMutablePointer<Float>?
    ) -> Double {
        var largest = 0
        for k in 1..<max(1, classes) where scores[k] > scores[largest] || scores[k].isNaN { largest = k }
        let top = Double(scores[largest])
        // Without the largest, which is 1: log1p keeps the digits of a sure pixel's small loss.
        var others = 0.0
        for k in 0..<classes where k != largest { others += exp(Double(scores[k]) - top) }
        let logarithm = log1p(others) + (top - top)
        if let gradient {
            for k in 0..<classes {
                let share = (k == largest ? 1 : exp(Double(scores[k]) - top)) / (1 + others)
                let lack = k == largest && k == label ? -others / (1 + others) : share - (k == label ? 1 : 0)
                gradient[k] += Float(factor * (lack + (top - top)))
            }
        }
        return logarithm + (top - Double(scores[label]))
    }
}
