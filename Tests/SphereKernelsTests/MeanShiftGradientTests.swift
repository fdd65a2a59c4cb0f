import SphereKernels
import SphereReference
import TestSupport
import Testing

@Suite struct MeanShiftGradientTests {
    /// The norm-wise errors of a gradient's parts as fractions of the limit, the worst of them: above 1 is wrong.
    ///
    /// Where the parts of the weights and settings cancel (lone points) errors are seen against the upstream gradient.
    private func excess(
        _ result: MeanShiftGradient, _ exact: Reference.MeanShiftGradient, _ upstream: Matrix, limit: Double
    ) -> Double {
        let size = upstream.elements.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        let weightErrors = zip(result.weights, exact.weights).map { Double($0) - $1 }
        let sum = exact.weights.reduce(0) { $0 + abs($1) }
        return [
            ErrorReport.normwise(result.points, exact.points).rootMeanSquare,
            norm(weightErrors) / max(norm(exact.weights), size),
            abs(result.concentration - exact.concentration) / max(sum, size),
            abs(result.stepSize - exact.stepSize) / max(abs(exact.stepSize), sum, size),
        ].map { $0.isNaN ? .infinity : $0 / limit }.max()!
    }

    @Test("agrees with the reference for every number of points", arguments: InstructionSet.available)
    func counts(set: InstructionSet) {
        let execution = Execution(for: set, threads: 2)
        var generator = SeededGenerator(seed: 1)
        for count in awkwardCounts where count > 1 {
            for dimension in [3, 8, 17] {
                let points = generator.clusteredRows(count, dimension: dimension, clusters: 4)
                let upstream = generator.normalMatrix(rows: count, columns: dimension)
                let result = MeanShiftPlan.gradient(
                    ofBlurring: points, concentration: 20, upstream: upstream, on: execution)
                let exact = Reference.meanShiftGradient(points, concentration: 20, upstream: upstream)
                let excess = excess(result, exact, upstream, limit: AccuracyLimits.meanShiftGradient(shifted: true))
                #expect(excess <= 1, "\(count) x \(dimension), seed 1")
            }
        }
    }

    @Test("agrees with the reference for every dimension", arguments: InstructionSet.available)
    func dimensions(set: InstructionSet) {
        let execution = Execution(for: set)
        var generator = SeededGenerator(seed: 2)
        for dimension in awkwardDimensions.filter({ $0 > 1 }) + (keepsToSmallSizes ? [] : [255]) {
            let points = generator.clusteredRows(101, dimension: dimension, clusters: 4)
            let upstream = generator.normalMatrix(rows: 101, columns: dimension)
            let result = MeanShiftPlan.gradient(
                ofBlurring: points, concentration: 50, upstream: upstream, on: execution)
            let exact = Reference.meanShiftGradient(points, concentration: 50, upstream: upstream)
            let excess = excess(result, exact, upstream, limit: AccuracyLimits.meanShiftGradient(shifted: true))
            #expect(excess <= 1, "D = \(dimension), seed 2")
        }
    }

    @Test(
        "agrees with the reference for weights and step sizes", arguments: InstructionSet.available,
        [Float(0.25), 0.5, 1])
    func weightsAndStepSizes(set: InstructionSet, stepSize: Float) {
        let execution = Execution(for: set, threads: 2)
        var generator = SeededGenerator(seed: 3)
        for dimension in [2, 9, 16] {
            let points = generator.clusteredRows(131, dimension: dimension, clusters: 4)
            let weights = (0..<131).map { $0 % 7 == 0 ? 0 : Float(10 * generator.uniform()) }
            let upstream = generator.normalMatrix(rows: 131, columns: dimension)
            let result = MeanShiftPlan.gradient(
                ofBlurring: points, weights: weights, concentration: 30, stepSize: stepSize, upstream: upstream,
                on: execution)
            let exact = Reference.meanShiftGradient(
                points, weights: weights, concentration: 30, stepSize: Double(stepSize), upstream: upstream)
            let excess = excess(result, exact, upstream, limit: AccuracyLimits.meanShiftGradient(shifted: true))
            #expect(excess <= 1, "D = \(dimension), seed 3")
        }
    }

    @Test("of a small concentration, of zero, and of a large one", arguments: InstructionSet.available)
    func concentrations(set: InstructionSet) {
        let execution = Execution(for: set)
        var generator = SeededGenerator(seed: 4)
        let points = generator.clusteredRows(90, dimension: 5, clusters: 3)
        let upstream = generator.normalMatrix(rows: 90, columns: 5)
        for concentration in [Float(0), 1e-3, 1, 1000] {
            let result = MeanShiftPlan.gradient(
                ofBlurring: points, concentration: concentration, upstream: upstream, on: execution)
            let exact = Reference.meanShiftGradient(
                points, concentration: Double(concentration), upstream: upstream)
            // kappa times the error of a dot product, as in a step, where it passes that at 100.
            let limit = AccuracyLimits.meanShiftGradient(shifted: true) * max(1, Double(concentration) / 100)
            #expect(excess(result, exact, upstream, limit: limit) <= 1, "kappa = \(concentration), seed 4")
        }
    }

