import SphereTheory
import Testing

@Suite("LossFloorDiagnosis")
struct LossFloorDiagnosisTests {
    private func diagnosis(_ groups: Int, _ dimension: Int, _ margin: Double) -> LossFloorDiagnosis {
        LossFloorDiagnosis(groups: groups, dimension: dimension, lossFloor: PairLossFloor(margin: margin))
    }

    @Test("the toy's margin 0.1 in 3 dimensions blames the margin from three groups on")
    func toy() {
        #expect(diagnosis(2, 3, 0.1).verdict == .reachable)
        let six = diagnosis(6, 3, 0.1)
        #expect(six.verdict == .marginTooSmall)
        #expect(abs(six.floor - 0.25) < 1e-15)
        #expect(six.capacity == 2...2)
        #expect(six.suggestedMargin == 0.5)
        #expect(six.suggestedDimension == nil)
        #expect(
            six.description
                == "6 groups in 3 dimensions at margin 0.1: the loss is at least 0.25, at most 2 can reach zero, "
                + "and no dimension holds them at this margin; use a margin of 0.5")
    }

    @Test("seven groups at margin 0.5 in 3 dimensions blame the dimension")
    func dimension() {
        let seven = diagnosis(7, 3, 0.5)
        #expect(seven.verdict == .dimensionTooSmall)
        #expect(abs(seven.floor - 1 / 84.0) < 1e-15)
        #expect(seven.capacity == 6...6)
        #expect(seven.suggestedDimension == 4)
        #expect(
            seven.description
                == "7 groups in 3 dimensions at margin 0.5: the loss is at least 0.0119, at most 6 can reach zero; "
                + "use 4 dimensions or a margin of 0.606")
    }

    @Test("128 groups at margin 0.5 in 64 dimensions are fine, 129 are not")
    func pascal() {
        let full = diagnosis(128, 64, 0.5)
        #expect(full.verdict == .reachable)
        #expect(full.floor == 0)
        #expect(full.description == "128 groups in 64 dimensions at margin 0.5: zero loss is reachable")
        #expect(diagnosis(129, 64, 0.5).verdict == .dimensionTooSmall)
    }

    @Test("between the construction and the theorem it is undecided")
    func undecided() {
        let twenty = diagnosis(20, 4, 0.75)
        #expect(twenty.capacity == 14...26)
        #expect(twenty.verdict == .undecided)
        #expect(twenty.floor == 0)
        #expect(
            twenty.description
                == "20 groups in 4 dimensions at margin 0.75: zero loss is certain for 14 groups and impossible for more "
                + "than 26; 6 dimensions or a margin of 0.9 makes it certain")
    }

    @Test("above margin one half the loss may be impossible to bring to zero with no bound known")
    func noBound() {
        // Fejes Tóth's bound is 31.9 groups; Levenshtein's, from which the floor comes, 32.05.
        let beyond = diagnosis(32, 3, 0.89)
        #expect(beyond.verdict == .dimensionTooSmall)
        #expect(beyond.floor == 0)
        #expect(beyond.description.contains("the loss cannot be zero, at most 31 can reach zero"))
        #expect(diagnosis(33, 3, 0.89).floor > 0)
    }

    @Test("too many groups for the margin are too many in every dimension", arguments: [0, 0.1, 0.25, 0.3, 0.45, 0.49])
    func marginRule(margin: Double) {
        for groups in 0...60 {
            for dimension in [1, 3, 59] {
                let verdict = diagnosis(groups, dimension, margin).verdict
                let tooMany = Double(groups) > (1 + 1 / (1 - 2 * margin)) * (1 + 1e-9)
                #expect((verdict == .marginTooSmall) == tooMany, "\(groups) groups at margin \(margin)")
            }
        }
    }

    @Test("the floor is positive exactly when zero loss is ruled out, up to margin one half", arguments: 1...6)
    func floorAgrees(dimension: Int) {
        for margin in [0, 0.07, 0.1, 0.25, 0.3, 0.45, 0.5] {
            for groups in 0...30 {
                let here = diagnosis(groups, dimension, margin)
                if here.floor > 0 { #expect(here.verdict == .marginTooSmall || here.verdict == .dimensionTooSmall) }
                if here.verdict == .reachable || here.verdict == .undecided { #expect(here.floor == 0) }
                if here.verdict == .marginTooSmall { #expect(here.floor > 0) }
            }
        }
    }

    @Test("its suggestions are reachable", arguments: [(6, 3, 0.1), (7, 3, 0.5), (20, 4, 0.75), (200, 64, 0.5)])
    func suggestions(groups: Int, dimension: Int, margin: Double) {
        let here = diagnosis(groups, dimension, margin)
        #expect(diagnosis(groups, dimension, here.suggestedMargin).verdict == .reachable)
        if let suggested = here.suggestedDimension {
            #expect(diagnosis(groups, suggested, margin).verdict == .reachable)
        }
    }

    @Test("the weight of the negative part scales the floor")
    func weight() {
        let weighted = LossFloorDiagnosis(
            groups: 6, dimension: 3, lossFloor: PairLossFloor(margin: 0.1, negativeWeight: 5))
        #expect(abs(weighted.floor - 1.25) < 1e-14)
        #expect(weighted.description.contains("at least 1.25,"))
    }
}
