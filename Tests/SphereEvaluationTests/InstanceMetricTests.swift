import SphereData
import SphereEvaluation
import SphereKernels
import SphereReference
import Testing

/// Rules of instance metrics written out once more, object by object.
private enum NaiveInstances {
    static func union(_ table: OverlapTable, _ truth: Int, _ prediction: Int) -> Double {
        table.intersectionOverUnion(truth: truth, prediction: prediction)
    }

    /// AP^r of one image.
    static func regionPrecision(_ table: OverlapTable, _ scores: [Double], threshold: Double) -> Double {
        var left = Set(table.truthAreas.indices)
        var (hits, points) = (0, [(recall: Double, precision: Double)]())
        let order = scores.indices.sorted { scores[$0] == scores[$1] ? $0 < $1 : scores[$0] > scores[$1] }
        for (place, prediction) in order.enumerated() {
            let best = left.sorted().max { union(table, $0, prediction) < union(table, $1, prediction) }
            if let best, union(table, best, prediction) > threshold {
                left.remove(left.sorted().first { union(table, $0, prediction) == union(table, best, prediction) }!)
                hits += 1
            }
            points.append((Double(hits) / Double(table.truthAreas.count), Double(hits) / Double(place + 1)))
        }
        var (area, before) = (0.0, 0.0)
        for (place, point) in points.enumerated() {
            area += (point.recall - before) * points[place...].map(\.precision).max()!
            before = point.recall
        }
        return area
    }

    /// Best unions one to one, the largest first.
    static func pairs(_ table: OverlapTable, _ proposals: [Int]) -> [Double] {
        var (truths, left) = (Set(table.truthAreas.indices), Set(proposals))
        var result: [Double] = []
        while true {
            var best = (value: 0.0, truth: -1, proposal: -1)
            for truth in truths.sorted() {
                for proposal in proposals where left.contains(proposal) && union(table, truth, proposal) > best.value {
                    best = (union(table, truth, proposal), truth, proposal)
                }
            }
            if best.truth < 0 { return result }
            result.append(best.value)
            truths.remove(best.truth)
            left.remove(best.proposal)
        }
    }
}

@Suite("Instance metrics") struct InstanceMetricTests {
    private func randomTable(_ generator: inout SeededGenerator) throws -> (table: OverlapTable, scores: [Double]) {
        let truth = generator.rectangles(width: 18, height: 14, count: 8, labels: 1...8)
        let prediction = generator.disturbed(truth, share: 0.15, labels: 0...8)
        let table = OverlapTable(try JointHistogram(truth: truth, prediction: prediction))
        return (table, table.predictedAreas.map { _ in Double(Int.random(in: 0...4, using: &generator)) })
    }

