import Foundation
import SphereTheory
import Testing

@Suite("SphericalCap")
struct SphericalCapTests {
    static let angles = [1e-6, 0.01, 0.3, 0.785, 1, 1.3, 1.57, .pi / 2, 1.6, 2, 3, 3.14]

    @Test("agrees with the closed forms in 2, 3, 4 and 5 dimensions", arguments: angles)
    func closedForms(angle: Double) {
        let (s, c) = (sin(angle), cos(angle))
        // 1 - c without cancellation.
        let versine = 2 * sin(angle / 2) * sin(angle / 2)
        let forms = [angle / .pi, versine / 2, (angle - s * c) / .pi, versine * versine * (2 + c) / 4]
        for (dimension, expected) in zip(2...5, forms) {
            // The third form cancels for small angles.
            if dimension == 4 && angle < 0.1 { continue }
            let fraction = SphericalCap.fraction(dimension: dimension, angle: angle)
            #expect(abs(fraction / expected - 1) < 1e-12, "dimension \(dimension), angle \(angle): \(fraction)")
        }
    }

    // Computed with 50 digits from the incomplete beta function of mpmath 1.3.
    @Test(
        "agrees with 50-digit values in up to 2000 dimensions",
        arguments: [
            (4, 0.01, 2.1220234669779809e-7), (8, 0.3, 2.9670937997325089e-5), (8, 1.57, 0.49918886870173231),
            (16, 0.01, 1.0128429620606214e-31), (16, 1.2, 0.076450454543115727), (63, 0.01, 5.0412167844360414e-126),
            (63, 1.5, 0.28929660470849988), (64, 0.3, 2.3212155578285784e-35), (64, 2, 0.99971740484243384),
            (65, 1.2, 0.0013953995277213171), (256, 0.3, 2.6099226702121359e-137), (256, 1.5, 0.1292609532557411),
            (256, 1.57, 0.49493202984325747), (1000, 1.2, 1.0086667243285354e-32), (1000, 1.57, 0.48996240542592748),
            (2000, 1.2, 1.9440346975789905e-63), (2000, 1.5, 0.00077210576541828601),
        ])
    func highPrecision(dimension: Int, angle: Double, expected: Double) {
        let fraction = SphericalCap.fraction(dimension: dimension, angle: angle)
        #expect(abs(fraction / expected - 1) < 1e-12)
    }

    @Test("opposite caps cover the sphere", arguments: [2, 3, 4, 7, 16, 64, 257])
    func complement(dimension: Int) {
        for angle in Self.angles {
            let sum =
                SphericalCap.fraction(dimension: dimension, angle: angle)
                + SphericalCap.fraction(dimension: dimension, angle: .pi - angle)
            #expect(abs(sum - 1) < 1e-14)
        }
        #expect(abs(SphericalCap.fraction(dimension: dimension, angle: .pi / 2) - 0.5) < 1e-14)
    }

    @Test("is 0 for no cap and 1 for the whole sphere")
    func ends() {
        #expect(SphericalCap.fraction(dimension: 5, angle: 0) == 0)
        #expect(SphericalCap.fraction(dimension: 5, angle: -1) == 0)
        #expect(SphericalCap.fraction(dimension: 5, angle: .pi) == 1)
        #expect(SphericalCap.fraction(dimension: 5, angle: 7) == 1)
    }

    @Test("grows with the angle and, below a right angle, falls with the dimension")
    func monotone() {
        for dimension in [2, 3, 4, 9, 64] {
            // Outside this range the fractions of 64 dimensions round to 0 and 1.
            let angles = Self.angles.filter { $0 > 1e-3 && $0 < 2.5 }
            for (angle, larger) in zip(angles, angles.dropFirst()) {
                let fraction = SphericalCap.fraction(dimension: dimension, angle: angle)
                #expect(SphericalCap.fraction(dimension: dimension, angle: larger) > fraction)
                if angle < 1.5 {
                    #expect(SphericalCap.fraction(dimension: dimension + 1, angle: angle) < fraction)
                }
            }
        }
    }
}

@Suite("IncompleteBeta")
struct IncompleteBetaTests {
    static let parameters = [0.5, 1, 1.5, 2, 5, 10.5, 31.5, 127.5, 500]

    @Test("satisfies I_x(a, 1/2) + I_(1-x)(1/2, a) = 1", arguments: parameters)
    func complement(a: Double) {
        for x in [1e-10, 0.001, 0.2, 0.5, 0.8, 0.97, 0.999, 1 - 1e-10] {
            let left = IncompleteBeta.regularized(x, complement: 1 - x, a: a, b: 0.5)
            let right = IncompleteBeta.regularized(1 - x, complement: x, a: 0.5, b: a)
            #expect(abs(left + right - 1) < 1e-13)
        }
    }

    @Test("satisfies I_x(a + 1, 1/2) = I_x(a, 1/2) - x^a √(1-x)/(a B(a, 1/2))", arguments: parameters)
    func recurrence(a: Double) {
        for x in [0.1, 0.4, 0.7, 0.95] {
            let step = pow(x, a) * (1 - x).squareRoot() * IncompleteBeta.gammaRatio(a) / (a * Double.pi.squareRoot())
            let left = IncompleteBeta.regularized(x, complement: 1 - x, a: a + 1, b: 0.5)
            let right = IncompleteBeta.regularized(x, complement: 1 - x, a: a, b: 0.5) - step
            #expect(abs(left - right) < 1e-14)
        }
    }

    @Test("is 2/π arcsin √x for both parameters 1/2 and 1 - √(1-x) for 1 and 1/2")
    func closedForms() {
        for x in stride(from: 0.0, through: 1, by: 0.0625) {
            let arc = IncompleteBeta.regularized(x, complement: 1 - x, a: 0.5, b: 0.5)
            #expect(abs(arc - 2 / .pi * asin(x.squareRoot())) < 1e-15)
            let root = IncompleteBeta.regularized(x, complement: 1 - x, a: 1, b: 0.5)
            #expect(abs(root - (1 - (1 - x).squareRoot())) < 1e-15)
        }
    }

    // Γ(a + 1/2)/Γ(a), computed with 50 digits.
    @Test(
        "the ratio of two values of Γ half a unit apart has full accuracy",
        arguments: [
            (0.5, 0.564189583547756287), (1, 0.886226925452758014), (1.5, 1.12837916709551257),
            (10, 3.12301143339061278), (63.5, 7.95301792112788491), (500, 22.3550903046986241),
            (1e6, 999.999875000007813),
        ])
    func gammaRatio(a: Double, expected: Double) {
        #expect(abs(IncompleteBeta.gammaRatio(a) / expected - 1) < 4e-15)
    }
}
