internal import SphereKernels

/// The boundary benchmark of BSDS500 (Martin, Fowlkes and Malik, TPAMI 2004; Arbelaez, Maire, Fowlkes and Malik, TPAMI 2011):
/// precision and recall of boundaries against several annotators, over images and thresholds.
///
/// Keeps four numbers an image and threshold; parts merge, and the result does not depend on the order of the images.
public struct BoundaryEvaluation: Equatable, Sendable {
    /// The thresholds, ascending.
    public let thresholds: [Double]
    /// The counts of every image, by its name.
    public private(set) var images: [String: [BoundaryCounts]] = [:]

    /// An evaluation without images.
    public init(thresholds: [Double] = Settings().thresholds) {
        self.thresholds = thresholds
    }

    /// Adds the counts of an image (``counts(_:truth:settings:on:)``).
    ///
    /// - Precondition: no image of this name was added, and there are counts for every threshold.
    public mutating func add(_ name: String, _ counts: [BoundaryCounts]) {
        require(
            counts.count == thresholds.count,
            "image \(name) has counts at \(counts.count) thresholds, expected \(thresholds.count)")
        require(images[name] == nil, "image \(name) was added before")
        images[name] = counts
    }

    /// Adds the images of another evaluation.
    ///
    /// - Precondition: both have the same thresholds and no image in common.
    public mutating func merge(_ other: BoundaryEvaluation) {
        require(thresholds == other.thresholds, "evaluations with different thresholds cannot be merged")
        for (name, counts) in other.images { add(name, counts) }
    }

    /// The scores over all images.
    ///
    /// - Complexity: O(images x thresholds).
    public func result() -> BoundaryResult {
        var totals = [BoundaryCounts](repeating: BoundaryCounts(), count: thresholds.count)
        var best = BoundaryCounts()
        var perImage: [String: BoundaryResult.Point] = [:]
        for (name, counts) in images {
            for index in counts.indices { totals[index] += counts[index] }
            let curve = BoundaryResult.curve(thresholds, counts)
            // The first of equal ones, as the benchmark's maximum takes it.
            let largest = curve.indices.max { curve[$0].fMeasure < curve[$1].fMeasure } ?? 0
            let first = curve.indices.first { curve[$0].fMeasure == curve[largest].fMeasure } ?? 0
            if !counts.isEmpty { best += counts[first] }
            perImage[name] = BoundaryResult.best(of: curve)
        }
        return BoundaryResult(thresholds: thresholds, totals: totals, best: best, perImage: perImage)
    }
}
