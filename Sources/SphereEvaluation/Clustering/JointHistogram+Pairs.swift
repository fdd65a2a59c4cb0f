extension JointHistogram {
    /// Pairs of pixels by whether they share a region.
    ///
    /// - Complexity: O(cells).
    public var pairCounts: PairCounts { PairCounts(self) }

    /// Rand index: the share of pairs of pixels on which both agree, in [0, 1] (Rand, JASA 1971).
    ///
    /// Undefined below two pixels.
    ///
    /// - Complexity: O(cells).
    public var randIndex: MetricValue {
        let pairs = pairCounts
        let agreeing = Double(pairs.inBoth) + Double(pairs.inNeither)
        return .ratio(
            agreeing, agreeing + Double(pairs.inTruthOnly) + Double(pairs.inPredictionOnly), ifZero: .noPixelPairs)
    }

    /// Adjusted Rand index: the Rand index relative to its expectation for random labels of the same sizes, in [-0.5, 1]
    /// (Hubert and Arabie, Journal of Classification 1985).
    ///
    /// `2 (tp tn - fn fp) / ((tp + fn) (fn + tn) + (tp + fp) (fp + tn))` of ``pairCounts``. 1 where no pair disagrees, also
    /// for one region or only regions of one pixel in both; undefined without pixels. What counts as a region decides
    /// more than the method: every label is one here, the background too. The foreground index of the literature is
    /// that of `removing(truthLabels: [0])`, in which predicted background is an ordinary region.
    ///
    /// - Complexity: O(cells).
    public var adjustedRandIndex: MetricValue {
        if total == 0 { return .undefined(.noPixels) }
        let pairs = pairCounts
        if pairs.inTruthOnly == 0 && pairs.inPredictionOnly == 0 { return .defined(1) }
        // Products reach 1e25 for a map of two million pixels: beyond integers, exact to the last bits in double.
        let (tp, tn) = (Double(pairs.inBoth), Double(pairs.inNeither))
        let (fn, fp) = (Double(pairs.inTruthOnly), Double(pairs.inPredictionOnly))
        return .defined(2 * (tp * tn - fn * fp) / ((tp + fn) * (fn + tn) + (tp + fp) * (fp + tn)))
    }

    /// Share of the pairs together in the prediction that are together in the ground truth.
    public var pairPrecision: MetricValue {
        let pairs = pairCounts
        return .ratio(
            Double(pairs.inBoth), Double(pairs.inBoth) + Double(pairs.inPredictionOnly), ifZero: .noPredictedPairs)
    }

    /// Share of the pairs together in the ground truth that are together in the prediction.
    public var pairRecall: MetricValue {
        let pairs = pairCounts
        return .ratio(Double(pairs.inBoth), Double(pairs.inBoth) + Double(pairs.inTruthOnly), ifZero: .noTruthPairs)
    }

    /// Adapted Rand error of the CREMI and SNEMI3D challenges: 1 - F of pair precision and recall (Arganda-Carreras et
    /// al., Frontiers in Neuroanatomy 2015).
    ///
    /// The challenges leave out the pixels whose ground truth is 0: `removing(truthLabels: [0])`. Undefined where no two
    /// pixels share a region in either map. (scikit-image 0.26 names the two shares the other way round.)
    ///
    /// - Complexity: O(cells).
    public var adaptedRandError: MetricValue {
        let pairs = pairCounts
        let disagreeing = Double(pairs.inTruthOnly) + Double(pairs.inPredictionOnly)
        return .ratio(disagreeing, 2 * Double(pairs.inBoth) + disagreeing, ifZero: .noTruthPairs)
    }

    /// Fowlkes-Mallows index: the geometric mean of pair precision and recall (Fowlkes and Mallows, JASA 1983).
    ///
    /// 0 where no pair is together in both; undefined where no two pixels share a region in one of the maps and the other
    /// one has no pair either.
    ///
    /// - Complexity: O(cells).
    public var fowlkesMallowsIndex: MetricValue {
        let pairs = pairCounts
        if pairs.inBoth == 0 {
            return pairs.inTruthOnly == 0 && pairs.inPredictionOnly == 0 ? .undefined(.noTruthPairs) : .defined(0)
        }
        let both = Double(pairs.inBoth)
        let precision = both / (both + Double(pairs.inPredictionOnly))
        let recall = both / (both + Double(pairs.inTruthOnly))
        return .defined(precision.squareRoot() * recall.squareRoot())
    }
}