    @Test("AP^r is what its rules give one by one")
    func regions() throws {
        var generator = SeededGenerator(seed: 40)
        for trial in 0..<60 {
            let (table, scores) = try randomTable(&generator)
            var evaluation = RegionAveragePrecision()
            evaluation.add(image: 0, category: 3, overlaps: table, scores: scores)
            for (index, threshold) in evaluation.thresholds.enumerated() where !table.truthAreas.isEmpty {
                let expected = NaiveInstances.regionPrecision(table, scores, threshold: threshold)
                #expect(
                    agrees(evaluation.averagePrecision(threshold: index, category: 3), expected, tolerance: 1e-12),
                    "trial \(trial), threshold \(threshold), seed 40")
            }
        }
    }

    @Test("images without objects count their detections as misses in AP^r")
    func emptyImages() throws {
        let object = RunLengthMask(width: 4, height: 4) { x, _ in x < 2 }
        let full = try OverlapTable(truth: [object], predictions: [object])
        let empty = try OverlapTable(truth: [], predictions: [object])
        var evaluation = RegionAveragePrecision(thresholds: [0.5])
        evaluation.add(image: 1, category: 1, overlaps: full, scores: [0.5])
        #expect(evaluation.volume() == .defined(1))
        evaluation.add(image: 2, category: 1, overlaps: empty, scores: [0.9])
        #expect(evaluation.volume() == .defined(0.5))
        // A class that only predictions have is left out, with its reason.
        evaluation.add(image: 3, category: 2, overlaps: empty, scores: [0.9])
        #expect(evaluation.volume() == .defined(0.5) && evaluation.volume(category: 2) == .undefined(.noTruth))
    }

    @Test("Hosang's average recall is what its rules give one by one")
    func proposals() throws {
        var generator = SeededGenerator(seed: 41)
        for trial in 0..<60 {
            let (table, scores) = try randomTable(&generator)
            if table.truthAreas.isEmpty { continue }
            var evaluation = ProposalEvaluation(numbers: [1, 3, 100])
            evaluation.add(overlaps: table, scores: scores)
            let order = scores.indices.sorted { scores[$0] == scores[$1] ? $0 < $1 : scores[$0] > scores[$1] }
            for number in [1, 3, 100] {
                let values = NaiveInstances.pairs(table, Array(order.prefix(number)))
                var sum = 0.0
                for step in 500...1000 {
                    let share =
                        Double(values.filter { $0 >= Double(step) / 1000 }.count) / Double(table.truthAreas.count)
                    sum += step == 500 || step == 1000 ? share / 2 : share
                }
                #expect(
                    agrees(evaluation.averageRecall(number: number), sum / 500, tolerance: 1e-12),
                    "trial \(trial), \(number) proposals, seed 41")
                #expect(
                    agrees(
                        evaluation.meanIntersectionOverUnion(number: number),
                        values.reduce(0, +) / Double(table.truthAreas.count), tolerance: 1e-12))
            }
            #expect(evaluation.recall(at: 0.5).value == evaluation.recallCurve()?.first)
        }
        #expect(ProposalEvaluation().averageRecall() == .undefined(.noTruth))
    }

    @Test("evaluations merge in any order to the bit")
    func merging() throws {
        var generator = SeededGenerator(seed: 42)
        var coco = [COCOEvaluation(), COCOEvaluation(), COCOEvaluation()]
        var regions = [RegionAveragePrecision(), RegionAveragePrecision(), RegionAveragePrecision()]
        var cityscapes = [CityscapesEvaluation](repeating: CityscapesEvaluation(smallestObject: 4), count: 3)
        var proposals = [ProposalEvaluation(), ProposalEvaluation(), ProposalEvaluation()]
        for image in 0..<12 {
            let (table, scores) = try randomTable(&generator)
            // Everything into 0, and alternately into 1 and 2.
            for part in [0, 1 + image % 2] {
                coco[part].add(
                    image: image, category: image % 3, overlaps: table,
                    truth: table.truthAreas.map { .init(area: Double($0)) }, scores: scores)
                regions[part].add(image: image, category: image % 3, overlaps: table, scores: scores)
                cityscapes[part].add(
                    category: image % 3, overlaps: table, truth: table.truthAreas.map { _ in .init() }, scores: scores,
                    voidPixels: scores.map { _ in 0 })
                proposals[part].add(overlaps: table, scores: scores)
            }
        }
        coco[2].merge(coco[1])
        regions[2].merge(regions[1])
        cityscapes[2].merge(cityscapes[1])
        proposals[2].merge(proposals[1])
        #expect(coco[2].result() == coco[0].result())
        #expect(regions[2].volume() == regions[0].volume())
        #expect(cityscapes[2].averagePrecision() == cityscapes[0].averagePrecision())
        #expect(proposals[2] == proposals[0])
    }

    @Test("COCO's values are undefined without objects, and detections alone are no score of 0")
    func undefined() throws {
        #expect(COCOEvaluation().result().averagePrecision() == .undefined(.noTruth))
        let mask = RunLengthMask(width: 3, height: 3) { x, _ in x == 1 }
        var evaluation = COCOEvaluation()
        try evaluation.add(image: 1, truth: [], predictions: [InstancePrediction(mask: mask, category: 1, score: 1)])
        #expect(evaluation.result().averagePrecision() == .undefined(.noTruth))
        try evaluation.add(image: 2, truth: [InstanceTruth(mask: mask, category: 1)], predictions: [])
        #expect(evaluation.result().averagePrecision() == .defined(0))
        #expect(evaluation.result().averageRecall() == .defined(0))
        #expect(throws: EvaluationError.self) {
            try evaluation.add(
                image: 3, truth: [], predictions: [InstancePrediction(mask: mask, category: 1, score: .nan)])
        }
        let other = RunLengthMask(width: 2, height: 3) { _, _ in true }
        #expect(throws: EvaluationError.self) {
            try evaluation.add(
                image: 3, truth: [InstanceTruth(mask: mask, category: 1)],
                predictions: [InstancePrediction(mask: other, category: 2, score: 1)])
        }
    }

    @Test("a class of Cityscapes whose predictions are all left out has AP 0, one without objects none")
    func cityscapes() throws {
        let object = RunLengthMask(width: 20, height: 20) { x, _ in x < 10 }
        let elsewhere = RunLengthMask(width: 20, height: 20) { x, _ in x >= 12 }
        let table = try OverlapTable(truth: [object], predictions: [elsewhere])
        var evaluation = CityscapesEvaluation()
        evaluation.add(category: 24, overlaps: table, truth: [.init()], scores: [0.5], voidPixels: [elsewhere.area])
        #expect(evaluation.averagePrecision(category: 24) == .defined(0))
        let none = try OverlapTable(truth: [], predictions: [elsewhere])
        evaluation.add(category: 25, overlaps: none, truth: [], scores: [0.5], voidPixels: [0])
        #expect(evaluation.averagePrecision(category: 25) == .undefined(.noTruth))
        #expect(evaluation.averagePrecision() == .defined(0))
    }
}

