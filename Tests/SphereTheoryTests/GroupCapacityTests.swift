import SphereTheory
import Testing

@Suite("GroupCapacity")
struct GroupCapacityTests {
    static let margins = [0, 0.07, 0.1, 0.25, 0.45, 0.5, 0.55, 0.7, 0.9, 1]

    @Test("margins below one half hold few groups in any dimension", arguments: [(0.1, 2), (0.25, 3), (0.45, 11)])
    func smallMargins(margin: Double, groups: Int) {
        for dimension in [10, 64, 256, 100_000] {
            #expect(GroupCapacity.largestCount(dimension: dimension, margin: margin) == groups...groups)
        }
        #expect(GroupCapacity.largestCountInAnyDimension(margin: margin) == groups)
        #expect(GroupCapacity.largestCount(dimension: 1, margin: margin) == 2...2)
    }

    @Test("margin one half holds 2D groups: 6 in 3 dimensions, 128 in 64", arguments: [1, 2, 3, 16, 64, 256])
    func oneHalf(dimension: Int) {
        #expect(GroupCapacity.largestCount(dimension: dimension, margin: 0.5) == 2 * dimension...2 * dimension)
        #expect(GroupCapacity.largestCountInAnyDimension(margin: 0.5) == .max)
    }

    @Test("the ends of the margin: two groups at 0, no limit at 1", arguments: [1, 2, 3, 64])
    func marginEnds(dimension: Int) {
        #expect(GroupCapacity.largestCount(dimension: dimension, margin: 0) == 2...2)
        #expect(GroupCapacity.largestCount(dimension: dimension, margin: 1) == .max ... .max)
    }

    @Test(
        "the rule: half a dimension per group at margin one half",
        arguments: [(0, 1), (1, 1), (2, 1), (5, 3), (128, 64)])
    func rule(groups: Int, dimension: Int) {
        #expect(GroupCapacity.safeDimension(groups: groups) == dimension)
        let capacity = GroupCapacity.largestCount(dimension: dimension, margin: GroupCapacity.safeMargin)
        #expect(capacity.lowerBound >= groups)
        #expect(GroupCapacity.smallestDimension(groups: groups, margin: GroupCapacity.safeMargin) == dimension)
        #expect(GroupCapacity.safeDimension(groups: .max) == .max / 2 + 1)
    }

    @Test("the smallest dimension holds the groups and the one below does not", arguments: margins)
    func smallestDimension(margin: Double) {
        for groups in [0, 1, 2, 3, 4, 6, 10, 11, 12, 50, 1000] {
            guard let dimension = GroupCapacity.smallestDimension(groups: groups, margin: margin) else {
                #expect(groups > GroupCapacity.largestCountInAnyDimension(margin: margin))
                continue
            }
            #expect(GroupCapacity.largestCount(dimension: dimension, margin: margin).lowerBound >= groups)
            if dimension > 1 {
                #expect(GroupCapacity.largestCount(dimension: dimension - 1, margin: margin).lowerBound < groups)
            }
        }
    }

    @Test("the smallest dimension of known cases")
    func smallestDimensionValues() {
        #expect(GroupCapacity.smallestDimension(groups: 3, margin: 0.1) == nil)
        #expect(GroupCapacity.smallestDimension(groups: 3, margin: 0.25) == 2)
        #expect(GroupCapacity.smallestDimension(groups: 11, margin: 0.45) == 10)
        #expect(GroupCapacity.smallestDimension(groups: 12, margin: 0.45) == nil)
        #expect(GroupCapacity.smallestDimension(groups: 7, margin: 0.5) == 4)
        #expect(GroupCapacity.smallestDimension(groups: 1_000_000, margin: 1) == 1)
        // Exponential growth: a million groups need half a million dimensions at margin 0.5, few at 0.75.
        #expect(GroupCapacity.smallestDimension(groups: 1_000_000, margin: 0.5) == 500_000)
        #expect(GroupCapacity.smallestDimension(groups: 1_000_000, margin: 0.75)! < 100)
    }

    @Test("the suggested margin of known cases")
    func suggestedMargin() {
        #expect(GroupCapacity.suggestedMargin(groups: 0, dimension: 3) == 0)
        #expect(GroupCapacity.suggestedMargin(groups: 2, dimension: 3) == 0)
        #expect(abs(GroupCapacity.suggestedMargin(groups: 4, dimension: 3) - 1 / 3.0) < 1e-15)
        #expect(abs(GroupCapacity.suggestedMargin(groups: 11, dimension: 64) - 0.45) < 1e-15)
        #expect(GroupCapacity.suggestedMargin(groups: 5, dimension: 3) == 0.5)
        #expect(GroupCapacity.suggestedMargin(groups: 128, dimension: 64) == 0.5)
        #expect(abs(GroupCapacity.suggestedMargin(groups: 6, dimension: 2) - 0.75) < 1e-15)
        #expect(GroupCapacity.suggestedMargin(groups: 3, dimension: 1) == 1)
    }

    @Test("the suggested margin holds the groups, a smaller one does not where it is exact", arguments: 1...10)
    func suggestedMarginHolds(dimension: Int) {
        for groups in 2...60 {
            let margin = GroupCapacity.suggestedMargin(groups: groups, dimension: dimension)
            #expect(GroupCapacity.largestCount(dimension: dimension, margin: margin).lowerBound >= groups)
            if groups > 2 && (groups <= 2 * dimension || dimension <= 2) {
                let smaller = GroupCapacity.largestCount(dimension: dimension, margin: margin - 1e-9)
                #expect(smaller.upperBound < groups)
            }
        }
    }

    @Test("the suggested margin of very many groups stays below 1", arguments: [3, 16, 64])
    func manyGroups(dimension: Int) {
        var previous = 0.0
        for groups in [1000, 1_000_000, 1_000_000_000] {
            let margin = GroupCapacity.suggestedMargin(groups: groups, dimension: dimension)
            #expect(margin > previous && margin < 1)
            previous = margin
        }
    }

    @Test("the capacity grows with the dimension and the margin", arguments: 1...16)
    func monotone(dimension: Int) {
        for (margin, larger) in zip(Self.margins, Self.margins.dropFirst()) {
            let here = GroupCapacity.largestCount(dimension: dimension, margin: margin)
            let looser = GroupCapacity.largestCount(dimension: dimension, margin: larger)
            let wider = GroupCapacity.largestCount(dimension: dimension + 1, margin: margin)
            #expect(looser.lowerBound >= here.lowerBound && looser.upperBound >= here.upperBound)
            #expect(wider.lowerBound >= here.lowerBound && wider.upperBound >= here.upperBound)
        }
    }

    @Test("the floor is zero up to the capacity and positive beyond it up to margin one half", arguments: [1, 2, 3, 8])
    func floorAgreesWithCapacity(dimension: Int) {
        for margin in Self.margins where margin <= 0.5 {
            let capacity = GroupCapacity.largestCount(dimension: dimension, margin: margin).upperBound
            let floor = PairLossFloor(margin: margin)
            #expect(floor.value(groups: capacity, dimension: dimension) == 0)
            // Between two thresholds the floor rises from the threshold's own size, a real number, on.
            #expect(floor.value(groups: capacity + dimension + 2, dimension: dimension) > 0)
        }
    }
}
