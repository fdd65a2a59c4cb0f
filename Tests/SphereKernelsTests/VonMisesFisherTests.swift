import SphereKernels
import SphereReference
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct VonMisesFisherTests {
    @Test(
        "has the closed form of the sphere in R^3: kappa / (4 pi sinh kappa)",
        arguments: [1e-8, 0.3, 1, 24, 26, 300, 1e6])
    func closedForm(concentration: Double) {
        let distribution = VonMisesFisher(dimension: 3, concentration: concentration)
        // log sinh x = x + log(1 - e^-2x) - log 2
        let expected =
            log(concentration) - log(4 * Double.pi)
            - (concentration + log(-expm1(-2 * concentration)) - log(2.0))
        #expect(abs(distribution.logNormalizer - expected) <= AccuracyLimits.logNormalizer * max(1, concentration))
    }

    @Test("is minus the log of the sphere's area at concentration 0")
    func uniform() {
        let areas: [(Int, Double)] = [(2, 2 * .pi), (3, 4 * .pi), (4, 2 * .pi * .pi), (5, 8 * .pi * .pi / 3)]
        for (dimension, area) in areas {
            let value = VonMisesFisher(dimension: dimension, concentration: 0).logNormalizer
            #expect(abs(value + log(area)) <= AccuracyLimits.logNormalizer, "D = \(dimension)")
        }
    }

    @Test("agrees with its naive twin", arguments: [2, 3, 4, 7, 16, 32, 33, 64, 255])
    func twin(dimension: Int) {
        for concentration in [0, 1e-6, 0.5, 3, 24.99, 25.01, 80, 400, 2500.0] {
            let value = VonMisesFisher(dimension: dimension, concentration: concentration).logNormalizer
            let exact = Reference.logNormalizer(dimension: dimension, concentration: concentration)
            let limit = AccuracyLimits.logNormalizer * max(1, concentration, abs(exact))
            #expect(abs(value - exact) <= limit, "kappa = \(concentration)")
        }
    }

    @Test("is continuous where its expansions meet", arguments: 2...200)
    func seams(dimension: Int) {
        let order = Double(dimension) / 2 - 1
        for seam in [25, (100 * (order + 1)).squareRoot()] {
            let below = VonMisesFisher(dimension: dimension, concentration: seam * (1 - 1e-13)).scaledLogNormalizer
            let above = VonMisesFisher(dimension: dimension, concentration: seam * (1 + 1e-13)).scaledLogNormalizer
            #expect(abs(above - below) <= 1e-11 * max(1, abs(below)), "kappa = \(seam)")
        }
    }

    @Test("integrates to 1 over the circle and the sphere", arguments: [0, 0.7, 5, 60.0])
    func integral(concentration: Double) {
        // Density of the angle: exp(log C + kappa cos t) times the sphere's circumference at t, by the trapezoidal rule.
        let steps = 100_000
        for dimension in [2, 3] {
            let logNormalizer = VonMisesFisher(dimension: dimension, concentration: concentration).logNormalizer
            var sum = 0.0
            for i in 0...steps {
                let t = Double.pi * Double(i) / Double(steps)
                let circumference = dimension == 2 ? 2 : 2 * Double.pi * sin(t)
                let edge = i == 0 || i == steps ? 0.5 : 1
                sum += edge * exp(logNormalizer + concentration * cos(t)) * circumference
            }
            // The rule's error is about kappa (pi / steps)^2 / 12.
            #expect(abs(sum * .pi / Double(steps) - 1) < 1e-8, "D = \(dimension)")
        }
    }

    @Test("gives log densities of the reference", arguments: InstructionSet.available, [0, 3, 500.0])
    func logDensity(set: InstructionSet, concentration: Double) {
        let execution = Execution(for: set)
        var generator = SeededGenerator(seed: 1)
        for dimension in [2, 3, 16, 33] {
            let points = generator.normalMatrix(rows: 50, columns: dimension)
            let mean = generator.normalMatrix(rows: 1, columns: dimension).elements
            let result = VonMisesFisher(dimension: dimension, concentration: concentration)
                .logDensity(of: points, around: mean, on: execution)
            let exact = Reference.logDensity(of: points, around: mean, concentration: concentration)
            for (a, b) in zip(result, exact) {
                #expect(
                    abs(Double(a) - b) <= AccuracyLimits.logDensity(concentration: concentration) * max(1, abs(b)))
            }
        }
    }

    @Test("traps below dimension 2 and on a negative concentration")
    func wrongParameters() async {
        let dimension = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = VonMisesFisher(dimension: 1, concentration: 1)
        }
        #expect(messages(of: dimension).contains("must be 2 or more, found 1"))
        let concentration = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = VonMisesFisher(dimension: 3, concentration: -0.5)
        }
        #expect(messages(of: concentration).contains("must be finite and 0 or more, found -0.5"))
    }
}
