internal import SphereKernels

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

extension Reference {
    /// The softmax cross-entropy of the rows of `scores`, and its gradient.
    ///
    /// The (weighted) sum of `-log (exp x_y / Σ_k exp x_k)`, or its mean. Scores of moderate size: nothing keeps the exponentials from
    /// overflowing.
    public static func softmaxLoss(
        _ scores: ReferenceMatrix, labels: [Int32], ignoredLabel: Int32? = nil, classWeights: [Double]? = nil,
        isMean: Bool = true
    ) -> (value: Double, gradient: ReferenceMatrix) {
        var gradient = ReferenceMatrix(rows: scores.rows, columns: scores.columns)
        let rows = (0..<scores.rows).filter { labels[$0] != ignoredLabel }
        func weight(_ row: Int) -> Double { classWeights?[Int(labels[row])] ?? 1 }
        let total = rows.reduce(0) { $0 + weight($1) }
        let factor = isMean ? (total > 0 ? 1 / total : 0) : 1
        var value = 0.0
        for i in rows {
            let powers = (0..<scores.columns).map { exp(scores[i, $0]) }
            let sum = powers.reduce(0, +)
            value -= factor * weight(i) * log(powers[Int(labels[i])] / sum)
            for k in 0..<scores.columns {
                gradient[i, k] = factor * weight(i) * (powers[k] / sum - (k == Int(labels[i]) ? 1 : 0))
            }
        }
        return (value, gradient)
    }

    /// The logistic cross-entropy, and its gradient.
    ///
    /// The (weighted) sum of `-p t log σ(x) - (1 - t) log(1 - σ(x))`, or its mean. Scores of moderate size, as for ``softmaxLoss(_:labels:ignoredLabel:classWeights:isMean:)``.
    public static func logisticLoss(
        _ scores: [Double], targets: [Double], weights: [Double]? = nil, positiveWeight: Double = 1,
        isMean: Bool = true
    ) -> (value: Double, gradient: [Double]) {
        let total = weights?.reduce(0, +) ?? Double(scores.count)
        let factor = isMean ? (total > 0 ? 1 / total : 0) : 1
        var (value, gradient) = (0.0, [Double](repeating: 0, count: scores.count))
        for (i, (x, t)) in zip(scores, targets).enumerated() {
            let weight = factor * (weights?[i] ?? 1)
            if weight == 0 { continue }
            let probability = 1 / (1 + exp(-x))
            value -= weight * (positiveWeight * t * log(probability) + (1 - t) * log(1 - probability))
            gradient[i] = weight * ((1 - t) * probability - positiveWeight * t * (1 - probability))
        }
        return (value, gradient)
    }
}
