import Foundation
import SphereData
import SphereEvaluation
import SphereReference
import TestSupport
import Testing

@Suite("BoundaryResult") struct BoundaryResultTests {
    private static let folder = "bsds500/reference_gpb_ucm"

    private func table(_ name: String) throws -> [[Double]] {
        try String(contentsOfFile: SharedData.path("\(Self.folder)/\(name)"), encoding: .utf8).split(separator: "\n")
            .map { $0.split(separator: " ").map { Double($0)! } }
    }

    @Test(
        "makes of the published curve the published scores",
        .enabled(if: SharedData.has(folder), "needs the shared data"))
    func publishedCurve() throws {
        // The curve is printed with six digits: counts in millionths give it back.
        let rows = try table("eval_bdry_thr.txt")
        let million = 1_000_000
        var evaluation = BoundaryEvaluation(thresholds: rows.map { $0[0] })
        evaluation.add(
            "all",
            rows.map {
                BoundaryCounts(
                    matchedTruth: Int(($0[1] * 1e6).rounded()), truth: million,
                    matchedPrediction: Int(($0[2] * 1e6).rounded()), prediction: million)
            })
        let published = try table("eval_bdry.txt")[0]
        let result = evaluation.result()
        let best = try #require(result.optimalDatasetScale)
        // Six digits of recall and precision are good for as many of F and of their mean.
        #expect(abs(best.threshold - published[0]) < 2e-4 && abs(best.recall - published[1]) < 2e-4)
        #expect(abs(best.precision - published[2]) < 2e-4)
        #expect(agrees(result.odsF, published[3], tolerance: 2e-6))
        #expect(agrees(result.averagePrecision, published[7], tolerance: 2e-6))
        let half = try #require(result.precisionAtHalfRecall.value)
        #expect(half > rows.last { $0[1] >= 0.5 }![2] - 0.02 && half < 1)
    }

    @Test("merges parts in any order, and is undefined without ground truth")
    func merging() {
        var generator = SeededGenerator(seed: 22)
        let thresholds = [0.25, 0.5, 0.75]
        let images = (0..<6).map { index in
            (
                "image \(index)",
                thresholds.map { threshold in
                    let truth = 200
                    let prediction = Int(300 * (1 - threshold))
                    return BoundaryCounts(
                        matchedTruth: Int.random(in: 0...truth, using: &generator), truth: truth,
                        matchedPrediction: Int.random(in: 0...prediction, using: &generator), prediction: prediction)
                }
            )
        }
        var all = BoundaryEvaluation(thresholds: thresholds)
        for (name, counts) in images { all.add(name, counts) }
        var (a, b) = (BoundaryEvaluation(thresholds: thresholds), BoundaryEvaluation(thresholds: thresholds))
        for (name, counts) in images[3...].reversed() { a.add(name, counts) }
        for (name, counts) in images[..<3] { b.add(name, counts) }
        a.merge(b)
        #expect(a == all && a.result() == all.result())
        #expect(all.result().oisF.value! >= 0 && all.result().perImage.count == 6)
        let empty = BoundaryEvaluation(thresholds: thresholds).result()
        #expect(empty.odsF == .undefined(.noTruth) && empty.oisF == .undefined(.noTruth))
        #expect(empty.averagePrecision == .undefined(.noTruth) && empty.optimalDatasetScale == nil)
    }
}

@Suite("RegionEvaluation") struct RegionEvaluationTests {
    private static let five = ["2018", "3063", "5096", "6046", "8068"]

    private func path(_ name: String) -> String { SharedData.path("bsds500_bench5/\(name)") }

    private func truth(_ id: String) throws -> [LabelMap] {
        try (0..<20).filter { SharedData.has("bsds500_bench5/\(id)_gt\($0)_seg.png") }
            .map { try LabelMap.readPNG(path("\(id)_gt\($0)_seg.png")) }
    }

    private func table(_ name: String) throws -> [[Double]] {
        try String(contentsOfFile: SharedData.path(name), encoding: .utf8).split(separator: "\n")
            .map { $0.split(separator: " ").map { Double($0)! } }
    }

