import Foundation
import SphereData
import SphereEvaluation
import SphereReference

/// The random cases of scripts/make-evaluation-fixtures.py, made again from the same numbers, and the results stored there.
struct RandomCases {
    var generator: SeededGenerator

    init(seed: Int) { generator = SeededGenerator(seed: UInt64(seed)) }

    mutating func below(_ n: Int) -> Int { Int(generator.next() % UInt64(n)) }

    /// Left, top, right and bottom, the last two exclusive.
    typealias Box = (x: Int, y: Int, right: Int, bottom: Int)

    mutating func rectangle(_ width: Int, _ height: Int) -> Box {
        let (x, y) = (below(width), below(height))
        let right = min(width, x + 1 + below(width))
        return (x, y, right, min(height, y + 1 + below(height)))
    }

    mutating func map(_ width: Int, _ height: Int, labels: Int) -> LabelMap {
        var result = LabelMap(width: width, height: height, labels: [Int32](repeating: 0, count: width * height))
        for _ in 0..<below(9) {
            let box = rectangle(width, height)
            let label = Int32(1 + below(labels))
            for y in box.y..<box.bottom { for x in box.x..<box.right { result[x, y] = label } }
        }
        return result
    }

    mutating func pair(labels: Int) -> (truth: LabelMap, prediction: LabelMap) {
        let width = 4 + below(12)
        let height = 4 + below(12)
        let truth = map(width, height, labels: labels)
        switch below(5) {
        case 0: return (truth, map(width, height, labels: labels))
        case 1:
            let label = Int32(below(labels + 1))
            return (
                truth,
                LabelMap(width: width, height: height, labels: [Int32](repeating: label, count: width * height))
            )
        case 2: return (truth, truth)
        default:
            var changed = truth.labels
            for place in changed.indices where below(5) == 0 { changed[place] = Int32(below(labels + 1)) }
            return (truth, LabelMap(width: width, height: height, labels: changed))
        }
    }

    /// The stored results of a family.
    static func results<Result: Decodable>(_ name: String) throws -> [Result] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
        return try JSONDecoder().decode([Result].self, from: Data(contentsOf: folder.appending(path: "\(name).json")))
    }
}

/// An image of the COCO cases.
struct RandomInstances {
    var truth: [InstanceTruth] = []
    var predictions: [InstancePrediction] = []

    static func images(case number: Int) -> [RandomInstances] {
        var g = RandomCases(seed: 1000 + number)
        return (0..<1 + g.below(3)).map { _ in
            let width = 8 + g.below(13)
            let height = 8 + g.below(13)
            func mask(_ box: RandomCases.Box) -> RunLengthMask {
                RunLengthMask(width: width, height: height) { x, y in
                    x >= box.x && x < box.right && y >= box.y && y < box.bottom
                }
            }
            var boxes: [RandomCases.Box] = []
            var image = RandomInstances()
            for _ in 0..<g.below(6) {
                let box = g.rectangle(width, height)
                let area = (box.right - box.x) * (box.bottom - box.y)
                let category = 1 + g.below(2)
                let isCrowd = g.below(6) == 0
                let stated = g.below(3) == 0 ? g.below(100) : area
                boxes.append(box)
                image.truth.append(
                    InstanceTruth(mask: mask(box), category: category, area: Double(stated), isCrowd: isCrowd))
            }
            for _ in 0..<g.below(8) {
                var box = g.rectangle(width, height)
                var category = 1 + g.below(2)
                if !boxes.isEmpty && g.below(3) > 0 {
                    let source = g.below(boxes.count)
                    category = image.truth[source].category
                    box = boxes[source]
                    box.right = max(box.x + 1, box.right - g.below(3))
                    box.bottom = max(box.y + 1, box.bottom - g.below(3))
                }
                let score = Double(g.below(8)) / 8
                image.predictions.append(InstancePrediction(mask: mask(box), category: category, score: score))
            }
            return image
        }
    }
}
