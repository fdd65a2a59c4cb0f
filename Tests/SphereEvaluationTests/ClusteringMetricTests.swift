import Foundation
import SphereData
import SphereEvaluation
import SphereReference
import Testing

/// Clustering metrics by their definitions, pixel by pixel and pair by pair.
private struct NaiveClustering {
    let a: [Int32]
    let b: [Int32]

    var pairs: (both: Int, truthOnly: Int, predictionOnly: Int, neither: Int) {
        var result = (both: 0, truthOnly: 0, predictionOnly: 0, neither: 0)
        for i in a.indices {
            for j in 0..<i {
                switch (a[i] == a[j], b[i] == b[j]) {
                case (true, true): result.both += 1
                case (true, false): result.truthOnly += 1
                case (false, true): result.predictionOnly += 1
                case (false, false): result.neither += 1
                }
            }
        }
        return result
    }

    func probability(_ isCounted: (Int) -> Bool) -> Double {
        Double(a.indices.filter(isCounted).count) / Double(a.count)
    }

    var mutualInformation: Double {
        var sum = 0.0
        for x in Set(a) {
            for y in Set(b) {
                let joint = probability { a[$0] == x && b[$0] == y }
                if joint > 0 { sum += joint * log(joint / (probability { a[$0] == x } * probability { b[$0] == y })) }
            }
        }
        return sum
    }

    func entropy(_ labels: [Int32]) -> Double {
        Set(labels).reduce(0.0) { sum, label in
            let p = probability { labels[$0] == label }
            return sum - p * log(p)
        }
    }

    /// The mean mutual information over all orders of `b`: what the expectation of AMI means.
    func meanInformationOfPermutations() -> Double {
        var (sum, count) = (0.0, 0)
        func permute(_ left: [Int32], _ chosen: [Int32]) {
            if left.isEmpty {
                sum += NaiveClustering(a: a, b: chosen).mutualInformation
                count += 1
            }
            for i in left.indices {
                var rest = left
                let next = rest.remove(at: i)
                permute(rest, chosen + [next])
            }
        }
        permute(b, [])
        return sum / Double(count)
    }

    func objects(_ labels: [Int32]) -> [Set<Int>] {
        Set(labels).subtracting([0]).sorted().map { label in Set(labels.indices.filter { labels[$0] == label }) }
    }

    func bestDice(_ from: [Int32], _ to: [Int32]) -> Double {
        let (xs, ys) = (objects(from), objects(to))
        var sum = 0.0
        for x in xs {
            var best = 0.0
            for y in ys { best = max(best, 2 * Double(x.intersection(y).count) / Double(x.count + y.count)) }
            sum += best
        }
        return sum / Double(xs.count)
    }

    func bestIntersectionOverUnion() -> [(size: Int, best: Double)] {
        let ys = objects(b)
        return objects(a).map { x in
            var best = 0.0
            for y in ys { best = max(best, Double(x.intersection(y).count) / Double(x.union(y).count)) }
            return (size: x.count, best: best)
        }
    }
}

