import SphereData
import SphereEvaluation
import SphereReference
import Testing

@Suite("RunLengthMask") struct MaskTests {
    @Test("comes back from pixels, runs and text, for random masks of every shape")
    func roundTrips() throws {
        var generator = SeededGenerator(seed: 30)
        for trial in 0..<200 {
            let (width, height) = (Int.random(in: 0...14, using: &generator), Int.random(in: 0...14, using: &generator))
            let share = generator.uniform()
            let pixels = (0..<width * height).map { _ in generator.uniform() < share }
            let mask = RunLengthMask(width: width, height: height) { pixels[$1 * width + $0] }
            #expect(mask.pixels == pixels && mask.area == pixels.filter { $0 }.count, "trial \(trial), seed 30")
            #expect(try RunLengthMask(width: width, height: height, runs: mask.runs) == mask)
            #expect(try RunLengthMask(width: width, height: height, compressed: mask.compressed) == mask)
            let inside = pixels.indices.filter { pixels[$0] }
            if let box = mask.boundingBox {
                let xs = inside.map { $0 % width }
                #expect(box.x == xs.min() && box.width == xs.max()! - xs.min()! + 1)
                let ys = inside.map { $0 / width }
                #expect(box.y <= ys.min()! && box.y + box.height >= ys.max()! + 1)
            } else {
                #expect(inside.isEmpty)
            }
        }
    }

    @Test("of the labels of a map are what one by one gives")
    func labels() {
        var generator = SeededGenerator(seed: 31)
        for _ in 0..<30 {
            let map = generator.rectangles(width: 17, height: 11, count: 9, labels: 1...6)
            let masks = RunLengthMask.masks(of: map, background: 0)
            #expect(masks.map(\.label) == Set(map.labels).subtracting([0]).sorted())
            for (label, mask) in masks {
                #expect(mask == RunLengthMask(width: 17, height: 11) { map[$0, $1] == label })
            }
            #expect(RunLengthMask.masks(of: map, background: nil).count == Set(map.labels).count)
        }
    }

    @Test("intersect and unite as their pixels do")
    func sets() {
        var generator = SeededGenerator(seed: 32)
        for trial in 0..<100 {
            let masks = (0..<4).map { _ in
                let map = generator.rectangles(width: 13, height: 9, count: 2, labels: 1...1)
                return RunLengthMask(width: 13, height: 9) { map[$0, $1] == 1 }
            }
            let pixels = masks.map(\.pixels)
            #expect(
                masks[0].intersection(masks[1]) == zip(pixels[0], pixels[1]).filter { $0 && $1 }.count,
                "trial \(trial), seed 32")
            let union = RunLengthMask.union(of: masks)
            #expect(union.pixels == pixels[0].indices.map { place in pixels.contains { $0[place] } })
            #expect(union == RunLengthMask(width: 13, height: 9) { x, y in pixels.contains { $0[y * 13 + x] } })
        }
    }

    @Test("refuses runs that do not fit the picture, and says where")
    func wrongRuns() {
        for (runs, index) in [([5, 5, 5], 2), ([13], 0), ([4, 4], 2), ([], 0)] as [([UInt32], Int)] {
            let error = #expect(throws: EvaluationError.self) { try RunLengthMask(width: 4, height: 3, runs: runs) }
            guard case .malformedMask(let found, _) = error else {
                Issue.record("\(runs): \(String(describing: error))")
                continue
            }
            #expect(found == index)
        }
        #expect(throws: EvaluationError.self) { try RunLengthMask(width: -1, height: 3, runs: []) }
        #expect(throws: EvaluationError.self) { try RunLengthMask(width: .max, height: 3, runs: []) }
        #expect(throws: EvaluationError.self) { try RunLengthMask(width: 1 << 20, height: 1 << 20, runs: []) }
    }

    @Test(
        "refuses every damaged text, without a trap",
        arguments: ["", "P", "~", "00", "o", "ooooooooooooooooo", "5O", "<é>", "0`0"])
    func wrongText(text: String) {
        #expect(throws: EvaluationError.self) { try RunLengthMask(width: 4, height: 3, compressed: text) }
    }

    @Test("survives random texts")
    func randomText() {
        var generator = SeededGenerator(seed: 33)
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                UInt8.random(in: 40...120, using: &generator)
            }
            if let mask = try? RunLengthMask(width: 4, height: 3, compressed: bytes.span) {
                #expect(mask.runs.reduce(0) { $0 + Int($1) } == 12)
            }
        }
    }

    @Test("fills pictures whose polygon has its corners far outside")
    func farCorners() throws {
        // Ten million points of the outline, none of which is kept.
        let far = 262_144.0
        for corners in [[-far, -far, far, -far, far, far, -far, far], [-far, 0, 2, -far, 2, far]] {
            let mask = try RunLengthMask(width: 4, height: 3, polygon: corners)
            #expect(mask.runs == (corners.count == 8 ? [0, 12] : [0, 6, 6]))
        }
    }

    @Test("refuses polygons that are none")
    func wrongPolygons() {
        for corners in [[], [1, 1, 2, 2], [1, 1, 2, 2, 3], [0, 0, .nan, 1, 2, 2], [0, 0, 1e9, 1, 2, 2]] {
            #expect(throws: EvaluationError.self) { try RunLengthMask(width: 4, height: 3, polygon: corners) }
        }
    }
}

@Suite("OverlapTable") struct OverlapTableTests {
    @Test("is the same from masks and from label maps")
    func labelsAndMasks() throws {
        var generator = SeededGenerator(seed: 34)
        for _ in 0..<40 {
            let truth = generator.rectangles(width: 15, height: 12, count: 7, labels: 1...9)
            let prediction = generator.disturbed(truth, share: 0.2, labels: 0...9)
            let table = OverlapTable(try JointHistogram(truth: truth, prediction: prediction))
            let masks = RunLengthMask.masks(of: truth).map(\.mask)
            #expect(
                try table == OverlapTable(truth: masks, predictions: RunLengthMask.masks(of: prediction).map(\.mask)))
            for (i, area) in table.truthAreas.enumerated() { #expect(area == masks[i].area) }
        }
    }

    @Test("numbers objects in the order of the lists, absent labels included")
    func order() {
        let (a, b): ([Int32], [Int32]) = ([1, 1, 2, 3], [7, 8, 8, 7])
        let histogram = JointHistogram(truth: a.span, prediction: b.span)
        let table = OverlapTable(histogram, truthLabels: [3, 9, 1], predictedLabels: [8, 5, 7])
        #expect(table.truthAreas == [1, 0, 2] && table.predictedAreas == [2, 0, 2])
        #expect(Array(table.overlaps(ofPrediction: 0)) == [.init(truth: 2, intersection: 1)])
        #expect(
            Array(table.overlaps(ofPrediction: 2)) == [
                .init(truth: 0, intersection: 1), .init(truth: 2, intersection: 1),
            ])
        #expect(table.intersectionOverUnion(truth: 2, prediction: 0) == 1.0 / 3)
        #expect(table.intersectionOverUnion(truth: 1, prediction: 0) == 0)
    }
}
