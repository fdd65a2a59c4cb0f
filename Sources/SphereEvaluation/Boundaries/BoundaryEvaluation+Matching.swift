public import SphereKernels

extension BoundaryEvaluation {
    /// How an image is scored.
    public struct Settings: Equatable, Sendable {
        /// Thresholds of the strengths, ascending: the benchmark's 99 unless given.
        public var thresholds: [Double]
        /// Largest distance of corresponding pixels as a share of the image's diagonal.
        public var tolerance: Double
        /// How pairs are chosen.
        public var rule: BoundaryMatchingRule
        /// Whether the thresholded maps are thinned first.
        public var thins: Bool

        /// The benchmark's `count` thresholds, evenly spaced from 1 / (count + 1) to 1 - 1 / (count + 1).
        ///
        /// They come from the first by equal steps, to the last bit as MATLAB's `linspace` makes them: 85 / 255 is below the
        /// second of five, which is just above 1/3.
        ///
        /// - Precondition: `count >= 2`.
        public static func benchmarkThresholds(_ count: Int) -> [Double] {
            require(count >= 2, "a series of thresholds has 2 or more, found \(count)")
            let first = 1 / Double(count + 1)
            let last = 1 - first
            let step = (last - first) / Double(count - 1)
            return (0..<count).map { $0 == count - 1 ? last : Double($0) * step + first }
        }

        /// The settings of the benchmark, with the exact rule of matching.
        ///
        /// - Precondition: the thresholds ascend and the tolerance is above 0.
        public init(
            thresholds: [Double] = Settings.benchmarkThresholds(99), tolerance: Double = 0.0075,
            rule: BoundaryMatchingRule = .exact, thins: Bool = true
        ) {
            require(
                zip(thresholds, thresholds.dropFirst()).allSatisfy { $0 < $1 } && !thresholds.isEmpty,
                "thresholds must ascend, found \(thresholds)")
            require(tolerance > 0 && tolerance < 1, "the tolerance must be in (0, 1), found \(tolerance)")
            self.thresholds = thresholds
            self.tolerance = tolerance
            self.rule = rule
            self.thins = thins
        }
    }

    /// The counts of one image at every threshold.
    ///
    /// The strengths are taken as they are: apply ``SoftBoundaryMap/suppressingNonMaxima()`` before, where a detector's output
    /// is not thin.
    ///
    /// - Parameters:
    ///   - truth: the map of every annotator.
    ///   - execution: threads; annotators are matched in parallel, and the result does not depend on their number.
    /// - Throws: `EvaluationError.sizesDiffer` if a map of the ground truth has another size.
    /// - Complexity: O(pixels x thresholds) and O(marked pixels x distance^2) for each annotator.
    public static func counts(
        _ prediction: SoftBoundaryMap, truth: [BoundaryMap], settings: Settings = Settings(),
        on execution: Execution = Execution(threads: 1)
    ) throws(EvaluationError) -> [BoundaryCounts] {
        let maps = settings.thresholds.map { threshold in
            let map = prediction.boundaries(from: threshold)
            return settings.thins ? map.thinned() : map
        }
        return try counts(maps, truth: truth, tolerance: settings.tolerance, rule: settings.rule, on: execution)
    }

    /// The counts of one image for maps that are given, by ascending threshold; they are taken as they are.
    ///
    /// The last one is matched first; the pairs of one map are kept for the next as far as its pixels allow.
    ///
    /// - Throws: `EvaluationError.sizesDiffer` if the maps do not all have one size.
    /// - Complexity: as ``counts(_:truth:settings:on:)``.
    public static func counts(
        _ predictions: [BoundaryMap], truth: [BoundaryMap], tolerance: Double = 0.0075,
        rule: BoundaryMatchingRule = .exact, on execution: Execution = Execution(threads: 1)
    ) throws(EvaluationError) -> [BoundaryCounts] {
        guard let first = predictions.first else { return [] }
        for (map, other) in predictions.map({ (first, $0) }) + truth.map({ ($0, first) })
        where map.width != other.width || map.height != other.height {
            throw .sizesDiffer(
                truthWidth: map.width, truthHeight: map.height, predictionWidth: other.width,
                predictionHeight: other.height)
        }
        let diagonal = Double(first.width * first.width + first.height * first.height).squareRoot()
        let found = matched(predictions, truth, distance: tolerance * diagonal, rule, execution)

        let truthPixels = truth.reduce(0) { $0 + $1.count }
        // The last threshold at which a pixel was counted: every pixel counts once, however many annotators have it.
        var counted = [Int32](repeating: -1, count: first.width * first.height)
        return predictions.indices.map { index in
            var counts = BoundaryCounts(truth: truthPixels, prediction: predictions[index].count)
            for annotator in found {
                counts.matchedTruth += annotator[index].count
                for pixel in annotator[index] where counted[Int(pixel)] != Int32(index) {
                    counted[Int(pixel)] = Int32(index)
                    counts.matchedPrediction += 1
                }
            }
            return counts
        }
    }

    /// The predicted pixels with a partner, by annotator and map.
    private static func matched(
        _ predictions: [BoundaryMap], _ truth: [BoundaryMap], distance: Double, _ rule: BoundaryMatchingRule,
        _ execution: Execution
    ) -> [[[Int32]]] {
        var found = [[[Int32]]](repeating: [], count: truth.count)
        found.withUnsafeMutableBufferPointer { buffer in
            // Every unit writes its own element.
            nonisolated(unsafe) let found = buffer.baseAddress
            parallelFor(units: truth.count, threads: execution.threads) { _, annotator in
                var matcher = BoundaryMatcher(truth: truth[annotator], distance: distance)
                var maps = [[Int32]](repeating: [], count: predictions.count)
                for index in predictions.indices.reversed() {
                    switch rule {
                    case .exact: matcher.match(predictions[index])
                    case .published: matcher.matchNearest(predictions[index], distance: distance)
                    }
                    maps[index].reserveCapacity(matcher.pairs)
                    matcher.forEachMatched { maps[index].append(Int32($0)) }
                }
                found![annotator] = maps
            }
        }
        return found
    }
}
