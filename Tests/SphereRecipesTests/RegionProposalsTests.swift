import SphereData
import SphereEvaluation
import SphereRecipes
import TestSupport
import Testing

@Suite("Proposals")
struct RegionProposalsTests {
    /// A picture of 12 x 12 pixels with rectangles: label, columns, rows.
    private static func map(_ boxes: [(Int32, Range<Int>, Range<Int>)]) -> LabelMap {
        var map = LabelMap(width: 12, height: 12, labels: [Int32](repeating: 0, count: 144))
        for (label, columns, rows) in boxes {
            for y in rows { for x in columns { map[x, y] = label } }
        }
        return map
    }

    @Test("regions that come again are one proposal, and come first")
    func duplicates() {
        let maps = [
            Self.map([(1, 0..<6, 0..<6), (2, 8..<12, 8..<12)]),
            // The first again but for a pixel, 35 of 36; the other in two halves.
            Self.map([(7, 0..<6, 0..<5), (7, 0..<5, 5..<6), (3, 8..<10, 8..<12), (4, 10..<12, 8..<12)]),
            Self.map([(1, 0..<6, 0..<6), (9, 6..<7, 11..<12)]),
        ]
        let proposals = RegionProposals(of: maps, background: 0, leastArea: 2).proposals
        #expect(proposals.map(\.mask.area) == [36, 16, 8, 8])
        #expect(proposals.map { ($0.persistence * 3).rounded() } == [3, 1, 1, 1])
        // Fill 1 and the root of the share, times persistence.
        #expect(abs(proposals[0].score - 0.5) < 1e-12 && abs(proposals[1].score - 1.0 / 9) < 1e-12)
        for (a, b) in zip(proposals, proposals.dropFirst()) { #expect(a.score >= b.score) }
        // Without a background the ground is a region too, of each map its own.
        #expect(RegionProposals(of: maps, background: nil, leastArea: 2).proposals.count > proposals.count)
        #expect(RegionProposals(of: [], background: 0, leastArea: 1).proposals.isEmpty)
    }

    @Test("colour and position propose the parts of a picture of flat colours", .enabled(if: !keepsToSmallSizes))
    func colors() throws {
        let (side, colors) = (
            48, [(200, 30, 30), (30, 160, 60), (40, 60, 220), (230, 220, 90)] as [(UInt8, UInt8, UInt8)]
        )
        var labels: [Int32] = []
        var samples: [UInt8] = []
        for y in 0..<side {
            for x in 0..<side {
                let quarter = (y < side / 2 ? 0 : 2) + (x < side / 2 ? 0 : 1)
                labels.append(Int32(quarter) + 1)
                samples += [colors[quarter].0, colors[quarter].1, colors[quarter].2]
            }
        }
        let image = Image(width: side, height: side, channels: 3, samples: samples)
        let proposals = try ProposalSource.color(ColorSegmentation()).proposals(for: image).proposals
        var evaluation = ProposalEvaluation(numbers: [10])
        let truth = RunLengthMask.masks(of: LabelMap(width: side, height: side, labels: labels)).map(\.mask)
        evaluation.add(
            overlaps: try OverlapTable(truth: truth, predictions: proposals.map(\.mask)), scores: proposals.map(\.score)
        )
        #expect(evaluation.recall(at: 0.9).value == 1)
    }
}
