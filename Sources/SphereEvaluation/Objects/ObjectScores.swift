public import SphereData

/// Overlap and boundary precision, recall and F of the objects of an image (Xie, Xiang, Mousavian and Fox: UOIS, CoRL 2019;
/// Xiang, Xie, Mousavian and Fox: UCN, CoRL 2020).
///
/// Objects are assigned one to one with the largest sum of pairwise F (``OptimalAssignment``). Precision is the pixels of the assigned
/// pairs over the pixels of all predicted objects, recall over those of all objects of the ground truth. For
/// boundaries a pixel counts if the boundary of the partner comes within `ceil(0.003 x diagonal)` pixels (a disk). Only pairs
/// that overlap count: the originals also assign objects that do not, at random.
///
/// Without any object in the prediction precision is 1 and recall 0; without any in the ground truth the other way round;
/// without any in both everything is 1 (the originals' rule).
public struct ObjectScores: Equatable, Sendable {
    /// What is a boundary, which differs between the two.
    public enum BoundaryRule: String, Sendable, CaseIterable {
        /// The outer contour, on the object; holes have none.
        case uois
        /// The pixels that differ from their right, lower or lower-right neighbour.
        case ucn

        var objectRule: ObjectBoundary.Rule { self == .uois ? .outerContour : .changes }
    }

    /// Precision, recall and F by pixels.
    public let overlapPrecision, overlapRecall, overlapF: Double
    /// Precision, recall and F by boundaries.
    public let boundaryPrecision, boundaryRecall, boundaryF: Double
    /// Predicted objects, objects of the ground truth, and pairs with an F above the limit.
    public let predictedCount, truthCount, detectedCount: Int

    /// Share of the objects of the ground truth that were detected with an F above the limit; 1 where neither map has an object,
    /// 0 where only the prediction has.
    public var detectedShare: Double {
        truthCount == 0 ? (predictedCount == 0 ? 1 : 0) : Double(detectedCount) / Double(truthCount)
    }

    /// The scores of an image.
    ///
    /// - Parameters:
    ///   - nonObjects: labels that are no object in either map: 0 (UCN), or 0 for background and 1 for the table (UOIS).
    ///   - detectionLimit: F above which an object is detected.
    /// - Throws: `EvaluationError.sizesDiffer` if the maps have different sizes.
    /// - Complexity: O(pixels) and, for each m and n objects that a chain of overlaps connects, O(m^2 n) and m n numbers, m being the smaller.
    public init(
        truth: LabelMap, prediction: LabelMap, boundaries rule: BoundaryRule = .uois, nonObjects: Set<Int32> = [0],
        detectionLimit: Double = 0.75
    ) throws(EvaluationError) {
        let histogram = try JointHistogram(truth: truth, prediction: prediction)
        let truthLabels = histogram.truthLabels.filter { !nonObjects.contains($0) }
        let predictedLabels = histogram.predictedLabels.filter { !nonObjects.contains($0) }
        (truthCount, predictedCount) = (truthLabels.count, predictedLabels.count)
        guard truthCount > 0, predictedCount > 0 else {
            detectedCount = 0
            let (precision, recall) = (predictedCount == 0 ? 1.0 : 0, truthCount == 0 ? 1.0 : 0)
            (overlapPrecision, overlapRecall, overlapF) = (precision, recall, precision * recall)
            (boundaryPrecision, boundaryRecall, boundaryF) = (precision, recall, precision * recall)
            return
        }
        let overlaps = OverlapTable(histogram, truthLabels: truthLabels, predictedLabels: predictedLabels)
        let pairs = Self.pairs(overlaps)
        var (both, detected) = (0, 0)
        for pair in pairs {
            both += overlaps.overlaps(ofPrediction: pair.prediction).first { $0.truth == pair.truth }!.intersection
            if pair.measure > detectionLimit { detected += 1 }
        }
        detectedCount = detected
        overlapPrecision = Double(both) / Double(overlaps.predictedAreas.reduce(0, +))
        overlapRecall = Double(both) / Double(overlaps.truthAreas.reduce(0, +))
        overlapF = Self.fMeasure(overlapPrecision, overlapRecall)

        let truthBoundaries = ObjectBoundary.boundaries(of: truth, excluding: nonObjects, rule: rule.objectRule)
        let predicted = ObjectBoundary.boundaries(of: prediction, excluding: nonObjects, rule: rule.objectRule)
        var proximity = BoundaryProximity(width: truth.width, height: truth.height)
        var (hits, found) = (0, 0)
        for pair in pairs {
            hits += proximity.count(of: predicted[pair.prediction], near: truthBoundaries[pair.truth])
            found += proximity.count(of: truthBoundaries[pair.truth], near: predicted[pair.prediction])
        }
        // An object that fills the picture has no boundary by the second rule.
        func share(_ part: Int, _ all: [[Int32]]) -> Double {
            let count = all.reduce(0) { $0 + $1.count }
            return count == 0 ? 0 : Double(part) / Double(count)
        }
        boundaryPrecision = share(hits, predicted)
        boundaryRecall = share(found, truthBoundaries)
        boundaryF = Self.fMeasure(boundaryPrecision, boundaryRecall)
    }

