import SphereKernels
import SphereReference
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct MeanShiftPlanTests {
    /// The worst row error as a fraction of the limit, and that of the sums: above 1 is wrong.
    private func excess(
        _ step: MeanShiftStep, _ exact: Reference.MeanShiftStep, concentration: Double, count: Int
    ) -> Double {
        let dimension = step.shifted.columns
        let sumLimit = AccuracyLimits.kernelSum(dimension: dimension, concentration: concentration, count: count)
        var worst = ErrorReport.relative(step.sums, exact.sums).maximum / sumLimit
        // A row with NaN has no length and no error.
        for (i, error) in ErrorReport.rowErrors(step.shifted, exact.shifted).enumerated()
        where !exact.lengths[i].isNaN || error != 0 {
            let limit = AccuracyLimits.meanShiftRow(
                dimension: dimension, concentration: concentration, count: count, length: exact.lengths[i])
            worst = max(worst, error / limit)
        }
        return worst
    }

    @Test("agrees with the reference for every number of points", arguments: InstructionSet.available)
    func counts(set: InstructionSet) {
        let execution = Execution(for: set, threads: 2)
        var generator = SeededGenerator(seed: 1)
        for count in awkwardCounts {
            for dimension in [3, 8, 17] {
                let points = generator.clusteredRows(count, dimension: dimension, clusters: 4)
                let step = MeanShiftPlan.blurred(points, concentration: 20, on: execution)
                let exact = Reference.meanShiftStep(points, concentration: 20)
                let excess = excess(step, exact, concentration: 20, count: count)
                #expect(excess <= 1, "\(count) x \(dimension), seed 1")
            }
        }
    }

    @Test("agrees with the reference for every dimension", arguments: InstructionSet.available)
    func dimensions(set: InstructionSet) {
        let execution = Execution(for: set)
        var generator = SeededGenerator(seed: 2)
        for dimension in awkwardDimensions + (keepsToSmallSizes ? [] : [255, 512]) {
            let points = generator.clusteredRows(101, dimension: dimension, clusters: 4)
            let step = MeanShiftPlan.blurred(points, concentration: 50, on: execution)
            let exact = Reference.meanShiftStep(points, concentration: 50)
            #expect(excess(step, exact, concentration: 50, count: 101) <= 1, "D = \(dimension), seed 2")
        }
    }

    @Test(
        "agrees with the reference for any concentration", arguments: InstructionSet.available,
        [Float(1e-3), 1, 6, 25, 100, 1000, 1e5])
    func concentrations(set: InstructionSet, concentration: Float) {
        let execution = Execution(for: set)
        var generator = SeededGenerator(seed: 3)
        let points = generator.clusteredRows(150, dimension: 6, clusters: 4)
        let step = MeanShiftPlan.blurred(points, concentration: concentration, on: execution)
        let exact = Reference.meanShiftStep(points, concentration: Double(concentration))
        #expect(excess(step, exact, concentration: Double(concentration), count: 150) <= 1)
    }

    @Test(
        "agrees with the reference for weights and step sizes", arguments: InstructionSet.available,
        [Float(0.25), 0.5, 1])
    func weightsAndStepSizes(set: InstructionSet, stepSize: Float) {
        let execution = Execution(for: set)
        var generator = SeededGenerator(seed: 4)
        for dimension in [2, 9, 16] {
            let points = generator.clusteredRows(131, dimension: dimension, clusters: 4)
            let weights = (0..<131).map { $0 % 7 == 0 ? 0 : Float(100 * generator.uniform()) }
            let step = MeanShiftPlan.blurred(
                points, weights: weights, concentration: 30, stepSize: stepSize, on: execution)
            let exact = Reference.meanShiftStep(
                points, weights: weights, concentration: 30, stepSize: Double(stepSize))
            #expect(excess(step, exact, concentration: 30, count: 131) <= 1, "D = \(dimension), seed 4")
        }
    }

    @Test("moves seeds on fixed points and sums kernels at them as the reference", arguments: InstructionSet.available)
    func seeds(set: InstructionSet) {
        let execution = Execution(for: set)
        var generator = SeededGenerator(seed: 5)
        for (seedCount, pointCount, dimension) in [(0, 50, 4), (1, 1, 3), (7, 200, 5), (50, 9, 16), (97, 101, 33)] {
            let all = generator.clusteredRows(seedCount + pointCount, dimension: dimension, clusters: 3)
            let seeds = all.selectingRows(Array(0..<seedCount))
            let points = all.selectingRows(Array(seedCount..<seedCount + pointCount))
            var plan = MeanShiftPlan(capacity: pointCount, dimension: dimension, on: execution)
            plan.setPoints(points.view)
            let step = plan.shifted(seeds, concentration: 20)
            let exact = Reference.meanShiftStep(of: seeds, towards: points, concentration: 20)
            #expect(excess(step, exact, concentration: 20, count: pointCount) <= 1, "\(seedCount) on \(pointCount)")
            #expect(plan.kernelSums(at: seeds, concentration: 20) == step.sums)
        }
    }

    @Test("is the same to the bit for any number of threads", arguments: InstructionSet.available)
    func threads(set: InstructionSet) {
        let one = Execution(for: set)
        var generator = SeededGenerator(seed: 6)
        let points = generator.clusteredRows(keepsToSmallSizes ? 150 : 1111, dimension: 7)
        let expected = MeanShiftPlan.blurred(points, concentration: 60, on: one)
        for threads in [2, 3, 8] {
            let many = Execution(threads: threads, instructionSet: set)
            #expect(MeanShiftPlan.blurred(points, concentration: 60, on: many) == expected)
        }
    }

    @Test("reads nothing but the rows", arguments: InstructionSet.available)
    func strides(set: InstructionSet) {
        let execution = Execution(for: set)
        var generator = SeededGenerator(seed: 7)
        for dimension in [1, 6, 16, 19] {
            let points = generator.clusteredRows(53, dimension: dimension, clusters: 3)
            let input = StridedCopy(points)
            var step = MeanShiftStep(rows: 53, dimension: dimension)
            var plan = MeanShiftPlan(capacity: 53, dimension: dimension, on: execution)
            plan.blur(input.view, concentration: 10, into: &step)
            #expect(step == MeanShiftPlan.blurred(points, concentration: 10, on: execution))
            plan.shift(input.view, concentration: 10, into: &step)
            #expect(step == plan.shifted(points, concentration: 10))
        }
    }

    // MARK: Negligible tiles

    @Test(
        "skips tiles of clusters that are far apart without a trace in the result", arguments: InstructionSet.available)
    func skipping(set: InstructionSet) {
        let execution = Execution(for: set, threads: 2)
        var generator = SeededGenerator(seed: 20)
        // Of 17 blocks of 48 points many hold points of two of the 8 clusters.
        let (count, largestShare) = keepsToSmallSizes ? (800, 0.9) : (2000, 0.6)
        for dimension in [3, 16] {
            let (points, labels) = generator.clusteredRowsWithLabels(
                count, dimension: dimension, clusters: 8, noise: 0.15)
            let exact = Reference.meanShiftStep(points, concentration: 100)
            func step(_ tiles: MeanShiftPlan.NegligibleTiles, _ points: Matrix) -> (MeanShiftStep, Double) {
                var plan = MeanShiftPlan(capacity: count, dimension: dimension, on: execution)
                plan.negligibleTiles = tiles
                let step = plan.blurred(points, concentration: 100)
                return (step, plan.evaluatedShare)
            }
            let (all, allShare) = step(.evaluate, points)
            #expect(allShare == 1)
            #expect(excess(all, exact, concentration: 100, count: count) <= 1, "every tile, D = \(dimension)")
            // Rows of random clusters: nothing to skip in their order, most in an order by clusters.
            let (ordered, orderedShare) = step(.skipInClusterOrder, points)
            #expect(orderedShare < largestShare, "D = \(dimension), seed 20")
            #expect(excess(ordered, exact, concentration: 100, count: count) <= 1, "ordered, D = \(dimension)")
            // Rows that come by clusters.
            let order = points.rows == 0 ? [] : (0..<count).sorted { (labels[$0], $0) < (labels[$1], $1) }
            let (sorted, sortedShare) = step(.skip, points.selectingRows(order))
            #expect(sortedShare < largestShare, "D = \(dimension), seed 20")
            let sortedExact = Reference.meanShiftStep(points.selectingRows(order), concentration: 100)
            #expect(excess(sorted, sortedExact, concentration: 100, count: count) <= 1, "sorted, D = \(dimension)")
        }
    }

    @Test("skips tiles of so many points that their bounds are not kept", .disabled(if: keepsToSmallSizes))
    func skippingOfManyPoints() {
        var generator = SeededGenerator(seed: 23)
        let points = generator.clusteredRows(98_500, dimension: 3, clusters: 40, noise: 0.1)
        var plan = MeanShiftPlan(capacity: points.rows, dimension: 3, on: Execution(threads: 2))
        let skipped = plan.blurred(points, concentration: 150)
        #expect(plan.evaluatedShare < 0.3, "\(plan.evaluatedShare), seed 23")
        plan.negligibleTiles = .evaluate
        let all = plan.blurred(points, concentration: 150)
        var largest: Float = 0
        for (a, b) in zip(skipped.shifted.elements, all.shifted.elements) { largest = max(largest, abs(a - b)) }
        // Sums of thousands of values in another order.
        #expect(largest < 0x1p-18)
        #expect(zip(skipped.sums, all.sums).allSatisfy { abs($0 - $1) <= 0x1p-15 * $1 })
        // The same bits for any number of threads.
        var single = MeanShiftPlan(capacity: points.rows, dimension: 3, on: Execution(threads: 1))
        #expect(single.blurred(points, concentration: 150) == skipped)
    }

    @Test("skips nothing where a far tile would matter", arguments: InstructionSet.available)
    func unskippable(set: InstructionSet) {
        let execution = Execution(for: set)
        var generator = SeededGenerator(seed: 21)
        let points = generator.clusteredRows(800, dimension: 3, clusters: 2, noise: 0.05)
        // Without a weight of its own a point's sum is what far points give.
        let weights = (0..<800).map { $0 % 3 == 0 ? Float(0) : 1 }
        var plan = MeanShiftPlan(capacity: 800, dimension: 3, on: execution)
        let step = plan.blurred(points, weights: weights, concentration: 100)
        #expect(plan.evaluatedShare == 1)
        let exact = Reference.meanShiftStep(points, weights: weights, concentration: 100)
        #expect(excess(step, exact, concentration: 100, count: 800) <= 1)
        // Nor has a short vector a kernel value of 1 with itself.
        var short = points
        for i in 0..<800 where i % 40 == 0 { for k in 0..<3 { short[i, k] *= 0.25 } }
        let shortStep = plan.blurred(short, concentration: 100)
        let shortExact = Reference.meanShiftStep(short, concentration: 100)
        #expect(excess(shortStep, shortExact, concentration: 100, count: 800) <= 1)
    }

    @Test("an order by clusters keeps rows with NaN in their place", arguments: InstructionSet.available)
    func orderedUnusableRows(set: InstructionSet) {
        var generator = SeededGenerator(seed: 22)
        var points = generator.clusteredRows(900, dimension: 5, clusters: 4, noise: 0.1)
        for row in [0, 1, 500, 899] { points[row, 2] = .nan }
        var plan = MeanShiftPlan(capacity: 900, dimension: 5, on: Execution(for: set))
        let step = plan.blurred(points, concentration: 100)
        #expect(plan.evaluatedShare < 1)
        for row in [0, 1, 500, 899] { #expect(step.sums[row].isNaN && step.lengths[row].isNaN) }
        let exact = Reference.meanShiftStep(points, concentration: 100)
        #expect(excess(step, exact, concentration: 100, count: 900) <= 1)
    }

    @Test("forgets the points of an earlier, larger set", arguments: InstructionSet.available)
    func reuse(set: InstructionSet) {
        let execution = Execution(for: set)
        var generator = SeededGenerator(seed: 8)
        let many = generator.clusteredRows(120, dimension: 5, clusters: 3)
        let few = generator.clusteredRows(61, dimension: 5, clusters: 3)
        var plan = MeanShiftPlan(capacity: 120, dimension: 5, on: execution)
        plan.setPoints(many.view, weights: [Float](repeating: 3, count: 120).span)
        plan.setPoints(few.view)
        #expect(plan.pointCount == 61)
        var fresh = MeanShiftPlan(capacity: 61, dimension: 5, on: execution)
        fresh.setPoints(few.view)
        #expect(plan.shifted(few, concentration: 40) == fresh.shifted(few, concentration: 40))
        _ = plan.blurred(many, concentration: 40)
        #expect(plan.blurred(few, concentration: 40) == fresh.blurred(few, concentration: 40))
    }

    // MARK: Laws

    @Test("moves with a permutation of the points", arguments: InstructionSet.available)
    func permutation(set: InstructionSet) {
        let execution = Execution(for: set)
        var generator = SeededGenerator(seed: 9)
        let points = generator.clusteredRows(137, dimension: 6, clusters: 4)
        let order = Array(0..<137).shuffled(using: &generator)
        let straight = MeanShiftPlan.blurred(points, concentration: 30, on: execution).shifted
        let permuted = MeanShiftPlan.blurred(points.selectingRows(order), concentration: 30, on: execution).shifted
        // Only the order of the additions differs.
        let limit = AccuracyLimits.meanShiftRow(dimension: 6, concentration: 30, count: 137, length: 1)
        let error = ErrorReport.ofRows(permuted, ReferenceMatrix(straight.selectingRows(order)))
        #expect(error.maximum <= limit)
    }

    @Test("moves with a rotation of the points", arguments: InstructionSet.available)
    func rotation(set: InstructionSet) {
        let execution = Execution(for: set)
        var generator = SeededGenerator(seed: 10)
        let points = generator.clusteredRows(150, dimension: 5, clusters: 4)
        let mirror = generator.unitRows(1, dimension: 5)
        let reflected = MeanShiftPlan.blurred(reflect(points, at: mirror), concentration: 30, on: execution).shifted
        let expected = reflect(MeanShiftPlan.blurred(points, concentration: 30, on: execution).shifted, at: mirror)
        let limit = 2 * AccuracyLimits.meanShiftRow(dimension: 5, concentration: 30, count: 150, length: 1)
        #expect(ErrorReport.ofRows(reflected, ReferenceMatrix(expected)).maximum <= limit)
    }

    /// Householder reflection `x - 2 (x . v) v`: an orthogonal map, and two of them are any rotation of a plane.
    private func reflect(_ points: Matrix, at mirror: Matrix) -> Matrix {
        var result = points
        for i in 0..<points.rows {
            let dot = zip(points.row(i), mirror.row(0)).reduce(0) { $0 + Double($1.0) * Double($1.1) }
            for k in 0..<points.columns { result[i, k] = Float(Double(points[i, k]) - 2 * dot * Double(mirror[0, k])) }
        }
        return result
    }

    @Test("treats an integer weight as that many points", arguments: InstructionSet.available)
    func repeatedPoints(set: InstructionSet) {
        let execution = Execution(for: set)
        var generator = SeededGenerator(seed: 11)
        let points = generator.clusteredRows(60, dimension: 4, clusters: 3)
        let weights = (0..<60).map { Float($0 % 4) }
        let repeated = points.selectingRows((0..<60).flatMap { [Int](repeating: $0, count: $0 % 4) })
        var weighted = MeanShiftPlan(capacity: 60, dimension: 4, on: execution)
        weighted.setPoints(points.view, weights: weights.span)
        var plain = MeanShiftPlan(capacity: repeated.rows, dimension: 4, on: execution)
        plain.setPoints(repeated.view)
        let a = weighted.shifted(points, concentration: 25)
        let b = plain.shifted(points, concentration: 25)
        let limit = AccuracyLimits.meanShiftRow(dimension: 4, concentration: 25, count: 90, length: 1)
        #expect(ErrorReport.ofRows(a.shifted, ReferenceMatrix(b.shifted)).maximum <= limit)
    }

    @Test("leaves unit rows", arguments: InstructionSet.available)
    func unitRows(set: InstructionSet) {
        let execution = Execution(for: set)
        var generator = SeededGenerator(seed: 12)
        let points = generator.unitRows(300, dimension: 8)
        let shifted = MeanShiftPlan.blurred(points, concentration: 15, on: execution).shifted
        let errors = Reference.norms(shifted).map { abs($0 - 1) }
        #expect(ErrorReport(errors).maximum <= AccuracyLimits.norm(dimension: 8))
    }

    @Test("never lets the enclosing cap of a lone cluster grow", arguments: InstructionSet.available)
    func shrinkingCap(set: InstructionSet) {
        let execution = Execution(for: set)
        var generator = SeededGenerator(seed: 13)
        for concentration in [Float(1), 10, 100, 1000] {
            var points = generator.clusteredRows(200, dimension: 4, clusters: 1, noise: 0.5)
            let axis = Array(RowNorms.normalized(Matrix([meanRow(points)])).row(0))
            var radius = capRadius(points, around: axis)
            for _ in 0..<8 {
                points = MeanShiftPlan.blurred(points, concentration: concentration, on: execution).shifted
                let next = capRadius(points, around: axis)
                // A cap below 90 degrees is convex: means of its points stay inside. Rounding may add its error.
                let rounding = AccuracyLimits.meanShiftRow(
                    dimension: 4, concentration: Double(concentration), count: 200, length: 1)
                #expect(next <= radius + rounding, "kappa = \(concentration)")
                radius = next
            }
        }
    }

    private func meanRow(_ points: Matrix) -> [Float] {
        (0..<points.columns).map { k in
            Float((0..<points.rows).reduce(0.0) { $0 + Double(points[$1, k]) } / Double(points.rows))
        }
    }

    /// The largest chord from `axis` to a point.
    private func capRadius(_ points: Matrix, around axis: [Float]) -> Double {
        (0..<points.rows).map { i in
            zip(points.row(i), axis).reduce(0) { sum, pair in
                let difference = Double(pair.0) - Double(pair.1)
                return sum + difference * difference
            }.squareRoot()
        }.max() ?? 0
    }

    @Test("contracts a Gaussian cluster with order 3", arguments: InstructionSet.available)
    func cubicContraction(set: InstructionSet) {
        let execution = Execution(for: set)
        var generator = SeededGenerator(seed: 14)
        // Blurring maps a cluster of deviation s to s^3 / (s^2 + h^2), h^2 = 1 / kappa (Carreira-Perpinan 2006): with s well
        // below h the logarithm of s / h triples in a step.
        let bandwidth = 0.1
        let count = keepsToSmallSizes ? 300 : 2000
        var points = generator.clusteredRows(count, dimension: 3, clusters: 1, noise: 0.05)
        var ratios: [Double] = []
        for _ in 0..<3 {
            ratios.append(deviation(points) / bandwidth)
            points = MeanShiftPlan.blurred(points, concentration: 100, on: execution).shifted
        }
        for (before, after) in zip(ratios, ratios.dropFirst()) {
            let order = log(after) / log(before)
            #expect(abs(order - 3) < 0.15, "from \(before) h to \(after) h")
        }
    }

    /// Root mean square distance from the mean, per tangent coordinate of a sphere in R^3.
    private func deviation(_ points: Matrix) -> Double {
        let mean = meanRow(points).map(Double.init)
        var sum = 0.0
        for i in 0..<points.rows {
            for k in 0..<points.columns {
                let difference = Double(points[i, k]) - mean[k]
                sum += difference * difference
            }
        }
        return (sum / Double(points.rows) / 2).squareRoot()
    }

    // MARK: Defined results

    @Test(
        "keeps rows with NaN or infinity out of every sum and leaves them in place", arguments: InstructionSet.available
    )
    func notFinite(set: InstructionSet) {
        let execution = Execution(for: set)
        var generator = SeededGenerator(seed: 15)
        var points = generator.clusteredRows(70, dimension: 5, clusters: 3)
        points[3, 2] = .nan
        points[50, 0] = .infinity
        points[69, 4] = -.infinity
        let broken = [3, 50, 69]
        let step = MeanShiftPlan.blurred(points, concentration: 20, on: execution)
        let healthy = (0..<70).filter { !broken.contains($0) }
        let alone = MeanShiftPlan.blurred(points.selectingRows(healthy), concentration: 20, on: execution)
        let limit = AccuracyLimits.meanShiftRow(dimension: 5, concentration: 20, count: 70, length: 1)
        let error = ErrorReport.ofRows(step.shifted.selectingRows(healthy), ReferenceMatrix(alone.shifted))
        #expect(error.maximum <= limit)
        for row in broken {
            #expect(step.sums[row].isNaN)
            #expect(step.shifted.row(row).elementsEqual(points.row(row)) { $0.bitPattern == $1.bitPattern })
        }
    }

    @Test("leaves a seed without kernel weight where it is", arguments: InstructionSet.available)
    func farSeed(set: InstructionSet) {
        let execution = Execution(for: set)
        var plan = MeanShiftPlan(capacity: 1, dimension: 3, on: execution)
        plan.setPoints(Matrix([[1, 0, 0]]).view)
        let step = plan.shifted(Matrix([[-1, 0, 0], [0, 1, 0], [1, 0, 0]]), concentration: 100)
        #expect(Array(step.shifted.elements) == [-1, 0, 0, 0, 1, 0, 1, 0, 0])
        #expect(step.sums[0] == 0 && step.sums[1] == 0)
        #expect(
            abs(Double(step.sums[2]) - 1) <= AccuracyLimits.kernelSum(dimension: 3, concentration: 100, count: 1))
    }

    @Test("leaves a target whose step is the zero vector where it is", arguments: InstructionSet.available)
    func cancellingStep(set: InstructionSet) {
        let execution = Execution(for: set)
        var plan = MeanShiftPlan(capacity: 2, dimension: 2, on: execution)
        plan.setPoints(Matrix([[1, 0], [-1, 0]]).view)
        let step = plan.shifted(Matrix([[0, 1]]), concentration: 1)
        #expect(Array(step.shifted.elements) == [0, 1])
    }

    @Test("takes zero vectors as points with cosine 0", arguments: InstructionSet.available)
    func zeroRows(set: InstructionSet) {
        let execution = Execution(for: set)
        let points = Matrix([[0, 0, 0], [1, 0, 0], [0.6, 0.8, 0]])
        let step = MeanShiftPlan.blurred(points, concentration: 2, on: execution)
        #expect(excess(step, Reference.meanShiftStep(points, concentration: 2), concentration: 2, count: 3) <= 1)
    }

    @Test("of no points leaves targets where they are, and no targets give no rows")
    func empty() {
        let plan = MeanShiftPlan(capacity: 0, dimension: 2)
        let step = plan.shifted(Matrix([[1, 0]]), concentration: 10)
        #expect(Array(step.shifted.elements) == [1, 0] && step.sums == [0])
        #expect(plan.shifted(Matrix(rows: 0, columns: 2), concentration: 10).shifted.rows == 0)
    }

    @Test("of one point and of one dimension is the point itself")
    func single() {
        let step = MeanShiftPlan.blurred(Matrix([[0.6, 0.8]]), concentration: 10)
        let limit = AccuracyLimits.norm(dimension: 2)
        #expect(ErrorReport.ofRows(step.shifted, ReferenceMatrix(Matrix([[0.6, 0.8]]))).maximum <= limit)
        let line = MeanShiftPlan.blurred(Matrix([[1], [-1], [1]]), concentration: 1)
        #expect(ErrorReport.ofRows(line.shifted, ReferenceMatrix(Matrix([[1], [-1], [1]]))).maximum <= limit)
    }

    @Test("traps on rows that are not normalised, naming the row and its length")
    func notNormalised() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = MeanShiftPlan.blurred(Matrix([[1, 0], [3, 4]]), concentration: 10)
        }
        #expect(messages(of: result).contains("row 1 has the length 5.0"))
    }

    @Test("traps on a negative concentration, a step size outside (0, 1] and a negative weight")
    func wrongParameters() async {
        let concentration = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = MeanShiftPlan.blurred(Matrix([[1, 0]]), concentration: -1)
        }
        #expect(messages(of: concentration).contains("concentration must be in 0...5000000.0, found -1.0"))
        let stepSize = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = MeanShiftPlan.blurred(Matrix([[1, 0]]), concentration: 1, stepSize: 1.5)
        }
        #expect(messages(of: stepSize).contains("step size must be in (0, 1], found 1.5"))
        let weight = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = MeanShiftPlan.blurred(Matrix([[1, 0]]), weights: [-2], concentration: 1)
        }
        #expect(messages(of: weight).contains("weight 0 must be finite and 0 or more, found -2.0"))
    }
}
