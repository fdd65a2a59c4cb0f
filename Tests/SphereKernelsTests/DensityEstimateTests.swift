import SphereKernels
import SphereReference
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct DensityEstimateTests {
    private func plan(_ points: Matrix, weights: [Float]? = nil, on execution: Execution = .default) -> MeanShiftPlan {
        var plan = MeanShiftPlan(capacity: points.rows, dimension: points.columns, on: execution)
        if let weights {
            plan.setPoints(points.view, weights: weights.span)
        } else {
            plan.setPoints(points.view)
        }
        return plan
    }

    @Test("agrees with its naive twin", arguments: InstructionSet.available, [Float(0), 3, 200])
    func twin(set: InstructionSet, concentration: Float) {
        var generator = SeededGenerator(seed: 1)
        for dimension in [2, 3, 16, 33] {
            let points = generator.clusteredRows(150, dimension: dimension, clusters: 3)
            let targets = generator.clusteredRows(70, dimension: dimension, clusters: 2)
            let weights = (0..<150).map { _ in Float(generator.uniform()) }
            for weights in [nil, weights] {
                let plan = plan(points, weights: weights, on: Execution(for: set))
                let exact = Reference.logDensityEstimate(
                    at: targets, of: points, weights: weights, concentration: Double(concentration))
                let limit = AccuracyLimits.logDensityEstimate(
                    dimension: dimension, concentration: Double(concentration), count: 150)
                let logs = plan.logDensity(at: targets, concentration: concentration)
                let values = plan.density(at: targets, concentration: concentration)
                // Kernel values below e^-87.3 count as 0.
                let peak = VonMisesFisher(dimension: dimension, concentration: Double(concentration))
                    .scaledLogNormalizer
                for i in 0..<70 where exact[i] - peak > -75 {
                    let allowed = limit * max(1, abs(exact[i]))
                    #expect(abs(Double(logs[i]) - exact[i]) <= allowed, "D = \(dimension), target \(i)")
                    #expect(abs(Double(values[i]) / exp(exact[i]) - 1) <= 2 * allowed, "D = \(dimension), target \(i)")
                }
            }
        }
    }

    @Test("integrates to 1 over the sphere within 5 standard errors", arguments: [2, 3, 5])
    func integral(dimension: Int) {
        var generator = SeededGenerator(seed: 2)
        let points = generator.clusteredRows(60, dimension: dimension, clusters: 4)
        let weights = (0..<60).map { _ in Float(generator.uniform()) }
        let targets = generator.unitRows(keepsToSmallSizes ? 400 : 40_000, dimension: dimension)
        let area = exp(-VonMisesFisher(dimension: dimension, concentration: 0).logNormalizer)
        for concentration in [Float(0), 2, 25] {
            let values = plan(points, weights: weights).density(at: targets, concentration: concentration)
                .map { area * Double($0) }
            let n = Double(values.count)
            let mean = values.reduce(0, +) / n
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
            // The area itself at concentration 0, where the values do not vary: float32 is left.
            #expect(abs(mean - 1) <= 5 * (variance / n).squareRoot() + 0x1p-20, "kappa = \(concentration)")
        }
    }

    @Test("of one point is the density of the distribution around it")
    func onePoint() {
        var generator = SeededGenerator(seed: 3)
        let point = generator.unitRows(1, dimension: 7)
        let targets = generator.unitRows(50, dimension: 7)
        let result = plan(point, weights: [0.25]).logDensity(at: targets, concentration: 30)
        let exact = VonMisesFisher(dimension: 7, concentration: 30).logDensity(of: targets, around: point.elements)
        let limit = AccuracyLimits.logDensityEstimate(dimension: 7, concentration: 30, count: 1)
        for (a, b) in zip(result, exact) { #expect(abs(a - b) <= Float(limit) * max(1, abs(b))) }
    }

    @Test("does not overflow where the density does")
    func manyDimensions() {
        var generator = SeededGenerator(seed: 4)
        let point = generator.unitRows(1, dimension: 500)
        let plan = plan(point)
        let log = plan.logDensity(at: point, concentration: 10_000)[0]
        let peak = VonMisesFisher(dimension: 500, concentration: 10_000).scaledLogNormalizer
        // The point's own cosine is 1 to D / 2 roundings.
        #expect(peak > 1000 && abs(Double(log) - peak) <= 10_000 * 250 * AccuracyLimits.roundoff)
        #expect(plan.density(at: point, concentration: 10_000) == [.infinity])
    }

    @Test("is 0 where no kernel value is left, and NaN without points or at a target with NaN")
    func degenerate() {
        let points = Matrix([[1, 0, 0], [.nan, 0, 0]])
        let targets = Matrix([[-1, 0, 0], [1, 0, 0], [0, .nan, 0]])
        let plan = plan(points)
        #expect(plan.totalWeight == 1)
        let logs = plan.logDensity(at: targets, concentration: 100)
        #expect(logs[0] == -.infinity && logs[1].isFinite && logs[2].isNaN)
        let values = plan.density(at: targets, concentration: 100)
        #expect(values[0] == 0 && values[1] > 0 && values[2].isNaN)
        let empty = self.plan(Matrix(rows: 0, columns: 3))
        #expect(empty.totalWeight == 0)
        #expect(empty.logDensity(at: targets, concentration: 1).allSatisfy { $0.isNaN })
        #expect(self.plan(points, weights: [0, 1]).density(at: targets, concentration: 1).allSatisfy { $0.isNaN })
    }
}