@Suite("Clustering metrics") struct ClusteringMetricTests {
    @Test("equal the values of scikit-learn and scikit-image", .enabled(if: Golden.isHere, "needs the shared data"))
    func golden() throws {
        let all = try Golden.histogram()
        let foreground = all.removing(truthLabels: [0])
        let expectations: [(MetricValue, String)] = [
            (all.adjustedRandIndex, "ari_all_pixels"), (foreground.adjustedRandIndex, "ari_foreground_gt_only"),
            (all.randIndex, "rand_index_all"), (all.normalizedMutualInformation(), "nmi_arithmetic_all"),
            (all.normalizedMutualInformation(.geometric), "nmi_geometric_all"),
            (all.normalizedMutualInformation(.minimum), "nmi_min_all"),
            (all.normalizedMutualInformation(.maximum), "nmi_max_all"),
            (all.mutualInformation(.nats), "mutual_info_nats_all"), (all.homogeneity, "homogeneity_all"),
            (all.completeness, "completeness_all"), (all.vMeasure(), "v_measure_all"),
            (all.vMeasure(beta: 0.5), "v_measure_beta0.5_all"), (all.fowlkesMallowsIndex, "fowlkes_mallows_all"),
            (foreground.normalizedMutualInformation(), "nmi_arithmetic_fg"), (foreground.vMeasure(), "v_measure_fg"),
            (all.adjustedMutualInformation(), "ami_arithmetic_all"),
        ]
        for (value, key) in expectations {
            #expect(agrees(value, try Golden.number(key)), "\(key): \(value)")
        }
        #expect(agrees(foreground.adaptedRandError, try Golden.number("skimage_adapted_rand_ignore0", "error")))
        // scikit-image's names of the two are exchanged.
        #expect(agrees(foreground.pairRecall, try Golden.number("skimage_adapted_rand_ignore0", "precision")))
        #expect(agrees(foreground.pairPrecision, try Golden.number("skimage_adapted_rand_ignore0", "recall")))
        for (histogram, key) in [(all, "skimage_voi_bits_no_ignore"), (foreground, "skimage_voi_bits_ignore0")] {
            let (split, merged) = (histogram.predictedEntropyGivenTruth(), histogram.truthEntropyGivenPrediction())
            #expect(agrees(split, try Golden.number(key, "first")))
            #expect(agrees(merged, try Golden.number(key, "second")))
            let sum = try Golden.number(key, "first") + Golden.number(key, "second")
            #expect(agrees(histogram.variationOfInformation(.bits), sum))
            #expect(agrees(histogram.variationOfInformation(.nats), sum * log(2)))
        }
    }

