import Foundation
import SphereData
import SphereEvaluation
import SphereReference
import Testing

/// 500 random cases of every family against the results of the reference implementations.
@Suite("Reference implementations") struct ReferenceImplementationTests {
    /// Whether both are undefined or both are the same number.
    private func same(_ value: MetricValue, _ expected: Double?) -> Bool {
        expected.map { agrees(value, $0) } ?? (value.value == nil)
    }

    @Test("scikit-learn and scikit-image agree on clusterings")
    func clustering() throws {
        let results: [[String: Double?]] = try RandomCases.results("clustering")
        #expect(results.count == 500)
        for (number, expected) in results.enumerated() {
            var cases = RandomCases(seed: number)
            let (truth, prediction) = cases.pair(labels: 6)
            let all = try JointHistogram(truth: truth, prediction: prediction)
            let foreground = all.removing(truthLabels: [0])
            var values: [(String, MetricValue)] = [
                ("ari", all.adjustedRandIndex), ("rand", all.randIndex), ("mi", all.mutualInformation()),
                ("nmi", all.normalizedMutualInformation()),
                ("nmi_geometric", all.normalizedMutualInformation(.geometric)),
                ("nmi_min", all.normalizedMutualInformation(.minimum)),
                ("nmi_max", all.normalizedMutualInformation(.maximum)), ("ami", all.adjustedMutualInformation()),
                ("homogeneity", all.homogeneity), ("completeness", all.completeness), ("v2", all.vMeasure(beta: 2)),
                ("fowlkes_mallows", all.fowlkesMallowsIndex),
            ]
            for (name, histogram) in [("all", all), ("foreground", foreground)] {
                values += [
                    ("are_\(name)", histogram.adaptedRandError), ("precision_\(name)", histogram.pairPrecision),
                    ("recall_\(name)", histogram.pairRecall), ("split_\(name)", histogram.predictedEntropyGivenTruth()),
                    ("merge_\(name)", histogram.truthEntropyGivenPrediction()),
                ]
            }
            for (name, value) in values {
                let wanted = try #require(expected[name], "\(name)")
                #expect(
                    same(value, wanted), "case \(number), \(name): \(value), expected \(String(describing: wanted))")
            }
        }
    }

    private struct COCOStats: Decodable {
        let classes: [Double?]
        let agnostic: [Double?]
    }

    @Test("pycocotools agrees on ties, crowds, stated areas and empty images, with classes and without")
    func coco() throws {
        let results: [COCOStats] = try RandomCases.results("coco")
        #expect(results.count == 500)
        for (number, expected) in results.enumerated() {
            let images = RandomInstances.images(case: number)
            for (separates, stats) in [(true, expected.classes), (false, expected.agnostic)] {
                let settings = COCOEvaluation.Settings(
                    areas: [
                        .init("all", 0, 1e10), .init("small", 0, 20), .init("medium", 20, 60), .init("large", 60, 1e10),
                    ],
                    maximumDetections: [1, 3, 100], separatesCategories: separates)
                var evaluation = COCOEvaluation(settings: settings)
                // Images in another order and in two parts: the result must not depend on it.
                var other = COCOEvaluation(settings: settings)
                for (index, image) in images.enumerated().reversed() {
                    if index == 1 {
                        try other.add(image: index + 1, truth: image.truth, predictions: image.predictions)
                    } else {
                        try evaluation.add(image: index + 1, truth: image.truth, predictions: image.predictions)
                    }
                }
                evaluation.merge(other)
                let result = evaluation.result()
                let overall = evaluation.overall.result()
                #expect(
                    overall.averagePrecision() == result.averagePrecision()
                        && overall.averageRecall() == result.averageRecall()
                        && overall.precisionCurve(threshold: 0.5) == result.precisionCurve(threshold: 0.5))
                let values: [MetricValue] =
                    [
                        result.averagePrecision(), result.averagePrecision(threshold: 0.5),
                        result.averagePrecision(threshold: 0.75),
                    ] + ["small", "medium", "large"].map { result.averagePrecision(area: $0) }
                    + [1, 3, 100].map { result.averageRecall(maximumDetections: $0) }
                    + ["small", "medium", "large"].map { result.averageRecall(area: $0) }
                for (index, (value, wanted)) in zip(values, stats).enumerated() {
                    #expect(
                        same(value, wanted),
                        "case \(number), classes \(separates), stat \(index): \(value), expected \(String(describing: wanted))"
                    )
                }
            }
        }
    }

    @Test("panopticapi agrees on matches, crowds and void")
    func panoptic() throws {
        let results: [[String: [Double]]] = try RandomCases.results("panoptic")
        #expect(results.count == 500)
        for (number, expected) in results.enumerated() {
            var cases = RandomCases(seed: 2000 + number)
            let (truth, prediction) = cases.pair(labels: 7)
            let hasCrowd = cases.below(2) == 1
            let histogram = try JointHistogram(truth: truth, prediction: prediction)
            func segments(_ labels: [Int32], _ hasCrowd: Bool) -> [PanopticEvaluation.Segment] {
                labels.filter { $0 != 0 }.map {
                    .init(id: $0, category: 1 + Int($0) % 3, isCrowd: hasCrowd && $0 == 5)
                }
            }
            var evaluation = PanopticEvaluation()
            try evaluation.add(
                histogram, truth: segments(histogram.truthLabels, hasCrowd),
                prediction: segments(histogram.predictedLabels, false))
            for (category, wanted) in expected {
                let counts = evaluation.categories[Int(category)!] ?? .init()
                #expect(
                    abs(counts.intersectionOverUnionSum - wanted[0]) <= Golden.tolerance
                        && [counts.truePositives, counts.falsePositives, counts.falseNegatives]
                            == wanted[1...].map { Int($0) },
                    "case \(number), class \(category): \(counts), expected \(wanted)")
            }
        }
    }

    private struct Mask: Decodable {
        let counts: String
        let area: Int
        let iou: Double?
        let crowd_iou: Double?
    }

    @Test("pycocotools agrees on polygons, their text, areas and overlaps")
    func masks() throws {
        let results: [Mask] = try RandomCases.results("masks")
        #expect(results.count == 500)
        var last: RunLengthMask?
        for (number, expected) in results.enumerated() {
            var g = RandomCases(seed: 3000 + number)
            var corners: [Double] = []
            for _ in 0..<3 + g.below(6) {
                corners.append(Double(g.below(160)) / 4 - 5)
                corners.append(Double(g.below(120)) / 4 - 5)
            }
            let mask = try RunLengthMask(width: 30, height: 20, polygon: corners)
            #expect(mask.compressed == expected.counts && mask.area == expected.area, "case \(number)")
            let decoded = try RunLengthMask(width: 30, height: 20, compressed: expected.counts)
            #expect(decoded == mask, "case \(number)")
            let pixels = mask.pixels
            #expect(RunLengthMask(width: 30, height: 20) { pixels[$1 * 30 + $0] }.area == mask.area)
            if let last, mask.area > 0 {
                let both = mask.intersection(last)
                #expect(both == zip(pixels, last.pixels).filter { $0 && $1 }.count, "case \(number)")
                if let union = expected.iou, last.area > 0 {
                    #expect(abs(Double(both) / Double(mask.area + last.area - both) - union) <= Golden.tolerance)
                }
                if let share = expected.crowd_iou {
                    #expect(abs(Double(both) / Double(mask.area) - share) <= Golden.tolerance)
                }
            }
            last = mask
        }
    }

    @Test("scikit-image agrees on thinned maps")
    func thinning() throws {
        let results: [[String]] = try RandomCases.results("thinning")
        #expect(results.count == 500)
        for (number, expected) in results.enumerated() {
            var g = RandomCases(seed: 4000 + number)
            let width = 1 + g.below(20)
            let height = 1 + g.below(20)
            let pixels: [Bool]
            if g.below(2) == 0 {
                let share = 1 + g.below(15)
                pixels = (0..<width * height).map { _ in g.below(16) < share }
            } else {
                pixels = g.map(width, height, labels: 3).labels.map { $0 > 0 }
            }
            let thinned = BoundaryMap(width: width, height: height, pixels: pixels).thinned()
            let rows = (0..<height).map { y in
                String((0..<width).reduce(0) { $0 * 2 + (thinned[$1, y] ? 1 : 0) }, radix: 16)
            }
            #expect(rows == expected, "case \(number)")
        }
    }
}
