extension COCOEvaluation {
    /// The scores of all images added so far.
    ///
    /// - Complexity: O(n log n + n x thresholds x areas x numbers of detections) for n detections.
    public func result() -> COCOResult {
        let categories = categories.keys.sorted()
        let (thresholds, areas) = (settings.thresholds.count, settings.areas.count)
        var truthCounts: [[Int]] = []
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
                        let curve = curve(sorted, bit, Int32(clamping: number), truth: record.truthCounts[area])
                        precisions.append(
                            curve.precisions.reduce(0.0, +) / Double(curve.precisions.count))
                        recalls.append(curve.recall)
                        if area == 0 && isLast { curves.append(curve.precisions) }
                    }
                }
            }
        }
        return COCOResult(
            settings: settings, categories: categories, truthCounts: truthCounts, precisions: precisions,
            recalls: recalls, curves: curves)
    }

    /// Precision at the recall points and the last recall.
    ///
    /// Precision rises only where something is found, so that the largest one from any place on is that of a hit.
    private func curve(
        _ detections: [Detection], _ bit: UInt64, _ number: Int32, truth: Int
    ) -> (precisions: [Double], recall: Double) {
        var precisions = [Double](repeating: 0, count: settings.recallPoints.count)
        if truth == 0 { return (precisions, 0) }
        var (hits, misses) = (0, 0)
        var atHit: [Double] = []
        for detection in detections where detection.rank < number && detection.ignored & bit == 0 {
            if detection.matched & bit != 0 {
                hits += 1
                atHit.append(Double(hits) / (Double(misses) + Double(hits) + Double.ulpOfOne))
            } else {
                misses += 1
            }
        }
        for place in atHit.indices.dropLast().reversed() { atHit[place] = max(atHit[place], atHit[place + 1]) }
        var hit = 0
        for (place, point) in settings.recallPoints.enumerated() {
            // Recall 0 is reached by the first detection, hit or not; the best precision from there on is that of a hit.
            while hit < atHit.count && Double(hit + 1) / Double(truth) < point { hit += 1 }
            if hit == atHit.count { break }
            precisions[place] = atHit[hit]
        }
        return (precisions, Double(hits) / Double(truth))
    }
}