    /// Objects that overlap, one to one with the largest sum of F, in the order of the ground truth.
    ///
    /// Objects that are not connected by a chain of overlaps have nothing to do with one another: each cluster is assigned on its own, so that
    /// the matrices of thousands of objects stay small.
    private static func pairs(_ overlaps: OverlapTable) -> [(truth: Int, prediction: Int, measure: Double)] {
        let truthCount = overlaps.truthAreas.count
        // The cluster of every object, those of the ground truth first: a forest whose roots are the least numbers.
        var parent = Array(0..<truthCount + overlaps.predictedAreas.count)
        func root(_ object: Int) -> Int {
            var object = object
            while parent[object] != object {
                parent[object] = parent[parent[object]]
                object = parent[object]
            }
            return object
        }
        for prediction in overlaps.predictedAreas.indices {
            for entry in overlaps.overlaps(ofPrediction: prediction) {
                let (a, b) = (root(entry.truth), root(truthCount + prediction))
                parent[max(a, b)] = min(a, b)
            }
        }
        var clusters: [Int: (truth: [Int], predictions: [Int])] = [:]
        for truth in 0..<truthCount { clusters[root(truth), default: ([], [])].truth.append(truth) }
        for prediction in overlaps.predictedAreas.indices {
            clusters[root(truthCount + prediction), default: ([], [])].predictions.append(prediction)
        }
        var pairs: [(truth: Int, prediction: Int, measure: Double)] = []
        for (truth, predictions) in clusters.values where !truth.isEmpty && !predictions.isEmpty {
            let rows = Dictionary(uniqueKeysWithValues: truth.enumerated().map { ($1, $0) })
            var measures = [Double](repeating: 0, count: truth.count * predictions.count)
            for (column, prediction) in predictions.enumerated() {
                for entry in overlaps.overlaps(ofPrediction: prediction) {
                    // 2 P R / (P + R) of two regions is their dice.
                    measures[rows[entry.truth]! * predictions.count + column] =
                        2 * Double(entry.intersection)
                        / Double(overlaps.truthAreas[entry.truth] + overlaps.predictedAreas[prediction])
                }
            }
            let partners = OptimalAssignment.maximum(measures, rows: truth.count, columns: predictions.count)
            for (row, column) in partners.enumerated() where column >= 0 {
                let measure = measures[row * predictions.count + column]
                if measure > 0 { pairs.append((truth[row], predictions[column], measure)) }
            }
        }
        return pairs.sorted { $0.truth < $1.truth }
    }

    private static func fMeasure(_ precision: Double, _ recall: Double) -> Double {
        precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
    }
}

/// Counts pixels of one set that lie within a disk around a pixel of another one.
private struct BoundaryProximity {
    private let width: Int
    private let height: Int
    private let offsets: [(dx: Int, dy: Int)]
    /// The number of the set a pixel was marked by last.
    private var marks: [Int32]
    private var current: Int32 = 0

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        let radius = Int((0.003 * Double(width * width + height * height).squareRoot()).rounded(.up))
        var offsets: [(dx: Int, dy: Int)] = []
        for dy in -radius...radius {
            for dx in -radius...radius where dx * dx + dy * dy <= radius * radius { offsets.append((dx, dy)) }
        }
        // Near pixels first: most of those that count are found at once.
        self.offsets = offsets.sorted {
            let (a, b) = ($0.dx * $0.dx + $0.dy * $0.dy, $1.dx * $1.dx + $1.dy * $1.dy)
            return (a, $0.dy, $0.dx) < (b, $1.dy, $1.dx)
        }
        marks = [Int32](repeating: 0, count: width * height)
    }

    mutating func count(of pixels: [Int32], near others: [Int32]) -> Int {
        current += 1
        for pixel in others { marks[Int(pixel)] = current }
        var count = 0
        for pixel in pixels {
            let (y, x) = Int(pixel).quotientAndRemainder(dividingBy: width)
            for offset in offsets {
                let (column, row) = (x + offset.dx, y + offset.dy)
                if column >= 0 && column < width && row >= 0 && row < height && marks[row * width + column] == current {
                    count += 1
                    break
                }
            }
        }
        return count
    }
}
