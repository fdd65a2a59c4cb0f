import Foundation
import SphereData
import SphereEvaluation
import SphereReference
import TestSupport
import Testing

/// The golden pair as masks with scores, from the annotations in COCO's form.
private struct GoldenInstances {
    var truth: [InstanceTruth] = []
    var predictions: [InstancePrediction] = []

    init() throws {
        func objects(_ name: String) throws -> [[String: Any]] {
            let data = try Data(contentsOf: URL(filePath: SharedData.path("metrics_golden/\(name)")))
            let json = try JSONSerialization.jsonObject(with: data)
            return try #require(
                (json as? [String: Any])?["annotations"] as? [[String: Any]] ?? json as? [[String: Any]])
        }
        func mask(_ object: [String: Any]) throws -> RunLengthMask {
            let segmentation = try #require(object["segmentation"] as? [String: Any])
            let size = try #require(segmentation["size"] as? [Int])
            let mask = try RunLengthMask(
                width: size[1], height: size[0], compressed: try #require(segmentation["counts"] as? String))
            #expect(mask.compressed == segmentation["counts"] as? String)
            return mask
        }
        for object in try objects("coco_gt.json") {
            truth.append(
                InstanceTruth(mask: try mask(object), category: 1, area: try #require(object["area"] as? Double)))
        }
        for object in try objects("coco_dt.json") {
            predictions.append(
                InstancePrediction(mask: try mask(object), category: 1, score: try #require(object["score"] as? Double))
            )
        }
    }

    var scores: [Double] { predictions.map(\.score) }
}

@Suite("Golden instances", .enabled(if: Golden.isHere, "needs the shared data")) struct GoldenInstanceTests {
    private func stats(_ key: String) throws -> [Double] { try #require(try Golden.value(key) as? [Double]) }

    private func check(_ result: COCOResult, _ key: String) throws {
        let values: [MetricValue] = [
            result.averagePrecision(), result.averagePrecision(threshold: 0.5),
            result.averagePrecision(threshold: 0.75),
            result.averagePrecision(area: "small"), result.averagePrecision(area: "medium"),
            result.averagePrecision(area: "large"), result.averageRecall(maximumDetections: 1),
            result.averageRecall(maximumDetections: 10), result.averageRecall(maximumDetections: 100),
            result.averageRecall(area: "small"), result.averageRecall(area: "medium"),
            result.averageRecall(area: "large"),
        ]
        for (value, expected) in zip(values, try stats(key)) {
            if expected == -1 {
                #expect(value == .undefined(.noTruth))
            } else {
                #expect(agrees(value, expected), "\(key): \(value), expected \(expected)")
            }
        }
    }

    @Test("equal pycocotools, with crowds and with more detections too")
    func coco() throws {
        var golden = try GoldenInstances()
        var evaluation = COCOEvaluation()
        try evaluation.add(image: 1, truth: golden.truth, predictions: golden.predictions)
        try check(evaluation.result(), "coco_segm_stats_AP,AP50,AP75,APs,APm,APl,AR1,AR10,AR100,ARs,ARm,ARl")
        let curve = try #require(evaluation.result().precisionCurve(threshold: 0.5))
        for (value, expected) in zip(curve, try stats("coco_precision_at_iou0.5_101pt")) {
            // Printed with nine digits.
            #expect(abs(value - expected) <= 5.001e-10)
        }

        var more = COCOEvaluation(settings: .init(maximumDetections: [1, 10, 100, 1000]))
        try more.add(image: 1, truth: golden.truth, predictions: golden.predictions)
        #expect(agrees(more.result().averagePrecision(), try Golden.number("coco_AP_maxDets1000")))
        #expect(agrees(more.result().averageRecall(), try Golden.number("coco_AR_maxDets1000")))
        for (threshold, expected) in zip(more.settings.thresholds, try stats("coco_recall_per_iou_maxDets1000")) {
            #expect(agrees(more.result().averageRecall(threshold: threshold), expected))
        }

        for index in 0..<20 { golden.truth[index].isCrowd = true }
        var crowds = COCOEvaluation()
        try crowds.add(image: 1, truth: golden.truth, predictions: golden.predictions)
        try check(crowds.result(), "coco_segm_stats_first20gt_are_crowd")
    }

    @Test("are the same from the histogram of the label maps")
    func fromLabels() throws {
        let golden = try GoldenInstances()
        let overlaps = OverlapTable(try Golden.histogram())
        #expect(
            overlaps == (try OverlapTable(truth: golden.truth.map(\.mask), predictions: golden.predictions.map(\.mask)))
        )
        var evaluation = COCOEvaluation()
        evaluation.add(
            image: 1, category: 1, overlaps: overlaps, truth: golden.truth.map { .init(area: $0.area) },
            scores: golden.scores)
        try check(evaluation.result(), "coco_segm_stats_AP,AP50,AP75,APs,APm,APl,AR1,AR10,AR100,ARs,ARm,ARl")
    }

    @Test("equal the rules of SDS")
    func regions() throws {
        let golden = try GoldenInstances()
        var evaluation = RegionAveragePrecision()
        evaluation.add(image: 1, category: 1, overlaps: OverlapTable(try Golden.histogram()), scores: golden.scores)
        for (index, threshold) in evaluation.thresholds.enumerated() {
            let expected = try Golden.number("voc_apr_by_iou", "\(threshold)")
            #expect(agrees(evaluation.averagePrecision(threshold: index, category: 1), expected), "\(threshold)")
        }
        #expect(agrees(evaluation.volume(), try Golden.number("voc_apr_vol")))
    }

    @Test(
        "equal cityscapesScripts, with void and groups too",
        arguments: ["plain", "void_top40rows", "first20_are_group"])
    func cityscapes(variant: String) throws {
        let golden = try GoldenInstances()
        var truth = try #require(Golden.truth)
        let prediction = try #require(Golden.prediction)
        if variant == "void_top40rows" {
            for y in 0..<40 { for x in 0..<truth.width { truth[x, y] = -1 } }
        }
        // A group is one region, whose number is that of the class.
        let group: Int32 = 900
        if variant == "first20_are_group" {
            truth = LabelMap(
                width: truth.width, height: truth.height,
                labels: truth.labels.map { (1...20).contains($0) ? group : $0 })
        }
        let histogram = try JointHistogram(truth: truth, prediction: prediction)
        let labels = histogram.truthLabels.filter { $0 > 0 }
        let overlaps = OverlapTable(
            histogram, truthLabels: labels, predictedLabels: histogram.predictedLabels.filter { $0 > 0 })
        let void = histogram.predictedLabels.filter { $0 > 0 }.map { histogram.count(truth: -1, prediction: $0) }
        for smallest in [100, 25] {
            var evaluation = CityscapesEvaluation(smallestObject: smallest)
            evaluation.add(
                category: 24, overlaps: overlaps,
                truth: labels.map { .init(isGroup: $0 == group) }, scores: golden.scores,
                voidPixels: void)
            let key = "min_region_\(smallest)"
            #expect(
                agrees(evaluation.averagePrecision(), try Golden.number("cityscapes_person", variant, key, "AP")),
                "\(key)")
            let each = try #require(
                (try Golden.value("cityscapes_person", variant, key) as? [String: Any])?["per_iou"] as? [Double])
            for (index, expected) in each.enumerated() {
                #expect(
                    agrees(evaluation.averagePrecision(threshold: index, category: 24), expected), "\(key), \(index)")
            }
        }
    }

