#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

extension JointHistogram {
    /// Entropy of the regions of the ground truth, 0 for one region; undefined without pixels.
    ///
    /// - Complexity: O(labels).
    public func truthEntropy(_ unit: EntropyUnit = .nats) -> MetricValue { entropy(truthSizes, unit) }

    /// Entropy of the regions of the prediction, 0 for one region; undefined without pixels.
    ///
    /// - Complexity: O(labels).
    public func predictedEntropy(_ unit: EntropyUnit = .nats) -> MetricValue { entropy(predictedSizes, unit) }

    private func entropy(_ sizes: [Int], _ unit: EntropyUnit) -> MetricValue {
        total == 0 ? .undefined(.noPixels) : .defined(Self.entropy(sizes, total) / unit.nats)
    }

    /// Entropy in nats: `log n - sum s log s / n`, in the form that does not cancel.
    static func entropy(_ sizes: [Int], _ total: Int) -> Double {
        if sizes.count <= 1 { return 0 }
        let n = Double(total)
        return sizes.reduce(0.0) { $0 + Double($1) / n * log(n / Double($1)) }
    }

    /// Mutual information, `sum p_ab log(p_ab / (p_a p_b))`, 0 or more; undefined without pixels.
    ///
    /// - Complexity: O(cells).
    public func mutualInformation(_ unit: EntropyUnit = .nats) -> MetricValue {
        total == 0 ? .undefined(.noPixels) : .defined(mutualInformationInNats / unit.nats)
    }

    var mutualInformationInNats: Double {
        if truthLabels.count <= 1 || predictedLabels.count <= 1 { return 0 }
        let n = Double(total)
        var sum = 0.0
        for cell in cells {
            let expected = Double(truthSizes[cell.row]) * Double(predictedSizes[cell.column]) / n
            sum += Double(cell.count) / n * log(Double(cell.count) / expected)
        }
        return max(0, sum)
    }

    /// Normalised mutual information: mutual information over a mean of the two entropies, in [0, 1].
    ///
    /// 1 where both maps are one region, 0 where one of them is; undefined without pixels. (Strehl and Ghosh, JMLR 2002,
    /// with the geometric mean.)
    ///
    /// - Complexity: O(cells).
    public func normalizedMutualInformation(_ mean: InformationMean = .arithmetic) -> MetricValue {
        if total == 0 { return .undefined(.noPixels) }
        if truthLabels.count == 1 && predictedLabels.count == 1 { return .defined(1) }
        let information = mutualInformationInNats
        if information == 0 { return .defined(0) }
        let scale = mean(Self.entropy(truthSizes, total), Self.entropy(predictedSizes, total))
        return .defined(min(1, information / scale))
    }

    /// Homogeneity: mutual information over the entropy of the ground truth; 1 if every predicted region lies in one
    /// region of the ground truth.
    ///
    /// Undefined without pixels.
    ///
    /// - Complexity: O(cells).
    public var homogeneity: MetricValue { share(ofEntropyOf: truthSizes) }

    /// Completeness: mutual information over the entropy of the prediction; 1 if every region of the ground truth lies
    /// in one predicted region.
    ///
    /// Undefined without pixels.
    ///
    /// - Complexity: O(cells).
    public var completeness: MetricValue { share(ofEntropyOf: predictedSizes) }

    private func share(ofEntropyOf sizes: [Int]) -> MetricValue {
        if total == 0 { return .undefined(.noPixels) }
        let entropy = Self.entropy(sizes, total)
        return .defined(entropy == 0 ? 1 : min(1, mutualInformationInNats / entropy))
    }

    /// V-measure: `(1 + beta) h c / (beta h + c)` of homogeneity h and completeness c, 0 where both are 0 (Rosenberg and
    /// Hirschberg, EMNLP 2007).
    ///
    /// - Parameter beta: weight of completeness, above 0; 1 gives the normalised mutual information with the arithmetic
    ///   mean.
    /// - Complexity: O(cells).
    public func vMeasure(beta: Double = 1) -> MetricValue {
        guard let h = homogeneity.value, let c = completeness.value else { return homogeneity }
        return .defined(h + c == 0 ? 0 : (1 + beta) * h * c / (beta * h + c))
    }

    /// H(truth | prediction), what merging regions loses: the share of the variation of information that comes from
    /// under-segmentation.
    ///
    /// Undefined without pixels.
    ///
    /// - Complexity: O(cells).
    public func truthEntropyGivenPrediction(_ unit: EntropyUnit = .bits) -> MetricValue {
        conditionalEntropy(unit) { predictedSizes[$0.column] }
    }

    /// H(prediction | truth), what splitting regions adds: the share of the variation of information that comes from
    /// over-segmentation.
    ///
    /// Undefined without pixels.
    ///
    /// - Complexity: O(cells).
    public func predictedEntropyGivenTruth(_ unit: EntropyUnit = .bits) -> MetricValue {
        conditionalEntropy(unit) { truthSizes[$0.row] }
    }

    private func conditionalEntropy(_ unit: EntropyUnit, _ conditionSize: (Cell) -> Int) -> MetricValue {
        if total == 0 { return .undefined(.noPixels) }
        let n = Double(total)
        // log 1 is exactly 0, so that undivided regions contribute nothing at all.
        let sum = cells.reduce(0.0) { sum, cell in
            sum + Double(cell.count) / n * log(Double(conditionSize(cell)) / Double(cell.count))
        }
        return .defined(sum / unit.nats)
    }

    /// Variation of information: H(truth | prediction) + H(prediction | truth), 0 for equal partitions (Meila, Journal
    /// of Multivariate Analysis 2007).
    ///
    /// Undefined without pixels.
    ///
    /// - Complexity: O(cells).
    public func variationOfInformation(_ unit: EntropyUnit = .bits) -> MetricValue {
        guard let merged = truthEntropyGivenPrediction(unit).value, let split = predictedEntropyGivenTruth(unit).value
        else { return .undefined(.noPixels) }
        return .defined(merged + split)
    }
}