    @Test(
        "equal the dice, covering and object scores of the golden pair",
        .enabled(if: Golden.isHere, "needs the shared data"))
    func goldenRegions() throws {
        let all = try Golden.histogram()
        #expect(agrees(all.symmetricBestDice(), try Golden.number("cvppp", "symmetric_best_dice")))
        #expect(agrees(all.bestDice(), try Golden.number("cvppp", "best_dice_gt_to_pred")))
        #expect(agrees(all.transposed.bestDice(), try Golden.number("cvppp", "best_dice_pred_to_gt")))
        #expect(agrees(all.foregroundDice(), try Golden.number("cvppp", "fgbg_dice")))
        #expect(all.differenceInCount() == -20)
        #expect(agrees(all.covering(background: 0), try Golden.number("coverage", "weighted_cov_gt")))
        #expect(agrees(all.meanBestIntersectionOverUnion(), try Golden.number("coverage", "unweighted_cov_gt")))
        for (i, threshold) in JointHistogram.objectThresholds.enumerated() {
            let key = String(format: "%.2f", 0.5 + 0.05 * Double(i))
            #expect(
                agrees(all.objectPrecision(above: threshold), try Golden.number("dsb_precision_at_iou", key)), "\(key)")
        }
    }

    /// Rounding of about a hundred additions and logarithms of numbers below 10.
    private static let rounding = 1e-12

    @Test("are what their definitions say, on small random maps")
    func naive() {
        var generator = SeededGenerator(seed: 6)
        for trial in 0..<200 {
            let count = Int.random(in: 2...40, using: &generator)
            let (la, lb) = (Int32.random(in: 0...5, using: &generator), Int32.random(in: 0...5, using: &generator))
            let a = (0..<count).map { _ in Int32.random(in: 0...la, using: &generator) * 3 }
            let b = (0..<count).map { i in
                generator.uniform() < 0.4 ? a[i] : Int32.random(in: 0...lb, using: &generator) - 1
            }
            let histogram = JointHistogram(truth: a.span, prediction: b.span)
            let naive = NaiveClustering(a: a, b: b)
            let pairs = naive.pairs
            #expect(
                histogram.pairCounts.inBoth == pairs.both && histogram.pairCounts.inTruthOnly == pairs.truthOnly
                    && histogram.pairCounts.inPredictionOnly == pairs.predictionOnly
                    && histogram.pairCounts.inNeither == pairs.neither, "trial \(trial), seed 6")
            let (ha, hb) = (naive.entropy(a), naive.entropy(b))
            let information = naive.mutualInformation
            func near(_ value: MetricValue, _ expected: Double, _ name: String) {
                #expect(agrees(value, expected, tolerance: Self.rounding), "\(name), trial \(trial), seed 6")
            }
            near(histogram.mutualInformation(), information, "information")
            near(histogram.truthEntropy(), ha, "entropy")
            near(histogram.predictedEntropy(.bits), hb / log(2), "entropy in bits")
            near(histogram.truthEntropyGivenPrediction(.nats), ha - information, "conditional entropy")
            near(histogram.variationOfInformation(.nats), ha + hb - 2 * information, "variation")
            if ha > 0 && hb > 0 {
                near(histogram.normalizedMutualInformation(), 2 * information / (ha + hb), "nmi")
                near(histogram.vMeasure(), 2 * information / (ha + hb), "v")
            }
            if !naive.objects(a).isEmpty && !naive.objects(b).isEmpty {
                near(histogram.bestDice(), naive.bestDice(a, b), "dice")
                near(
                    histogram.symmetricBestDice(), min(naive.bestDice(a, b), naive.bestDice(b, a)), "symmetric dice")
                let best = naive.bestIntersectionOverUnion()
                var (sum, weighted, size) = (0.0, 0.0, 0)
                for region in best {
                    sum += region.best
                    weighted += Double(region.size) * region.best
                    size += region.size
                }
                near(histogram.meanBestIntersectionOverUnion(), sum / Double(best.count), "mean best IoU")
                near(histogram.covering(background: 0), weighted / Double(size), "covering")
                var matched = 0
                for x in naive.objects(a) {
                    for y in naive.objects(b) where Double(x.intersection(y).count) / Double(x.union(y).count) > 0.7 {
                        matched += 1
                    }
                }
                let objects = naive.objects(a).count + naive.objects(b).count
                near(
                    histogram.objectPrecision(above: 0.7), Double(matched) / Double(objects - matched),
                    "object precision")
            }
        }
    }

    @Test("AMI takes the mean over all orders of the labels for what is expected")
    func expectedInformation() {
        let cases: [([Int32], [Int32])] = [
            ([0, 0, 1, 1, 2, 2], [0, 0, 0, 1, 1, 1]), ([0, 0, 0, 0, 1, 2], [5, 5, 1, 1, 1, 1]),
            ([0, 1, 2, 3, 3, 3], [0, 0, 1, 2, 2, 9]),
        ]
        for (a, b) in cases {
            let naive = NaiveClustering(a: a, b: b)
            let expected = naive.meanInformationOfPermutations()
            let ami = (naive.mutualInformation - expected) / ((naive.entropy(a) + naive.entropy(b)) / 2 - expected)
            let value = JointHistogram(truth: a.span, prediction: b.span).adjustedMutualInformation()
            #expect(agrees(value, ami, tolerance: Self.rounding), "\(a) \(b): \(value), expected \(ami)")
        }
    }

    @Test("do not depend on what the labels are called or where the pixels lie")
    func invariance() {
        var generator = SeededGenerator(seed: 7)
        let a = (0..<300).map { _ in Int32.random(in: 1...7, using: &generator) }
        let b = a.map { label in generator.uniform() < 0.7 ? label : Int32.random(in: 1...9, using: &generator) }
        let scores = ClusteringScores(JointHistogram(truth: a.span, prediction: b.span))
        // Ascending names keep the order of the sums, so that even the last bits agree.
        let order = Array(a.indices).shuffled(using: &generator)
        let (c, d) = (order.map { a[$0] * 1000 }, order.map { b[$0] * 77 + 3 })
        #expect(ClusteringScores(JointHistogram(truth: c.span, prediction: d.span)) == scores)
    }

    @Test("of equal maps are perfect, also for one region and for regions of one pixel")
    func perfect() {
        for labels: [Int32] in [[1, 1, 1, 1], [1, 2, 3, 4], [0, 0, 5, 5, 9]] {
            let histogram = JointHistogram(truth: labels.span, prediction: labels.span)
            for metric in ClusteringScores.Metric.allCases {
                let expected: Double =
                    switch metric {
                    case .variationOfInformationBits, .variationOfInformationNats, .overSegmentationBits,
                        .underSegmentationBits, .adaptedRandError, .absoluteDifferenceInCount:
                        0
                    default: 1
                    }
                let value = ClusteringScores(histogram)[metric]
                if let value = value.value { #expect(abs(value - expected) < 1e-15, "\(labels) \(metric)") }
            }
            #expect(histogram.adjustedRandIndex == .defined(1) && histogram.adjustedMutualInformation() == .defined(1))
            #expect(histogram.normalizedMutualInformation() == .defined(1) || labels.count > 1)
        }
    }

    @Test("say why they have no value")
    func undefined() {
        let empty = JointHistogram(truth: [Int32]().span, prediction: [Int32]().span)
        for metric in ClusteringScores.Metric.allCases where metric != .absoluteDifferenceInCount {
            #expect(ClusteringScores(empty)[metric].reason != nil, "\(metric)")
        }
        let background: [Int32] = [0, 0, 0]
        let none = JointHistogram(truth: background.span, prediction: background.span)
        #expect(none.symmetricBestDice() == .undefined(.noObjects) && none.covering() == .defined(1))
        #expect(none.objectAveragePrecision() == .undefined(.noObjects))
        #expect(ClusteringScores(none)[.foregroundAdjustedRandIndex] == .undefined(.noPixels))
        let object: [Int32] = [0, 4, 4]
        let extra = JointHistogram(truth: background.span, prediction: object.span)
        #expect(extra.symmetricBestDice() == .defined(0) && extra.bestDice() == .defined(0))
        #expect(extra.objectAveragePrecision() == .defined(0))
        #expect(extra.meanBestIntersectionOverUnion() == .undefined(.noTruth))
        let single: [Int32] = [3]
        #expect(JointHistogram(truth: single.span, prediction: single.span).randIndex == .undefined(.noPixelPairs))
        let apart: [Int32] = [1, 2, 3]
        let singles = JointHistogram(truth: apart.span, prediction: apart.span)
        #expect(singles.fowlkesMallowsIndex == .undefined(.noTruthPairs))
        #expect(singles.pairPrecision == .undefined(.noPredictedPairs))
    }

    @Test("stay exact where products of pairs leave 64 bits")
    func largeCounts() {
        // Two million pixels in two halves against quarters: pair counts of 1e12, products of 1e24.
        let count = 1 << 21
        let a = (0..<count).map { Int32($0 / (count / 2)) }
        let b = (0..<count).map { Int32($0 / (count / 4)) }
        let histogram = JointHistogram(truth: a.span, prediction: b.span)
        let (n, half, quarter) = (Double(count), Double(count / 2), Double(count / 4))
        func pairs(_ n: Double) -> Double { n * (n - 1) / 2 }
        let (together, truth, prediction) = (4 * pairs(quarter), 2 * pairs(half), 4 * pairs(quarter))
        let expected = truth * prediction / pairs(n)
        let ari = (together - expected) / ((truth + prediction) / 2 - expected)
        #expect(agrees(histogram.adjustedRandIndex, ari, tolerance: 1e-14))
    }

    @Test("accumulate over images in any order, undefined images being counted apart")
    func accumulation() {
        var generator = SeededGenerator(seed: 8)
        let scores = (0..<12).map { i in
            let truth = generator.rectangles(width: 20, height: 15, count: i == 3 ? 0 : 6, labels: 1...9)
            let prediction = i == 3 ? truth : generator.disturbed(truth, share: 0.2, labels: 0...9)
            return ClusteringScores(JointHistogram(truth: truth.labels.span, prediction: prediction.labels.span))
        }
        var inOrder = ClusteringAccumulator()
        for score in scores { inOrder.add(score) }
        var (first, second) = (ClusteringAccumulator(), ClusteringAccumulator())
        for score in scores[7...].reversed() { first.add(score) }
        for score in scores[..<7].shuffled(using: &generator) { second.add(score) }
        first.merge(second)
        #expect(first == inOrder && inOrder.imageCount == 12)
        let dice = inOrder[.symmetricBestDice]
        #expect(dice.definedCount == 11 && dice.undefinedCounts == [.noObjects: 1])
        let mean = scores.compactMap { $0[.symmetricBestDice].value }.reduce(0, +) / 11
        #expect(agrees(dice.mean, mean, tolerance: 1e-15))
    }
}