    @Test("has the same bits for any number of threads", arguments: InstructionSet.available)
    func threads(set: InstructionSet) {
        var generator = SeededGenerator(seed: 5)
        let count = keepsToSmallSizes ? 200 : 1500
        let points = generator.clusteredRows(count, dimension: 7)
        let upstream = generator.normalMatrix(rows: count, columns: 7)
        func gradient(_ threads: Int) -> MeanShiftGradient {
            MeanShiftPlan.gradient(
                ofBlurring: points, concentration: 60, stepSize: 0.5, upstream: upstream,
                on: Execution(for: set, threads: threads))
        }
        let one = gradient(1)
        for threads in [2, 3, 5] { #expect(gradient(threads) == one) }
    }

    @Test("a row with NaN or infinity has no gradient and leaves the others alone", arguments: InstructionSet.available)
    func unusableRows(set: InstructionSet) {
        let execution = Execution(for: set)
        var generator = SeededGenerator(seed: 6)
        var points = generator.clusteredRows(60, dimension: 4, clusters: 2)
        points[7, 1] = .nan
        points[50, 0] = .infinity
        let upstream = generator.normalMatrix(rows: 60, columns: 4)
        let result = MeanShiftPlan.gradient(
            ofBlurring: points, concentration: 20, upstream: upstream, on: execution)
        let exact = Reference.meanShiftGradient(points, concentration: 20, upstream: upstream)
        #expect(excess(result, exact, upstream, limit: AccuracyLimits.meanShiftGradient(shifted: true)) <= 1)
        for row in [7, 50] {
            #expect(result.points.row(row).allSatisfy { $0 == 0 } && result.weights[row] == 0)
        }
    }

    @Test(
        "skips tiles of clusters that are far apart without a trace in the result", arguments: InstructionSet.available)
    func skipping(set: InstructionSet) {
        let execution = Execution(for: set, threads: 2)
        var generator = SeededGenerator(seed: 7)
        let (count, largestShare) = keepsToSmallSizes ? (800, 0.95) : (1500, 0.7)
        for dimension in [3, 16] {
            for stepSize in [Float(1), 0.5] {
                var points = generator.clusteredRows(count, dimension: dimension, clusters: 8, noise: 0.15)
                points[count / 2, 1] = .nan
                let weights = (0..<count).map { $0 % 5 == 0 ? Float(2) : 1 }
                let upstream = generator.normalMatrix(rows: count, columns: dimension)
                let exact = Reference.meanShiftGradient(
                    points, weights: weights, concentration: 100, stepSize: Double(stepSize), upstream: upstream)
                func gradient(_ tiles: MeanShiftPlan.NegligibleTiles) -> (MeanShiftGradient, share: Double) {
                    var plan = MeanShiftPlan(capacity: count, dimension: dimension, on: execution)
                    let step = plan.blurred(points, weights: weights, concentration: 100, stepSize: stepSize)
                    plan.negligibleTiles = tiles
                    var gradient = MeanShiftGradient(rows: count, dimension: dimension)
                    plan.gradient(
                        of: step, from: points.view, weights: weights, concentration: 100, stepSize: stepSize,
                        upstream: upstream.view, into: &gradient)
                    return (gradient, plan.evaluatedShare)
                }
                let all = gradient(.evaluate)
                let ordered = gradient(.skipInClusterOrder)
                #expect(all.share == 1 && ordered.share < largestShare, "\(ordered.share), D = \(dimension), seed 7")
                let limit = AccuracyLimits.meanShiftGradient(shifted: true)
                #expect(excess(all.0, exact, upstream, limit: limit) <= 1, "every tile, D = \(dimension)")
                #expect(excess(ordered.0, exact, upstream, limit: limit) <= 1, "ordered, D = \(dimension)")
            }
        }
    }

    @Test("of no points is empty, and a lone point passes no gradient along its direction")
    func few() {
        let none = MeanShiftPlan.gradient(
            ofBlurring: Matrix(rows: 0, columns: 3), concentration: 10, upstream: Matrix(rows: 0, columns: 3))
        #expect(none.points.rows == 0 && none.concentration == 0 && none.stepSize == 0)
        let one = MeanShiftPlan.gradient(
            ofBlurring: Matrix([[0.6, 0.8]]), concentration: 10, upstream: Matrix([[0.6, 0.8]]))
        #expect(one.points.elements.allSatisfy { abs($0) < 1e-6 })
    }

    @Test("traps on shapes that do not agree")
    func shapes() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = MeanShiftPlan.gradient(
                ofBlurring: Matrix([[1, 0]]), concentration: 1, upstream: Matrix([[1, 0, 0]]))
        }
        #expect(messages(of: result).contains("upstream gradient of 1 x 3 for points of 1 x 2"))
    }

    // MARK: The reference itself

    @Test("the reference is the derivative: agrees with central differences in double")
    func differences() {
        var generator = SeededGenerator(seed: 7)
        let points = generator.clusteredRows(12, dimension: 3, clusters: 2)
        let upstream = generator.normalMatrix(rows: 12, columns: 3)
        let weights = (0..<12).map { _ in Float(0.5 + generator.uniform()) }
        let (kappa, eta) = (9.0, 0.7)
        let exact = Reference.meanShiftGradient(
            points, weights: weights, concentration: kappa, stepSize: eta, upstream: upstream)
        /// The loss, a sum of products with the upstream gradient.
        func loss(_ points: Matrix, _ weights: [Float], _ kappa: Double, _ eta: Double) -> Double {
            let step = Reference.meanShiftStep(points, weights: weights, concentration: kappa, stepSize: eta)
            return zip(step.shifted.elements, upstream.elements).reduce(0) { $0 + $1.0 * Double($1.1) }
        }
        // Steps that are exact in float32, as coordinates and weights are; the error of the difference is of their square.
        let h: Float = 0x1p-11
        func difference(_ value: Float, _ loss: (Float) -> Double) -> Double {
            let (up, down) = (value + h, value - h)
            return (loss(up) - loss(down)) / (Double(up) - Double(down))
        }
        for i in 0..<12 {
            for k in 0..<3 {
                let found = difference(points[i, k]) {
                    var moved = points
                    moved[i, k] = $0
                    return loss(moved, weights, kappa, eta)
                }
                #expect(abs(found - exact.points[i, k]) < 2e-4, "point \(i), coordinate \(k)")
            }
            let found = difference(weights[i]) {
                var changed = weights
                changed[i] = $0
                return loss(points, changed, kappa, eta)
            }
            #expect(abs(found - exact.weights[i]) < 1e-5, "weight \(i)")
        }
        let step = 1e-5
        let concentration =
            (loss(points, weights, kappa + step, eta) - loss(points, weights, kappa - step, eta)) / (2 * step)
        #expect(abs(concentration - exact.concentration) < 1e-8)
        let size = (loss(points, weights, kappa, eta + step) - loss(points, weights, kappa, eta - step)) / (2 * step)
        #expect(abs(size - exact.stepSize) < 1e-8)
    }

    // MARK: Kernel sums

    @Test("of kernel sums agrees with the reference", arguments: InstructionSet.available)
    func kernelSums(set: InstructionSet) {
        let execution = Execution(for: set, threads: 2)
        var generator = SeededGenerator(seed: 8)
        for (targetCount, pointCount) in [(1, 1), (37, 101), (97, 5)] {
            for dimension in [3, 16, 17] {
                let targets = generator.clusteredRows(targetCount, dimension: dimension, clusters: 3)
                let points = generator.clusteredRows(pointCount, dimension: dimension, clusters: 3)
                let weights = (0..<pointCount).map { $0 % 5 == 4 ? 0 : Float(generator.uniform()) }
                // Of either sign.
                let upstream = (0..<targetCount).map { _ in Float(generator.normal()) }
                let result = MeanShiftPlan.kernelSumsGradient(
                    at: targets, of: points, weights: weights, concentration: 12, upstream: upstream, on: execution)
                let exact = Reference.kernelSumsGradient(
                    at: targets, of: points, weights: weights, concentration: 12, upstream: upstream)
                let limit = AccuracyLimits.meanShiftGradient(shifted: false)
                let found = Matrix(rows: pointCount, columns: 1, elements: result.weights)
                let place = "\(targetCount) targets, \(pointCount) points, D = \(dimension), seed 8"
                #expect(ErrorReport.normwise(result.targets, exact.targets).rootMeanSquare <= limit, "\(place)")
                #expect(ErrorReport.normwise(result.points, exact.points).rootMeanSquare <= limit, "\(place)")
                #expect(
                    ErrorReport.normwise(found, ReferenceMatrix(rows: pointCount, columns: 1, exact.weights))
                        .rootMeanSquare
                        <= limit, "\(place)")
                let scale = exact.weights.reduce(1e-30) { $0 + abs($1) }
                #expect(abs(result.concentration - exact.concentration) / scale <= limit, "\(place)")
            }
        }
    }

    @Test("of kernel sums whose upstream gradients cancel is not lost", arguments: InstructionSet.available)
    func cancellingSums(set: InstructionSet) {
        let targets = Matrix([[0.6, 0.8], [0.6, -0.8]])
        let points = Matrix([[1, 0]])
        let result = MeanShiftPlan.kernelSumsGradient(
            at: targets, of: points, concentration: 2, upstream: [1, -1], on: Execution(for: set))
        let exact = Reference.kernelSumsGradient(at: targets, of: points, concentration: 2, upstream: [1, -1])
        #expect(
            ErrorReport.normwise(result.points, exact.points).rootMeanSquare
                <= AccuracyLimits.meanShiftGradient(shifted: false))
    }
}