    @Test(
        "equal panopticapi, with void and a crowd too",
        arguments: ["pq_plain", "pq_void_top40rows", "pq_gt1..20_merged_crowd"])
    func panoptic(variant: String) throws {
        var truth = try #require(Golden.truth)
        let prediction = try #require(Golden.prediction)
        // Background is a segment of stuff, number 1000; 0 is void.
        func shifted(_ map: LabelMap) -> LabelMap {
            LabelMap(width: map.width, height: map.height, labels: map.labels.map { $0 == 0 ? 1000 : $0 })
        }
        truth = shifted(truth)
        if variant == "pq_void_top40rows" {
            for y in 0..<40 { for x in 0..<truth.width { truth[x, y] = 0 } }
        }
        if variant == "pq_gt1..20_merged_crowd" {
            truth = LabelMap(
                width: truth.width, height: truth.height, labels: truth.labels.map { (1...20).contains($0) ? 2000 : $0 }
            )
        }
        let histogram = try JointHistogram(truth: truth, prediction: shifted(prediction))
        func segments(_ labels: [Int32]) -> [PanopticEvaluation.Segment] {
            labels.filter { $0 != 0 }.map { .init(id: $0, category: $0 == 1000 ? 2 : 1, isCrowd: $0 == 2000) }
        }
        var evaluation = PanopticEvaluation()
        try evaluation.add(
            histogram, truth: segments(histogram.truthLabels), prediction: segments(histogram.predictedLabels))
        let things = try #require(evaluation.categories[1])
        #expect(things.truePositives == Int(try Golden.number(variant, "tp")))
        #expect(things.falsePositives == Int(try Golden.number(variant, "fp")))
        #expect(things.falseNegatives == Int(try Golden.number(variant, "fn")))
        #expect(agrees(.defined(things.intersectionOverUnionSum), try Golden.number(variant, "iou_sum")))
        for (set, key) in [(nil, "all"), ([1], "thing"), ([2], "stuff")] as [(Set<Int>?, String)] {
            #expect(agrees(evaluation.mean(of: \.panopticQuality, over: set), try Golden.number(variant, key, "pq")))
            #expect(
                agrees(evaluation.mean(of: \.segmentationQuality, over: set), try Golden.number(variant, key, "sq")))
            #expect(agrees(evaluation.mean(of: \.recognitionQuality, over: set), try Golden.number(variant, key, "rq")))
        }
    }

    @Test("equal the average recall of Hosang and the mean intersection over union")
    func proposalsAndClasses() throws {
        let golden = try GoldenInstances()
        var proposals = ProposalEvaluation()
        proposals.add(overlaps: OverlapTable(try Golden.histogram()), scores: golden.scores)
        #expect(agrees(proposals.averageRecall(), try Golden.number("hosang_average_recall_all_proposals")))
        #expect(
            agrees(proposals.meanIntersectionOverUnion().map { $0 * 125 }, try Golden.number("hosang_best_iou_sum")))

        func classes(_ map: LabelMap?) throws -> LabelMap {
            let map = try #require(map)
            return LabelMap(width: map.width, height: map.height, labels: map.labels.map { min($0, 1) })
        }
        var semantic = SemanticEvaluation(classCount: 2)
        try semantic.add(try JointHistogram(truth: classes(Golden.truth), prediction: classes(Golden.prediction)))
        #expect(agrees(semantic.meanIntersectionOverUnion, try Golden.number("mean_iou_fg_bg")))
        #expect(agrees(semantic.intersectionOverUnion(ofClass: 1), try Golden.number("iou_fg")))
        #expect(agrees(semantic.intersectionOverUnion(ofClass: 0), try Golden.number("iou_bg")))
    }

    @Test("equal the published scripts of UOIS and UCN", arguments: ObjectScores.BoundaryRule.allCases)
    func objects(rule: ObjectScores.BoundaryRule) throws {
        let scores = try ObjectScores(
            truth: try #require(Golden.truth), prediction: try #require(Golden.prediction), boundaries: rule)
        let key = rule == .uois ? "uois_multilabel" : "ucn_multilabel"
        for (value, name) in [
            (scores.overlapF, "Objects F-measure"), (scores.overlapPrecision, "Objects Precision"),
            (scores.overlapRecall, "Objects Recall"), (scores.boundaryF, "Boundary F-measure"),
            (scores.boundaryPrecision, "Boundary Precision"), (scores.boundaryRecall, "Boundary Recall"),
            (Double(scores.predictedCount), "obj_detected"), (Double(scores.detectedCount), "obj_detected_075"),
            (Double(scores.truthCount), "obj_gt"), (scores.detectedShare, "obj_detected_075_percentage"),
        ] {
            #expect(agrees(.defined(value), try Golden.number(key, name)), "\(name): \(value)")
        }
    }
}