    @Test(
        "gives the scores of the benchmark's self-test",
        .enabled(if: SharedData.has("bsds500_bench5/expected_test5_eval_cover.txt"), "needs the shared data"))
    func selfTest() throws {
        var evaluation = RegionEvaluation(scaleCount: 5)
        for id in Self.five {
            let truth = try truth(id)
            evaluation.add(
                id,
                try (0..<5).map {
                    try RegionEvaluation.Scores(LabelMap.readPNG(path("\(id)_seg\($0).png")), truth: truth)
                })
        }
        // The official numbers are printed with six digits.
        func near(_ value: Double, _ official: Double, _ name: String) {
            #expect(abs(value - official) <= 6e-6 * max(1, official), "\(name): \(value), official \(official)")
        }
        let covering = try #require(evaluation.covering())
        let official = try table("bsds500_bench5/expected_test5_eval_cover.txt")[0]
        #expect(covering.scale + 1 == Int(official[0]))
        near(covering.optimalDatasetScale, official[1], "covering ODS")
        near(covering.optimalImageScale, official[2], "covering OIS")
        near(try #require(evaluation.bestCovering), official[3], "best covering")
        for (value, row) in zip(covering.perScale, try table("bsds500_bench5/expected_test5_eval_cover_th.txt")) {
            near(value, row[1], "covering at scale \(row[0])")
        }
        let rand = try #require(evaluation.probabilisticRandIndex())
        let variation = try #require(evaluation.variationOfInformation())
        let numbers = try table("bsds500_bench5/expected_test5_eval_RI_VOI.txt")[0]
        #expect(rand.scale + 1 == Int(numbers[0]) && variation.scale + 1 == Int(numbers[3]))
        near(rand.optimalDatasetScale, numbers[1], "Rand ODS")
        near(rand.optimalImageScale, numbers[2], "Rand OIS")
        near(variation.optimalDatasetScale, numbers[4], "variation ODS")
        near(variation.optimalImageScale, numbers[5], "variation OIS")
        for (index, row) in try table("bsds500_bench5/expected_test5_eval_RI_VOI_thr.txt").enumerated() {
            near(rand.perScale[index], row[1], "Rand at scale \(row[0])")
            near(variation.perScale[index], row[2], "variation at scale \(row[0])")
        }
    }

    @Test(
        "of published contours gives the published covering of an image",
        .enabled(if: SharedData.has("bsds500/ucm2_test/100007.png"), "needs the shared data"))
    func publishedContours() throws {
        let picture = try PNGFile.read(SharedData.path("bsds500/ucm2_test/100007.png"))
        guard case .eightBit(let image) = picture.samples else {
            throw LabelMapError.image(.file(.cannotOpen(path: "", reason: "")))
        }
        let contours = try DoubleSizeContours(image)
        let truth = try (0..<20).filter { SharedData.has("bsds500/test/100007_gt\($0)_seg.png") }
            .map { try LabelMap.readPNG(SharedData.path("bsds500/test/100007_gt\($0)_seg.png")) }
        // Row 1 of the published table: the best threshold, the covering there, and the best over all thresholds.
        let row = try table("bsds500/reference_gpb_ucm/eval_cover_img.txt")[0]
        var scores: [RegionEvaluation.Scores] = []
        try contours.forEachLevel { level, regions in
            // Every fourth level, and the one of the table: all would take a debug build half a minute.
            if level % 4 == 1 || level == Int((row[1] * 100).rounded()) {
                scores.append(try RegionEvaluation.Scores(regions, truth: truth))
            }
        }
        #expect(scores.contains { abs($0.covering - row[2]) < 1e-6 })
        #expect(scores.allSatisfy { $0.covering <= row[2] + 1e-6 })
        var evaluation = RegionEvaluation(scaleCount: scores.count)
        evaluation.add("100007", scores)
        #expect(try #require(evaluation.bestCovering) <= row[3] + 1e-6)
    }

    @Test("is the same in any order, and refuses what does not belong together")
    func merging() throws {
        var generator = SeededGenerator(seed: 23)
        let images = try (0..<4).map { index in
            let truth = (0..<3).map { _ in generator.rectangles(width: 12, height: 9, count: 5, labels: 1...6) }
            return (
                "\(index)",
                try (0..<2).map { _ in
                    try RegionEvaluation.Scores(
                        generator.rectangles(width: 12, height: 9, count: 4, labels: 1...4), truth: truth)
                }
            )
        }
        var (all, a, b) = (
            RegionEvaluation(scaleCount: 2), RegionEvaluation(scaleCount: 2), RegionEvaluation(scaleCount: 2)
        )
        for (name, scores) in images { all.add(name, scores) }
        for (name, scores) in images[2...].reversed() { a.add(name, scores) }
        for (name, scores) in images[..<2] { b.add(name, scores) }
        a.merge(b)
        #expect(
            a == all && a.covering() == all.covering() && a.variationOfInformation() == all.variationOfInformation())
        #expect(
            RegionEvaluation(scaleCount: 1).covering() == nil && RegionEvaluation(scaleCount: 1).bestCovering == nil)
        let map = LabelMap(width: 2, height: 1, labels: [1, 2])
        #expect(throws: EvaluationError.self) { try RegionEvaluation.Scores(map, truth: []) }
        #expect(throws: EvaluationError.self) {
            try RegionEvaluation.Scores(map, truth: [LabelMap(width: 1, height: 2, labels: [1, 2])])
        }
    }
}
