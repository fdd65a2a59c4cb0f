import Foundation
import SphereTheory
import Testing

@Suite("Concentration")
struct ConcentrationTests {
    @Test("bandwidths and margins of the paper and its code give their concentrations")
    func knownValues() {
        #expect(Concentration(bandwidth: 0.1).value == 100)
        #expect(Concentration(bandwidth: 0.2).value == 25)
        #expect(Concentration(bandwidth: 0.5).value == 4)
        #expect(Concentration(margin: 0.5).value == 6)
        #expect(Concentration(margin: 0).value == 3)
        #expect(abs(Concentration(margin: 0.8).value - 15) < 1e-13)
        #expect(Concentration(margin: 0.5).delta == 6)
    }

    @Test("every name of the concentration is undone by its inverse", arguments: [0.01, 0.3, 1, 6, 25, 100, 1e8])
    func roundTrips(value: Double) {
        let concentration = Concentration(value)
        #expect(abs(Concentration(bandwidth: concentration.bandwidth).value / value - 1) < 1e-15)
        #expect(concentration.delta == value)
        if value >= 3 {
            // 1 - margin is 3/κ: its last bit is worth κ/3 times as much in κ.
            #expect(abs(Concentration(margin: concentration.margin).value / value - 1) < 1e-16 * value + 1e-15)
        } else {
            #expect(concentration.margin < 0)
        }
    }

    @Test(
        "half of the weight lies at 6.7, 13.5 and 28 degrees for the three published concentrations",
        arguments: [(100.0, 6.7, 0.05), (25, 13.5, 0.05), (6, 28, 0.5)])
    func halfWeightInDegrees(value: Double, degrees: Double, halfDigit: Double) {
        #expect(abs(Concentration(value).halfWeightAngle * 180 / .pi - degrees) < halfDigit)
    }

    @Test("the kernel at the half-weight angle is one half", arguments: [0.35, 1, 6, 25, 100, 1e6, 1e14])
    func halfWeight(value: Double) {
        let concentration = Concentration(value)
        #expect(abs(concentration.kernel(atAngle: concentration.halfWeightAngle) - 0.5) < 1e-14)
    }

    @Test("h√(2 ln 2) is the half-weight angle in the limit and 1 % below at concentration 6")
    func smallAngleApproximation() {
        let factor = (2 * log(2.0)).squareRoot()
        let narrow = Concentration(1e12)
        #expect(abs(narrow.halfWeightAngle / (narrow.bandwidth * factor) - 1) < 1e-12)
        let wide = Concentration(6)
        #expect(abs(wide.bandwidth * factor / wide.halfWeightAngle - 0.990) < 5e-4)
    }

    @Test("a kernel that never falls to one half has the half-weight angle pi")
    func wideKernel() {
        #expect(Concentration(0.3).halfWeightAngle == .pi)
        #expect(Concentration(log(2.0) / 2 * 0.999_999).halfWeightAngle == .pi)
        #expect(Concentration(log(2.0) / 2 * 1.000_001).halfWeightAngle < .pi)
    }

    @Test("the kernel is the same function of cosine, angle and chord", arguments: [0.5, 6, 100])
    func kernelForms(value: Double) {
        let concentration = Concentration(value)
        for angle in stride(from: 0.0, through: .pi, by: .pi / 16) {
            let expected = exp(value * (cos(angle) - 1))
            let cosine = SphericalDistance.cosine(fromAngle: angle)
            let chord = SphericalDistance.chord(fromAngle: angle)
            #expect(abs(concentration.kernel(atAngle: angle) - expected) <= 1e-13 * expected)
            #expect(abs(concentration.kernel(atCosine: cosine) - expected) <= 1e-13 * expected)
            #expect(abs(concentration.kernel(atChord: chord) - expected) <= 1e-13 * expected)
        }
        #expect(concentration.kernel(atCosine: 1) == 1)
    }

    @Test("the kernel at the angle of a kernel value is that value", arguments: [1e-30, 1e-8, 0.01, 0.5, 0.999_999])
    func cutOff(kernelValue: Double) {
        let concentration = Concentration(100)
        let angle = concentration.angle(atKernelValue: kernelValue)
        let cosine = concentration.cosine(atKernelValue: kernelValue)
        #expect(abs(concentration.kernel(atAngle: angle) / kernelValue - 1) < 1e-12)
        #expect(abs(concentration.kernel(atCosine: cosine) / kernelValue - 1) < 1e-12)
    }

    @Test("the kernel reaches 1 at angle 0 and stays above what it cannot reach")
    func cutOffEnds() {
        #expect(Concentration(100).angle(atKernelValue: 1) == 0)
        #expect(Concentration(100).cosine(atKernelValue: 1) == 1)
        #expect(Concentration(1).angle(atKernelValue: 0.1) == .pi)
        #expect(Concentration(1).cosine(atKernelValue: 0.1) == -1)
    }

    @Test("16,000 points at 1e-6 may be cut at exponent 23.5: cosine 0.765 at 100 and -0.17 at 20")
    func truncation() {
        #expect(abs(Concentration.truncationExponent(count: 16_000, tolerance: 1e-6) - 23.5) < 0.05)
        #expect(abs(Concentration(100).truncationCosine(count: 16_000, tolerance: 1e-6) - 0.765) < 5e-4)
        #expect(abs(Concentration(20).truncationCosine(count: 16_000, tolerance: 1e-6) - -0.17) < 5e-3)
    }

    @Test("pairs left out beyond the truncation cosine change a sum by no more than the tolerance")
    func truncationBound() {
        let concentration = Concentration(50)
        let count = 1000
        let tolerance = 1e-4
        let cosine = concentration.truncationCosine(count: count, tolerance: tolerance)
        let worst = Double(count) * concentration.kernel(atCosine: cosine)
        #expect(abs(worst / tolerance - 1) < 1e-12)
    }

    @Test("no pair may be left out of a wide kernel, every pair of an empty sum or at a tolerance above the sum")
    func truncationEnds() {
        #expect(Concentration(5).truncationCosine(count: 16_000, tolerance: 1e-6) == -1)
        #expect(Concentration.truncationExponent(count: 0, tolerance: 1e-6) == 0)
        #expect(Concentration.truncationExponent(count: 10, tolerance: 10) == 0)
        #expect(Concentration.truncationExponent(count: 10, tolerance: 1e9) == 0)
    }
}
