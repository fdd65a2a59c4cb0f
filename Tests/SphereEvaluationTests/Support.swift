import Foundation
import SphereData
import SphereEvaluation
import SphereReference
import TestSupport
import Testing

/// The golden values of the shared data: one pair of label maps, scored by every reference implementation.
enum Golden {
    static let isHere = SharedData.has("metrics_golden/golden.json")
    static let truth = try? LabelMap.read(SharedData.path("metrics_golden/gt.png"))
    static let prediction = try? LabelMap.read(SharedData.path("metrics_golden/pred.png"))

    static func histogram() throws -> JointHistogram {
        try JointHistogram(truth: try #require(truth), prediction: try #require(prediction))
    }

    /// The value at `keys` inside of golden.json.
    static func value(_ keys: String...) throws -> Any {
        let data = try Data(contentsOf: URL(filePath: SharedData.path("metrics_golden/golden.json")))
        var value = try JSONSerialization.jsonObject(with: data)
        for key in keys { value = try #require((value as? [String: Any])?[key], "golden.json: \(keys)") }
        return value
    }

    /// The number at `keys`.
    static func number(_ keys: String...) throws -> Double {
        let data = try Data(contentsOf: URL(filePath: SharedData.path("metrics_golden/golden.json")))
        var value = try JSONSerialization.jsonObject(with: data)
        for key in keys { value = try #require((value as? [String: Any])?[key], "golden.json: \(keys)") }
        return try #require(value as? Double)
    }

    /// The goal of issue and documentation: equal to the reference implementations within this.
    static let tolerance = 1e-9
}

/// Whether `value` is defined and within the tolerance of the golden values of `expected`.
func agrees(_ value: MetricValue, _ expected: Double, tolerance: Double = Golden.tolerance) -> Bool {
    guard let value = value.value else { return false }
    return abs(value - expected) <= tolerance
}

extension SeededGenerator {
    /// A map of rectangles: objects that touch and overlap like those of pictures; label 0 between them.
    mutating func rectangles(width: Int, height: Int, count: Int, labels: ClosedRange<Int32>) -> LabelMap {
        var map = LabelMap(width: width, height: height, labels: [Int32](repeating: 0, count: width * height))
        for _ in 0..<count {
            let (x, y) = (Int.random(in: 0..<width, using: &self), Int.random(in: 0..<height, using: &self))
            let label = Int32.random(in: labels, using: &self)
            for row in y..<min(height, y + Int.random(in: 1...max(1, height / 2), using: &self)) {
                for column in x..<min(width, x + Int.random(in: 1...max(1, width / 2), using: &self)) {
                    map[column, row] = label
                }
            }
        }
        return map
    }

    /// A map in which a share of the pixels of `map` have other labels of `labels`.
    mutating func disturbed(_ map: LabelMap, share: Double, labels: ClosedRange<Int32>) -> LabelMap {
        let changed = map.labels.map { label in
            uniform() < share ? Int32.random(in: labels, using: &self) : label
        }
        return LabelMap(width: map.width, height: map.height, labels: changed)
    }
}
