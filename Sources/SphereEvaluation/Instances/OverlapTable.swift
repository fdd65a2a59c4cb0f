internal import SphereKernels

/// Which predicted objects overlap which objects of the ground truth, and by how many pixels: what all matching rules work on.
///
/// Only pairs that overlap are stored. Made from masks (which may overlap one another) or, thousands of times faster, from
/// the ``JointHistogram`` of two label maps.
public struct OverlapTable: Equatable, Sendable {
    /// An object of the ground truth that a predicted one overlaps.
    public struct Entry: Equatable, Sendable {
        /// Number of the object of the ground truth.
        public var truth: Int
        /// Pixels of both.
        public var intersection: Int

        /// `intersection` pixels of object `truth`.
        public init(truth: Int, intersection: Int) {
            self.truth = truth
            self.intersection = intersection
        }
    }

    /// Pixels of every object of the ground truth.
    public let truthAreas: [Int]
    /// Pixels of every predicted object.
    public let predictedAreas: [Int]
    /// The entries, by predicted object and then by object of the ground truth.
    let entries: [Entry]
    let starts: [Int]

    /// Takes the entries of every predicted object, in ascending order of the ground truth.
    ///
    /// - Precondition: there is a list for every predicted object, with ascending numbers of objects that exist.
    public init(truthAreas: [Int], predictedAreas: [Int], entries: [[Entry]]) {
        require(
            entries.count == predictedAreas.count,
            "\(entries.count) lists of overlaps for \(predictedAreas.count) predicted objects")
        var starts = [0]
        for list in entries {
            for (a, b) in zip(list, list.dropFirst()) {
                require(a.truth < b.truth, "overlaps must be in ascending order, found \(a.truth) before \(b.truth)")
            }
            let isInRange = list.allSatisfy { truthAreas.indices.contains($0.truth) }
            require(isInRange, "overlaps with objects that do not exist: there are \(truthAreas.count)")
            starts.append(starts.last! + list.count)
        }
        self.init(
            truthAreas: truthAreas, predictedAreas: predictedAreas, entries: entries.flatMap { $0 }, starts: starts)
    }

    init(truthAreas: [Int], predictedAreas: [Int], entries: [Entry], starts: [Int]) {
        self.truthAreas = truthAreas
        self.predictedAreas = predictedAreas
        self.entries = entries
        self.starts = starts
    }

    /// The objects of the ground truth that predicted object `prediction` overlaps, ascending.
    public func overlaps(ofPrediction prediction: Int) -> ArraySlice<Entry> {
        entries[starts[prediction]..<starts[prediction + 1]]
    }

    /// Intersection over union of a pair that overlaps.
    @inline(__always)
    func intersectionOverUnion(_ entry: Entry, prediction: Int) -> Double {
        Double(entry.intersection)
            / Double(truthAreas[entry.truth] + predictedAreas[prediction] - entry.intersection)
    }

    /// Intersection over union of two objects, 0 where they do not overlap.
    ///
    /// - Complexity: O(overlaps of the predicted object).
    public func intersectionOverUnion(truth: Int, prediction: Int) -> Double {
        overlaps(ofPrediction: prediction).first { $0.truth == truth }
            .map { intersectionOverUnion($0, prediction: prediction) } ?? 0
    }
}
