import SphereKernels
import SphereReference
import TestSupport
import Testing

@Suite struct VonMisesFisherFitTests {
    private func draws(_ count: Int, dimension: Int, concentration: Double, seed: UInt64) -> (
        points: Matrix, mean: [Float]
    ) {
        var generator = SeededGenerator(seed: seed)
        let mean = generator.unitRows(1, dimension: dimension).elements
        let points = VonMisesFisher(dimension: dimension, concentration: concentration)
            .sample(count, around: mean, using: &generator)
        return (points, mean)
    }

    @Test("finds the maximum that the naive twin finds", arguments: InstructionSet.available, [0.3, 20, 5000, 1e6])
    func twin(set: InstructionSet, concentration: Double) throws {
        for dimension in [2, 3, 17] {
            let (points, _) = draws(300, dimension: dimension, concentration: concentration, seed: 1)
            var generator = SeededGenerator(seed: 2)
            let weights = (0..<300).map { _ in Float(generator.uniform()) }
            for weights in [nil, weights] {
                let found = try VonMisesFisher.fit(points, weights: weights, on: Execution(for: set))
                let exact = Reference.fit(points, weights: weights)
                let limit = AccuracyLimits.fit(dimension: dimension, count: 300)
                #expect(abs(found.meanResultantLength - exact.meanResultantLength) <= limit)
                #expect(abs(found.circularVariance / exact.circularVariance - 1) <= limit)
                // Bisection of the integral is right to about 1e-12 here.
                #expect(abs(found.distribution.concentration / exact.concentration - 1) <= 1e-11)
                #expect(
                    ErrorReport.absolute(found.meanDirection, exact.meanDirection).maximum <= AccuracyLimits.roundoff)
            }
        }
    }

    @Test("recovers mean and concentration within 5 standard errors", arguments: [2, 3, 10, 50])
    func recovers(dimension: Int) throws {
        let count = 20_000
        for concentration in [1.0, 30, 1000] {
            let (points, mean) = draws(count, dimension: dimension, concentration: concentration, seed: 3)
            let fit = try VonMisesFisher.fit(points)
            let truth = VonMisesFisher(dimension: dimension, concentration: concentration)
            // Fisher information: A' of the concentration, kappa A of every tangent coordinate of the mean.
            let error = 1 / (Double(count) * truth.meanResultantLengthDerivative).squareRoot()
            // The estimate's bias, about (D - 1) / (2 N A'/A ...) and below kappa D / N, comes on top.
            #expect(
                abs(fit.distribution.concentration - concentration)
                    <= 5 * error + concentration * Double(dimension) / Double(count),
                "kappa = \(concentration)")
            let angle = (Double(dimension - 1) / (Double(count) * concentration * truth.meanResultantLength))
                .squareRoot()
            let distance = zip(fit.meanDirection, mean).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
                .squareRoot()
            // The distance is the root of a sum of D - 1 squares, whose mean is `angle` squared.
            #expect(distance <= 5 * angle, "kappa = \(concentration)")
            #expect(fit.totalWeight == Double(count))
        }
    }

    @Test("takes a weight of 3 for three rows, and lengths for nothing")
    func weights() throws {
        let rows = Matrix([[1, 0, 0], [0, 2, 0], [0.5, 0.5, 1]])
        let repeated = Matrix([[5, 0, 0], [1, 0, 0], [2, 0, 0], [0, 1, 0], [0, 7, 0], [1, 1, 2]])
        let weighted = try VonMisesFisher.fit(rows, weights: [3, 2, 1])
        let plain = try VonMisesFisher.fit(repeated)
        #expect(weighted.meanDirection == plain.meanDirection && weighted.totalWeight == 6)
        let limit = AccuracyLimits.fit(dimension: 3, count: 6) + AccuracyLimits.concentration(dimension: 3)
        #expect(abs(weighted.distribution.concentration / plain.distribution.concentration - 1) <= limit)
    }

    @Test("loses nothing on directions that differ in the last bits")
    func concentrated() throws {
        // The angle is 2^-12 to either side: 1 - R = 1 - cos(2^-12) is 2^-25 to 1 + 2^-24 / 12.
        let step = Float(0x1p-12)
        let fit = try VonMisesFisher.fit(Matrix([[1, step], [1, -step]]))
        let angle = 0x1p-12 * (1 - 0x1p-24 / 3)
        #expect(abs(fit.circularVariance / (angle * angle / 2 * (1 - angle * angle / 12)) - 1) <= 0x1p-45)
        #expect(fit.meanDirection == [1, 0])
    }

    @Test("leaves out rows without a direction and rows without weight")
    func unusable() throws {
        let good = Matrix([[1, 0.5], [0.25, 1], [1, -0.5]])
        let mixed = Matrix([[.nan, 1], [1, 0.5], [0, 0], [0.25, 1], [.infinity, 0], [1, -0.5], [-1, 0]])
        let fit = try VonMisesFisher.fit(mixed, weights: [1, 1, 1, 1, 1, 1, 0])
        let alone = try VonMisesFisher.fit(good)
        #expect(fit == alone)
        #expect(fit.totalWeight == 3)
    }

    @Test("is uniform where the directions cancel")
    func cancelling() throws {
        let fit = try VonMisesFisher.fit(Matrix([[1, 2, 3], [-1, -2, -3], [0.1, 0, 0], [-7, 0, 0]]))
        #expect(fit.distribution.concentration == 0 && fit.meanDirection == [0, 0, 0])
        #expect(fit.meanResultantLength == 0 && fit.circularVariance == 1)
    }

    @Test("throws on rows without any direction and on identical directions")
    func degenerate() {
        #expect(throws: VonMisesFisher.FitError.noDirections(rows: 0)) {
            try VonMisesFisher.fit(Matrix(rows: 0, columns: 3))
        }
        #expect(throws: VonMisesFisher.FitError.noDirections(rows: 2)) {
            try VonMisesFisher.fit(Matrix([[0, 0], [.nan, 1]]))
        }
        #expect(throws: VonMisesFisher.FitError.noDirections(rows: 1)) {
            try VonMisesFisher.fit(Matrix([[1, 0]]), weights: [0])
        }
        #expect(throws: VonMisesFisher.FitError.identicalDirections(rows: 3)) {
            try VonMisesFisher.fit(Matrix([[0.1, 0.7, 0.3], [0.2, 1.4, 0.6], [0.1, 0.7, 0.3]]))
        }
        let message = VonMisesFisher.FitError.identicalDirections(rows: 3).description
        #expect(message == "the directions of 3 rows are the same, which no finite concentration fits best")
    }

    @Test("reads nothing but the rows, and is the same to the bit for any number of threads")
    func stridesAndThreads() throws {
        let count = keepsToSmallSizes ? 4100 : 13_000
        let (points, _) = draws(count, dimension: 5, concentration: 3, seed: 4)
        let one = try VonMisesFisher.fit(StridedCopy(points).view, on: Execution(threads: 1))
        for threads in [2, 3, 7] {
            let many = try VonMisesFisher.fit(points, on: Execution(threads: threads))
            #expect(many == one)
        }
    }

    @Test("traps on weights that do not fit")
    func wrongWeights() async {
        let count = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = try? VonMisesFisher.fit(Matrix(rows: 2, columns: 3), weights: [1])
        }
        #expect(messages(of: count).contains("1 weights for 2 points"))
        let negative = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = try? VonMisesFisher.fit(Matrix(rows: 2, columns: 3), weights: [1, -2])
        }
        #expect(messages(of: negative).contains("weight 1 must be finite and 0 or more, found -2.0"))
    }
}
