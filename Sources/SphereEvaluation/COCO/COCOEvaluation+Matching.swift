extension COCOEvaluation {
    /// Matches the detections of one class of an image and keeps what the result needs.
    func match(
        image: Int, _ overlaps: OverlapTable, _ truth: [Truth], _ scores: [Double], into record: inout CategoryRecord
    ) {
        let order = descendingOrder(scores).prefix(settings.maximumDetections.last!)
        let unions = unions(overlaps, truth)
        let (thresholds, areas) = (settings.thresholds, settings.areas)
        var matched = [UInt64](repeating: 0, count: order.count)
        var ignored = [UInt64](repeating: 0, count: order.count)
        var isIgnored = [Bool](repeating: false, count: truth.count)
        var isTaken = [Bool](repeating: false, count: truth.count)
        // Below its largest overlap a detection has no match, and most have none at most thresholds.
        let reach = order.map { detection in
            unions[overlaps.starts[detection]..<overlaps.starts[detection + 1]].max() ?? 0
        }
        for (areaIndex, area) in areas.enumerated() {
            for index in truth.indices { isIgnored[index] = truth[index].isCrowd || !area.contains(truth[index].area) }
            record.truthCounts[areaIndex] += isIgnored.reduce(0) { $0 + ($1 ? 0 : 1) }
            // Without a match, what lies outside of the area is ignored.
            let allThresholds = (UInt64.max >> UInt64(64 - thresholds.count)) << UInt64(areaIndex * thresholds.count)
            for (rank, detection) in order.enumerated()
            where !area.contains(Double(overlaps.predictedAreas[detection])) {
                ignored[rank] |= allThresholds
            }
            if truth.isEmpty { continue }
            for (thresholdIndex, threshold) in thresholds.enumerated() {
                let bit: UInt64 = 1 << UInt64(areaIndex * thresholds.count + thresholdIndex)
                for index in isTaken.indices { isTaken[index] = false }
                let least = min(threshold, 1 - 1e-10)
                for (rank, detection) in order.enumerated() where reach[rank] >= least {
                    // Equal overlaps replace: the later object wins. Ignored objects come last, for what found no other one.
                    var best = least
                    var match = -1
                    for pass in 0...1 where match < 0 {
                        for place in overlaps.starts[detection]..<overlaps.starts[detection + 1] {
                            let index = overlaps.entries[place].truth
                            if isIgnored[index] != (pass == 1) || (isTaken[index] && !truth[index].isCrowd) { continue }
                            if unions[place] >= best {
                                best = unions[place]
                                match = index
                            }
                        }
                    }
                    if match < 0 { continue }
                    isTaken[match] = true
                    matched[rank] |= bit
                    ignored[rank] = isIgnored[match] ? ignored[rank] | bit : ignored[rank] & ~bit
                }
            }
        }
        for (rank, detection) in order.enumerated() {
            record.detections.append(
                Detection(
                    score: scores[detection], image: image, rank: Int32(rank), matched: matched[rank],
                    ignored: ignored[rank]))
        }
    }

    /// Intersection over union of every entry; for a crowd over the area of the detection.
    private func unions(_ overlaps: OverlapTable, _ truth: [Truth]) -> [Double] {
        var unions: [Double] = []
        unions.reserveCapacity(overlaps.entries.count)
        for prediction in overlaps.predictedAreas.indices {
            for entry in overlaps.overlaps(ofPrediction: prediction) {
                unions.append(
                    truth[entry.truth].isCrowd
                        ? Double(entry.intersection) / Double(overlaps.predictedAreas[prediction])
                        : overlaps.intersectionOverUnion(entry, prediction: prediction))
            }
        }
        return unions
    }
}
