extension COCOEvaluation {
    /// The scores of all images added so far.
    ///
    /// - Complexity: O(n log n + n x thresholds x areas x numbers of detections) for n detections.
    public func result() -> COCOResult {
        let categories = categories.keys.sorted()
        let (thresholds, areas) = (settings.thresholds.count, settings.areas.count)
        var truthCounts: [[Int]] = []
        var hits: [Double] = []
        var (precisions, recalls, curves): ([Double], [Double], [[Double]]) = ([], [], [])
        for category in categories {
            let record = self.categories[category]!
            truthCounts.append(record.truthCounts)
            let sorted = record.detections.sorted {
                if $0.score != $1.score { return $0.score > $1.score }
                return ($0.image, $0.rank) < ($1.image, $1.rank)
            }
            for area in 0..<areas {
                for number in settings.maximumDetections {
                    let isLast = number == settings.maximumDetections.last
                    for threshold in 0..<thresholds {
                        let bit: UInt64 = 1 << UInt64(area * thresholds + threshold)
                        let truth = record.truthCounts[area]
                        findHits(&hits, sorted, bit, Int32(clamping: number), truth: truth)
                        let keepsCurve = area == 0 && isLast
                        var (sum, curve) = (0.0, [Double]())
                        forEachPrecision(hits, truth: truth) { precision in
                            sum += precision
                            if keepsCurve { curve.append(precision) }
                        }
                        precisions.append(sum / Double(settings.recallPoints.count))
                        recalls.append(truth == 0 ? 0 : Double(hits.count) / Double(truth))
                        if keepsCurve {
                            curve += [Double](repeating: 0, count: settings.recallPoints.count - curve.count)
                            curves.append(curve)
                        }
                    }
                }
            }
        }
        return COCOResult(
            settings: settings, categories: categories, truthCounts: truthCounts, precisions: precisions,
            recalls: recalls, curves: curves)
    }

    /// The best precision from every hit on; none without objects.
    ///
    /// Precision rises only where something is found, so that the largest one from any place on is that of a hit.
    private func findHits(
        _ precisions: inout [Double], _ detections: [Detection], _ bit: UInt64, _ number: Int32, truth: Int
    ) {
        precisions.removeAll(keepingCapacity: true)
        if truth == 0 { return }
        var misses = 0
        for detection in detections where detection.rank < number && detection.ignored & bit == 0 {
            if detection.matched & bit != 0 {
                let hits = Double(precisions.count + 1)
                precisions.append(hits / (Double(misses) + hits + Double.ulpOfOne))
            } else {
                misses += 1
            }
        }
        for place in precisions.indices.dropLast().reversed() {
            precisions[place] = max(precisions[place], precisions[place + 1])
        }
    }

    /// Calls `body` with the precision at every recall point that is reached.
    private func forEachPrecision(_ hits: [Double], truth: Int, _ body: (Double) -> Void) {
        if hits.isEmpty { return }
        var hit = 0
        for point in settings.recallPoints {
            // Recall 0 is reached by the first detection, hit or not; the best precision from there on is that of a hit.
            while hit < hits.count && Double(hit + 1) / Double(truth) < point { hit += 1 }
            if hit == hits.count { return }
            body(hits[hit])
        }
    }
}
