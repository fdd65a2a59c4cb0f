public import SphereData
public import SphereEvaluation
internal import SphereKernels

/// Regions of a picture that may be objects, from several segmentations of it, without duplicates and ranked.
///
/// One segmentation has each pixel once, a few regions in all. Others, with another concentration or after another number of loops, take regions apart or
/// together; what an object is, is often a region of one of them (the paper's proposals come from mean shift too, how is not published).
///
/// **Duplicates.** Regions whose intersection over union reaches ``duplicateOverlap`` are one proposal: that of the segmentation that comes first.
///
/// **Score.** Persistence times compactness: the share of the segmentations that have the region, up to duplicates, times
/// `ProposalScore.compactness`. What many settings agree on comes first, large and compact before thin and small.
public struct RegionProposals: Sendable {
    /// A region with its rank.
    public struct Proposal: Sendable, Equatable {
        /// The pixels.
        public let mask: RunLengthMask
        /// In (0, 1]; larger is better.
        public let score: Double
        /// The share of the segmentations that have it, in (0, 1].
        public let persistence: Double
    }

    /// The proposals by falling score.
    public let proposals: [Proposal]

    /// Intersection over union at which two regions are one.
    public static let duplicateOverlap = 0.85

    /// The proposals of some segmentations of one picture.
    ///
    /// - Parameters:
    ///   - segmentations: all of one size.
    ///   - background: the label that is no region; `nil`: every label is one.
    ///   - leastArea: pixels; smaller regions are none.
    /// - Precondition: all maps have one size.
    /// - Complexity: O(S² pixels) for S segmentations.
    public init(of segmentations: [LabelMap], background: Int32?, leastArea: Int) {
        struct Region {
            let map: Int
            let label: Int32
            var score: Double
            var persistence: Int
            var isDuplicate = false
        }
        var regions: [Region] = []
        var places: [[Int32: Int]] = []
        for (number, map) in segmentations.enumerated() {
            require(
                map.width == segmentations[0].width && map.height == segmentations[0].height,
                "segmentations of \(segmentations[0].width) x \(segmentations[0].height) and \(map.width) x \(map.height)"
            )
            var own: [Int32: Int] = [:]
            for shape in RegionShape.shapes(of: map, background: background) where shape.area >= leastArea {
                own[shape.label] = regions.count
                regions.append(
                    Region(
                        map: number, label: shape.label, score: ProposalScore.compactness(shape), persistence: 1))
            }
            places.append(own)
        }
        for first in segmentations.indices {
            for second in segmentations.indices where second > first {
                // Of maps of one size a histogram can always be made.
                guard
                    let histogram = try? JointHistogram(
                        truth: segmentations[first], prediction: segmentations[second])
                else { continue }
                for cell in histogram.cells {
                    guard let a = places[first][histogram.truthLabels[cell.row]],
                        let b = places[second][histogram.predictedLabels[cell.column]]
                    else { continue }
                    let union =
                        histogram.truthSizes[cell.row] + histogram.predictedSizes[cell.column] - cell.count
                    if Double(cell.count) < Self.duplicateOverlap * Double(union) { continue }
                    if !regions[a].isDuplicate { regions[a].persistence += 1 }
                    regions[b].isDuplicate = true
                }
            }
        }
        let masks = segmentations.map { map in
            Dictionary(
                uniqueKeysWithValues: RunLengthMask.masks(of: map, background: background).map { ($0.label, $0.mask) })
        }
        proposals = regions.filter { !$0.isDuplicate }.map { region in
            let persistence = Double(region.persistence) / Double(segmentations.count)
            return Proposal(
                mask: masks[region.map][region.label]!, score: region.score * persistence, persistence: persistence)
        }.sorted { $0.score > $1.score }
    }
}
