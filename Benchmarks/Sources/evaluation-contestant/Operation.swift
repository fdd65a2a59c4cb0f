import SphereData
import SphereEvaluation

/// What is timed.
///
/// Inputs are made by Benchmarks/peers/evaluation; reading them is part of `coco_files` only.
enum Operation: String, CaseIterable {
    /// From masks of truth.json and predictions.json to the twelve numbers of COCO.
    case coco
    /// The same from the files.
    case cocoFiles = "coco_files"
    /// From two label maps, truth.npy and prediction.npy, and scores.npy to the same numbers, one class.
    case cocoLabels = "coco_labels"
    /// From two label maps to overlap and boundary F by the rules of UOIS.
    case objectsUOIS = "objects_uois"
    /// The same by the rules of UCN.
    case objectsUCN = "objects_ucn"
    /// From two label maps to ARI, NMI, both parts of VOI and panoptic quality, one class.
    case labels
    /// From thinned maps of several thresholds and annotators to the pairs of each, as many as there can be.
    case boundaries
    /// The same with the smallest sum of distances.
    case boundariesPublished = "boundaries_published"

    /// The evaluation by SphereEvaluation of the input in `folder`.
    func evaluation(of folder: String) throws -> () throws -> Scores {
        switch self {
        case .coco:
            let input = try InstanceInput(folder)
            return { try Self.scores(of: input) }
        case .cocoFiles: return { try Self.scores(ofFiles: folder) }
        case .cocoLabels:
            let (maps, ranks) = (try LabelInput(folder), try LabelInput.scores(folder))
            return { try Self.scores(of: maps, ranks) }
        case .objectsUOIS, .objectsUCN:
            let maps = try LabelInput(folder)
            let rule: ObjectScores.BoundaryRule = self == .objectsUOIS ? .uois : .ucn
            return {
                let scores = try ObjectScores(truth: maps.truth, prediction: maps.prediction, boundaries: rule)
                return [
                    ("overlap_precision", scores.overlapPrecision), ("overlap_recall", scores.overlapRecall),
                    ("overlap_f", scores.overlapF), ("boundary_precision", scores.boundaryPrecision),
                    ("boundary_recall", scores.boundaryRecall), ("boundary_f", scores.boundaryF),
                ]
            }
        case .labels:
            let maps = try LabelInput(folder)
            return { try Self.labelScores(of: maps) }
        case .boundaries, .boundariesPublished:
            let input = try BoundaryInput(folder)
            let rule: BoundaryMatchingRule = self == .boundaries ? .exact : .published
            return {
                try input.images.flatMap { image in
                    try BoundaryEvaluation.counts(image.predictions, truth: image.truth, rule: rule).enumerated().map {
                        ("\(image.name)_\($0.offset)", Double($0.element.matchedTruth))
                    }
                }
            }
        }
    }

    private static func scores(of input: InstanceInput) throws -> Scores {
        var evaluation = COCOEvaluation()
        for image in input.images {
            try evaluation.add(image: image.id, truth: image.truth, predictions: image.predictions)
        }
        return scores(of: evaluation.result())
    }

    private static func scores(ofFiles folder: String) throws -> Scores {
        let files = try InstanceInput.files(folder)
        var evaluation = COCOEvaluation()
        for image in files.truth.images {
            try evaluation.add(
                image: image.id, truth: files.truth.objects(of: image.id),
                predictions: files.predictions.detections(of: image.id))
        }
        return scores(of: evaluation.result())
    }

    private static func scores(of maps: LabelInput, _ ranks: [Double]) throws -> Scores {
        let overlaps = OverlapTable(try JointHistogram(truth: maps.truth, prediction: maps.prediction))
        var evaluation = COCOEvaluation()
        evaluation.add(
            image: 1, category: 1, overlaps: overlaps, truth: overlaps.truthAreas.map { .init(area: Double($0)) },
            scores: ranks)
        return scores(of: evaluation.result())
    }

    private static func scores(of result: COCOResult) -> Scores {
        [
            ("ap", result.averagePrecision().value), ("ap50", result.averagePrecision(threshold: 0.5).value),
            ("ap75", result.averagePrecision(threshold: 0.75).value),
            ("ap_small", result.averagePrecision(area: "small").value),
            ("ap_medium", result.averagePrecision(area: "medium").value),
            ("ap_large", result.averagePrecision(area: "large").value),
            ("ar1", result.averageRecall(maximumDetections: 1).value),
            ("ar10", result.averageRecall(maximumDetections: 10).value),
            ("ar100", result.averageRecall(maximumDetections: 100).value),
            ("ar_small", result.averageRecall(area: "small").value),
            ("ar_medium", result.averageRecall(area: "medium").value),
            ("ar_large", result.averageRecall(area: "large").value),
        ]
    }

    private static func labelScores(of maps: LabelInput) throws -> Scores {
        let histogram = try JointHistogram(truth: maps.truth, prediction: maps.prediction)
        func segments(_ labels: [Int32]) -> [PanopticEvaluation.Segment] {
            labels.filter { $0 != 0 }.map { .init(id: $0, category: 1) }
        }
        var panoptic = PanopticEvaluation()
        try panoptic.add(
            histogram, truth: segments(histogram.truthLabels), prediction: segments(histogram.predictedLabels))
        return [
            ("ari", histogram.adjustedRandIndex.value), ("nmi", histogram.normalizedMutualInformation().value),
            ("voi_split", histogram.predictedEntropyGivenTruth().value),
            ("voi_merge", histogram.truthEntropyGivenPrediction().value), ("pq", panoptic.panopticQuality.value),
        ]
    }
}