@Suite("PanopticEvaluation") struct PanopticEvaluationTests {
    @Test("forgives what lies on any crowd of the class, and refuses numbers that do not belong")
    func crowds() throws {
        // Two crowds of class 1 (labels 5 and 6); the prediction covers half of each and nothing else.
        let truth: [Int32] = [5, 5, 9, 9, 6, 6]
        let prediction: [Int32] = [3, 3, 0, 0, 3, 3]
        let histogram = JointHistogram(truth: truth.span, prediction: prediction.span)
        var evaluation = PanopticEvaluation()
        let segments: [PanopticEvaluation.Segment] = [
            .init(id: 5, category: 1, isCrowd: true), .init(id: 6, category: 1, isCrowd: true),
            .init(id: 9, category: 2),
        ]
        try evaluation.add(histogram, truth: segments, prediction: [.init(id: 3, category: 1)])
        #expect(evaluation.categories[1] == nil)
        #expect(evaluation.categories[2]?.falseNegatives == 1 && evaluation.panopticQuality == .defined(0))
        let before = evaluation
        for (truth, prediction) in [
            (Array(segments.dropLast()), [PanopticEvaluation.Segment(id: 3, category: 1)]),
            (segments, []), (segments, [.init(id: 3, category: 1), .init(id: 4, category: 1)]),
            (segments + [segments[0]], [.init(id: 3, category: 1)]), (segments, [.init(id: 0, category: 1)]),
        ] {
            #expect(throws: EvaluationError.self) {
                try evaluation.add(histogram, truth: truth, prediction: prediction)
            }
        }
        #expect(evaluation == before)
        #expect(PanopticEvaluation().panopticQuality == .undefined(.absentClass))
    }
}

@Suite("SemanticEvaluation") struct SemanticEvaluationTests {
    @Test("counts classes over all images as pixel by pixel")
    func naive() throws {
        var generator = SeededGenerator(seed: 43)
        var evaluation = SemanticEvaluation(classCount: 5)
        var part = SemanticEvaluation(classCount: 5)
        var pairs: [(Int32, Int32)] = []
        for image in 0..<6 {
            let truth = (0..<300).map { _ in
                generator.uniform() < 0.1 ? 255 : Int32.random(in: 0...3, using: &generator)
            }
            let prediction = (0..<300).map { _ in Int32.random(in: 0...3, using: &generator) }
            pairs += zip(truth, prediction).filter { $0.0 != 255 }
            let histogram = JointHistogram(truth: truth.span, prediction: prediction.span)
            if image < 3 { try evaluation.add(histogram) } else { try part.add(histogram) }
        }
        evaluation.merge(part)
        var values: [Double] = []
        for number in 0..<4 {
            let both = pairs.filter { $0.0 == number && $0.1 == number }.count
            let either = pairs.filter { $0.0 == number || $0.1 == number }.count
            values.append(Double(both) / Double(either))
            #expect(evaluation.intersectionOverUnion(ofClass: number).value == values[number])
        }
        #expect(evaluation.intersectionOverUnion(ofClass: 4) == .undefined(.absentClass))
        #expect(agrees(evaluation.meanIntersectionOverUnion, values.reduce(0, +) / 4, tolerance: 1e-15))
        #expect(
            agrees(
                evaluation.pixelAccuracy, Double(pairs.filter { $0.0 == $0.1 }.count) / Double(pairs.count),
                tolerance: 1e-15))
    }

    @Test("refuses labels that are no class, unless the ground truth is ignored there")
    func wrongLabels() throws {
        let (truth, prediction): ([Int32], [Int32]) = ([0, 1, 255], [0, 1, 77])
        var evaluation = SemanticEvaluation(classCount: 2)
        try evaluation.add(JointHistogram(truth: truth.span, prediction: prediction.span))
        #expect(evaluation.meanIntersectionOverUnion == .defined(1))
        let wrong: [Int32] = [0, 2, 0]
        #expect(throws: EvaluationError.self) {
            try evaluation.add(JointHistogram(truth: truth.span, prediction: wrong.span))
        }
        #expect(throws: EvaluationError.self) {
            try evaluation.add(JointHistogram(truth: wrong.span, prediction: truth.span))
        }
        var lenient = SemanticEvaluation(classCount: 2, ignoredPrediction: [2])
        try lenient.add(JointHistogram(truth: truth.span, prediction: wrong.span))
        #expect(lenient.intersectionOverUnion(ofClass: 1) == .defined(0))
        #expect(lenient.intersectionOverUnion(ofClass: 0) == .defined(1))
        #expect(SemanticEvaluation(classCount: 2).meanIntersectionOverUnion == .undefined(.noPixels))
        // A table of all pairs would take 34 GB.
        var many = SemanticEvaluation(classCount: 65_536, ignoredTruth: [])
        let far: [Int32] = [65_535, 65_535, 7]
        let near: [Int32] = [65_535, 7, 7]
        try many.add(JointHistogram(truth: far.span, prediction: near.span))
        #expect(many.count(truth: 65_535, prediction: 7) == 1 && many.count(truth: 7, prediction: 65_535) == 0)
        #expect(many.meanIntersectionOverUnion == .defined(0.5))
    }
}

