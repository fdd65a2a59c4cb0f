import SphereKernels
import SphereReference
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct MeanResultantLengthTests {
    // The golden values are lines of the accuracy table (AccuracyTableTests).

    private static let dimensions = [2, 3, 4, 5, 7, 16, 33, 100, 513, 2048]

    @Test("agrees with its naive twin, an integral over the angle", arguments: dimensions)
    func twin(dimension: Int) {
        for concentration in [0, 1e-6, 0.5, 3, 29.9, 30.1, 400, 1e5, 1e8] {
            let found = VonMisesFisher(dimension: dimension, concentration: concentration)
            let exact = Reference.meanResultantLength(dimension: dimension, concentration: concentration)
            // The integral adds 8001 terms whose exponents have an error of about D log D roundings.
            let limit = 0x1p-52 * Double(2048 + 16 * dimension)
            #expect(abs(found.meanResultantLength - exact.length) <= limit, "kappa = \(concentration)")
            #expect(abs(found.circularVariance / exact.circularVariance - 1) <= limit, "kappa = \(concentration)")
        }
    }

    @Test("has the closed form of the sphere in R^3: coth kappa - 1 / kappa", arguments: [0.3, 1, 5, 29, 31, 1e4])
    func closedForm(concentration: Double) {
        let found = VonMisesFisher(dimension: 3, concentration: concentration).meanResultantLength
        // The difference loses up to two digits at kappa = 0.3.
        #expect(abs(found - (1 / tanh(concentration) - 1 / concentration)) <= 16 * AccuracyLimits.meanResultantLength)
    }

    @Test(
        "is the derivative of minus the log normaliser, and its own derivative that of its differences",
        arguments: dimensions)
    func derivatives(dimension: Int) {
        for concentration in [0.7, 12, 29, 31, 150, 3000.0] {
            func at(_ kappa: Double) -> VonMisesFisher { VonMisesFisher(dimension: dimension, concentration: kappa) }
            // The quotients' own errors: about h^2 of the value, and 1e-12 kappa / h of the normaliser.
            let h = 1e-4 * concentration
            let (before, here, after) = (at(concentration - h), at(concentration), at(concentration + h))
            // The scaled normaliser has kappa added, so its slope is 1 - A.
            let slope = (after.scaledLogNormalizer - before.scaledLogNormalizer) / (2 * h)
            let scale = max(1, abs(here.scaledLogNormalizer) / concentration)
            #expect(abs(slope - here.circularVariance) <= 1e-7 * scale, "kappa = \(concentration)")
            let change = (before.circularVariance - after.circularVariance) / (2 * h)
            #expect(abs(change / here.meanResultantLengthDerivative - 1) <= 1e-7, "kappa = \(concentration)")
        }
    }

    @Test("rises with the concentration and stays below 1 - 0, with no jump at the seam", arguments: dimensions)
    func monotone(dimension: Int) {
        let seam = max(30, Double(dimension * dimension) / 4)
        var last = VonMisesFisher(dimension: dimension, concentration: 0).circularVariance
        #expect(last == 1)
        for concentration in [1e-9, 1e-3, 0.1, 1, 10, seam * (1 - 1e-11), seam, seam * (1 + 1e-11), 1e7, 1e15, 1e300] {
            let variance = VonMisesFisher(dimension: dimension, concentration: concentration).circularVariance
            #expect(variance < last && variance > 0, "kappa = \(concentration)")
            if concentration == seam { #expect(abs(variance / last - 1) < 2e-11) }
            last = variance
        }
    }

    @Test("is exact at both ends")
    func ends() {
        let uniform = VonMisesFisher(dimension: 5, concentration: 0)
        #expect(uniform.meanResultantLength == 0 && uniform.circularVariance == 1)
        #expect(uniform.meanResultantLengthDerivative == 0.2)
        let narrow = VonMisesFisher(dimension: 5, concentration: 1e300)
        #expect(narrow.meanResultantLength == 1 && abs(narrow.circularVariance / 2e-300 - 1) <= 0x1p-50)
        #expect(VonMisesFisher(dimension: 5, concentration: 1e-300).meanResultantLength == 1e-300 / 5)
        #expect(VonMisesFisher(dimension: 5, concentration: .leastNonzeroMagnitude).meanResultantLength == 0)
    }

    @Test("is undone by its inverse", arguments: dimensions)
    func inverse(dimension: Int) {
        let limit = 2 * AccuracyLimits.concentration(dimension: dimension)
        var concentration = 1e-12
        while concentration < 1e200 {
            let distribution = VonMisesFisher(dimension: dimension, concentration: concentration)
            let (length, variance) = (distribution.meanResultantLength, distribution.circularVariance)
            // Each is undone where it is the small one; 1 - A keeps fewer digits of the concentration elsewhere.
            let found =
                length < 0.5
                ? VonMisesFisher.concentration(meanResultantLength: length, dimension: dimension)
                : VonMisesFisher.concentration(circularVariance: variance, dimension: dimension)
            #expect(abs(found / concentration - 1) <= limit, "kappa = \(concentration), found \(found)")
            concentration *= 3.7
        }
    }

    @Test("has the inverse 0 at 0 and infinity at 1")
    func inverseAtEnds() {
        for dimension in [2, 3, 100] {
            #expect(VonMisesFisher.concentration(meanResultantLength: 0, dimension: dimension) == 0)
            #expect(VonMisesFisher.concentration(meanResultantLength: 1, dimension: dimension) == .infinity)
            #expect(VonMisesFisher.concentration(circularVariance: 1, dimension: dimension) == 0)
            #expect(VonMisesFisher.concentration(circularVariance: 0, dimension: dimension) == .infinity)
            let nextToOne = VonMisesFisher.concentration(meanResultantLength: 1.0.nextDown, dimension: dimension)
            #expect(abs(nextToOne * 0x1p-53 / (Double(dimension - 1) / 2) - 1) < 1e-9)
            let least = VonMisesFisher.concentration(circularVariance: .leastNonzeroMagnitude, dimension: dimension)
            #expect(least == .infinity)
        }
    }

    @Test("traps on lengths outside [0, 1]")
    func outside() async {
        let above = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = VonMisesFisher.concentration(meanResultantLength: 1.5, dimension: 3)
        }
        #expect(messages(of: above).contains("mean resultant length must be in [0, 1], found 1.5"))
        let nan = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = VonMisesFisher.concentration(circularVariance: .nan, dimension: 3)
        }
        #expect(messages(of: nan).contains("circular variance must be in [0, 1], found nan"))
    }
}
