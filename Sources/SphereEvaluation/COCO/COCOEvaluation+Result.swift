extension COCOEvaluation {
    /// The scores of all images added so far.
    ///
    /// - Parameter keepsCurves: whether ``COCOResult/precisionCurve(threshold:category:)`` will be asked: a curve of every class
    ///   and threshold, which scores of single images do not need.
    /// - Complexity: O(n log n + n x thresholds x areas x numbers of detections) for n detections.
    public func result(keepsCurves: Bool = true) -> COCOResult {
        let categories = categories.keys.sorted()
        var tables = ResultTables(settings: settings, categories: categories.count, keepsCurves: keepsCurves)
        for category in categories { tables.add(self.categories[category]!) }
        return COCOResult(
            settings: settings, categories: categories, truthCounts: tables.truthCounts, precisions: tables.precisions,
            recalls: tables.recalls, curves: keepsCurves ? tables.curves : nil)
    }
}

/// The tables of a ``COCOResult``, filled class by class.
private struct ResultTables {
    let settings: COCOEvaluation.Settings
    private(set) var truthCounts: [Int] = []
    private(set) var precisions: [Double] = []
    private(set) var recalls: [Double] = []
    private(set) var curves: [Double] = []
    private let keepsCurves: Bool
    /// Bits of the detections that are let in, best score first.
    private var bits: [(matched: UInt64, ignored: UInt64)] = []
    /// The best precision from every hit on.
    private var hits: [Double] = []
    /// How many recall points the first 0, 1 and so on hits reach.
    private var reached: [Int] = []

    init(settings: COCOEvaluation.Settings, categories: Int, keepsCurves: Bool) {
        self.settings = settings
        self.keepsCurves = keepsCurves
        let rows = categories * settings.areas.count * settings.maximumDetections.count * settings.thresholds.count
        precisions.reserveCapacity(rows)
        recalls.reserveCapacity(rows)
        if keepsCurves {
            curves.reserveCapacity(categories * settings.thresholds.count * settings.recallPoints.count)
        }
    }

    mutating func add(_ record: COCOEvaluation.CategoryRecord) {
        // An evaluation of fewer areas may have the records of more.
        truthCounts += record.truthCounts.prefix(settings.areas.count)
        let sorted = record.detections.sorted {
            if $0.score != $1.score { return $0.score > $1.score }
            return ($0.image, $0.rank) < ($1.image, $1.rank)
        }
        let numbers = settings.maximumDetections
        let start = precisions.count
        let (thresholds, areas) = (settings.thresholds.count, settings.areas.count)
        let rows = areas * numbers.count * thresholds
        precisions += repeatElement(0, count: rows)
        recalls += repeatElement(0, count: rows)
        var lastCount = -1
        for (place, number) in numbers.enumerated() {
            bits.removeAll(keepingCapacity: true)
            for detection in sorted where detection.rank < number {
                bits.append((detection.matched, detection.ignored))
            }
            let isLast = place == numbers.count - 1
            for area in 0..<areas {
                let row = start + (area * numbers.count + place) * thresholds
                let keepsCurve = keepsCurves && isLast && area == 0
                if bits.count == lastCount && !keepsCurve {
                    // A larger number lets nothing more in: the same values again.
                    for threshold in 0..<thresholds {
                        precisions[row + threshold] = precisions[row + threshold - thresholds]
                        recalls[row + threshold] = recalls[row + threshold - thresholds]
                    }
                    continue
                }
                findReachedPoints(truth: record.truthCounts[area])
                for threshold in 0..<thresholds {
                    add(
                        1 << UInt64(area * thresholds + threshold), truth: record.truthCounts[area],
                        row: row + threshold, keepsCurve: keepsCurve)
                }
            }
            lastCount = bits.count
        }
    }

    private mutating func findReachedPoints(truth: Int) {
        reached.removeAll(keepingCapacity: true)
        reached.append(0)
        var point = 0
        for hit in 0..<min(truth, bits.count) {
            // Recall 0 is reached by the first detection, hit or not; the best precision from there on is that of a hit.
            let recall = Double(hit + 1) / Double(truth)
            while point < settings.recallPoints.count && settings.recallPoints[point] <= recall { point += 1 }
            reached.append(point)
        }
    }

    private mutating func add(_ bit: UInt64, truth: Int, row: Int, keepsCurve: Bool) {
        findHits(bit, truth: truth)
        var sum = 0.0
        for hit in hits.indices { sum += hits[hit] * Double(reached[hit + 1] - reached[hit]) }
        precisions[row] = sum / Double(settings.recallPoints.count)
        recalls[row] = truth == 0 ? 0 : Double(hits.count) / Double(truth)
        if !keepsCurve { return }
        for hit in hits.indices { curves += repeatElement(hits[hit], count: reached[hit + 1] - reached[hit]) }
        curves += repeatElement(0, count: settings.recallPoints.count - reached[hits.count])
    }

    /// The best precision from every hit on; none without objects.
    ///
    /// Precision rises only where something is found, so that the largest one from any place on is that of a hit.
    private mutating func findHits(_ bit: UInt64, truth: Int) {
        hits.removeAll(keepingCapacity: true)
        if truth == 0 { return }
        var misses = 0
        for detection in bits where detection.ignored & bit == 0 {
            if detection.matched & bit != 0 {
                let count = Double(hits.count + 1)
                hits.append(count / (Double(misses) + count + Double.ulpOfOne))
            } else {
                misses += 1
            }
        }
        var place = hits.count - 2
        while place >= 0 {
            hits[place] = max(hits[place], hits[place + 1])
            place -= 1
        }
    }
}