@Suite("Objects") struct ObjectTests {
    @Test("are assigned with the largest sum there is")
    func assignment() {
        var generator = SeededGenerator(seed: 44)
        func best(_ values: [[Double]], _ row: Int, _ used: Set<Int>) -> Double {
            if row == values.count { return 0 }
            var result = best(values, row + 1, used)
            for column in values[row].indices where !used.contains(column) {
                result = max(result, values[row][column] + best(values, row + 1, used.union([column])))
            }
            return result
        }
        for trial in 0..<200 {
            let (rows, columns) = (Int.random(in: 0...5, using: &generator), Int.random(in: 0...5, using: &generator))
            let values = (0..<rows).map { _ in
                (0..<columns).map { _ in Double(Int.random(in: 0...6, using: &generator)) / 6 }
            }
            let partners = OptimalAssignment.maximum(values.flatMap { $0 }, rows: rows, columns: columns)
            let taken = partners.filter { $0 >= 0 }
            #expect(Set(taken).count == taken.count && taken.count == min(rows, columns), "trial \(trial), seed 44")
            let sum = partners.enumerated().reduce(0.0) { $0 + ($1.element < 0 ? 0 : values[$1.offset][$1.element]) }
            #expect(abs(sum - best(values, 0, [])) < 1e-12, "trial \(trial), seed 44: \(values)")
        }
    }

    @Test(
        "score 1 against themselves and by the rules where there are none",
        arguments: ObjectScores.BoundaryRule.allCases)
    func rules(rule: ObjectScores.BoundaryRule) throws {
        var generator = SeededGenerator(seed: 45)
        let map = generator.rectangles(width: 40, height: 30, count: 6, labels: 2...9)
        let same = try ObjectScores(truth: map, prediction: map, boundaries: rule)
        #expect(same.overlapF == 1 && same.boundaryF == 1 && same.detectedShare == 1)
        let none = LabelMap(width: 40, height: 30, labels: [Int32](repeating: 0, count: 1200))
        let missed = try ObjectScores(truth: map, prediction: none, boundaries: rule)
        #expect(
            missed.overlapPrecision == 1 && missed.overlapRecall == 0 && missed.overlapF == 0 && missed.boundaryF == 0)
        let invented = try ObjectScores(truth: none, prediction: map, boundaries: rule)
        #expect(invented.overlapPrecision == 0 && invented.boundaryRecall == 1 && invented.detectedShare == 0)
        let both = try ObjectScores(truth: none, prediction: none, boundaries: rule)
        #expect(both.overlapF == 1 && both.boundaryF == 1 && both.detectedShare == 1)
        #expect(throws: EvaluationError.self) {
            try ObjectScores(truth: map, prediction: LabelMap(width: 1, height: 1, labels: [0]))
        }
    }

    @Test("are assigned in their clusters as in one matrix, and thousands in little memory")
    func clusters() throws {
        var generator = SeededGenerator(seed: 46)
        for trial in 0..<40 {
            let truth = generator.rectangles(width: 30, height: 20, count: 9, labels: 1...9)
            let prediction = generator.rectangles(width: 30, height: 20, count: 9, labels: 1...9)
            let scores = try ObjectScores(truth: truth, prediction: prediction)
            // The same by one matrix of all objects.
            let histogram = try JointHistogram(truth: truth, prediction: prediction)
            let rows = histogram.truthLabels.filter { $0 != 0 }
            let columns = histogram.predictedLabels.filter { $0 != 0 }
            func area(_ map: LabelMap, _ label: Int32) -> Int { map.labels.filter { $0 == label }.count }
            func both(_ row: Int32, _ column: Int32) -> Int {
                zip(truth.labels, prediction.labels).filter { $0.0 == row && $0.1 == column }.count
            }
            let values = rows.flatMap { row in
                columns.map { column in
                    2 * Double(both(row, column)) / Double(area(truth, row) + area(prediction, column))
                }
            }
            let partners = OptimalAssignment.maximum(values, rows: rows.count, columns: columns.count)
            let detected = partners.indices.filter {
                partners[$0] >= 0 && values[$0 * columns.count + partners[$0]] > 0.75
            }
            let common = partners.indices.reduce(0) {
                $0 + (partners[$1] < 0 ? 0 : both(rows[$1], columns[partners[$1]]))
            }
            #expect(scores.detectedCount == detected.count, "trial \(trial), seed 46")
            let all = columns.reduce(0) { $0 + area(prediction, $1) }
            #expect(abs(scores.overlapPrecision - Double(common) / Double(all)) < 1e-12, "trial \(trial), seed 46")
        }
        let unique = LabelMap(width: 150, height: 150, labels: (1...22_500).map { Int32($0) })
        #expect(try ObjectScores(truth: unique, prediction: unique).overlapF == 1)
    }

    @Test("have shapes by which proposals are ranked")
    func shapes() {
        var map = LabelMap(width: 10, height: 6, labels: [Int32](repeating: 0, count: 60))
        for y in 0..<3 { for x in 0..<4 { map[x, y] = 2 } }
        for x in 0..<10 { map[x, 5] = 7 }
        let shapes = RegionShape.shapes(of: map)
        #expect(shapes.map(\.label) == [2, 7] && shapes.map(\.area) == [12, 10])
        #expect(shapes[0].width == 4 && shapes[0].height == 3 && shapes[0].fill == 1 && shapes[0].borderPixels == 6)
        #expect(shapes[1].y == 5 && shapes[1].borderPixels == 10)
        #expect(ProposalScore.area(shapes[0]) == 12 && ProposalScore.constant(shapes[1]) == 1)
        #expect(ProposalScore.compactness(shapes[0]) == (12.0 / 60).squareRoot())
        #expect(ProposalScore("width") { Double($0.width) }(shapes[1]) == 10)
    }
}

@Suite("Non-maximum suppression") struct NonMaximumSuppressionTests {
    @Test(
        "leaves the crest of a soft line in any direction, and nothing beside it",
        arguments: [0.0, 0.4, 0.8, 1.2, 1.6, 2.3])
    func crest(angle: Double) {
        let side = 61
        let (nx, ny) = (-sin(angle), cos(angle))
        let strengths = (0..<side * side).map { place in
            let distance = Double(place % side - 30) * nx + Double(place / side - 30) * ny
            return exp(-distance * distance / 8)
        }
        let thin = SoftBoundaryMap(width: side, height: side, strengths: strengths).suppressingNonMaxima()
        for y in 10..<side - 10 {
            for x in 10..<side - 10 {
                let distance = abs(Double(x - 30) * nx + Double(y - 30) * ny)
                let kept = thin.strengths[y * side + x] > 0
                if distance > 1.5 && distance < 5 { #expect(!kept, "(\(x), \(y)) at \(distance)") }
                if distance < 0.2 { #expect(kept, "(\(x), \(y)) at \(distance)") }
            }
        }
        #expect(thin.strengths[0] == 0)
    }

    @Test("finds the middle of a plateau if the map is smoothed first")
    func plateau() {
        let side = 31
        // Three columns of 1, from which strengths fall off on both sides.
        let strengths = (0..<side * side).map { 1 / Double(1 << max(0, abs($0 % side - 15) - 1)) }
        let map = SoftBoundaryMap(width: side, height: side, strengths: strengths)
        for (radius, kept) in [(0, [14, 15, 16]), (1, [15])] {
            let thin = map.suppressingNonMaxima(smoothingRadius: radius)
            #expect((6..<side - 6).filter { thin.strengths[15 * side + $0] > 0 } == kept, "radius \(radius)")
        }
    }
}

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
