import Foundation
import SphereFastSummation
import SphereGrouping
import SphereKernels
import SphereReference
import SphereTheory
import TestSupport
import Testing

@Suite("Fast summation")
struct FastSummationTests {
    /// A point in the direction of (x, y, z).
    private func unit(_ x: Double, _ y: Double, _ z: Double) -> [Float] {
        let length = (x * x + y * y + z * z).squareRoot()
        return [Float(x / length), Float(y / length), Float(z / length)]
    }

    @Test("values of the kernel are within the certified error", arguments: [1e-3, 1e-7, 1e-12])
    func kernelValues(tolerance: Double) throws {
        var generator = SeededGenerator(seed: 41)
        for concentration in keepsToSmallSizes ? [0.5, 20] : [0.5, 20, 100, 700] {
            let summation = try FastSummation(concentration: concentration, tolerance: tolerance)
            #expect(summation.kernelError <= tolerance + 1e-13)
            let targets = generator.unitRows(300, dimension: 3)
            // The poles, where all longitudes meet, and places beside them and beside the first meridian.
            let sources =
                [
                    unit(0, 0, 1), unit(0, 0, -1), unit(1e-6, 0, 1), unit(1e-4, 1e-4, -1), unit(1, -1e-7, 0),
                    unit(-1, 1e-7, 0.1),
                ] + (0..<6).map { Array(targets.row($0)) }
            for source in sources {
                let sums = summation.kernelSums(at: targets, of: Matrix(rows: 1, columns: 3, elements: source)).sums
                for row in 0..<targets.rows {
                    var (dot, a, b) = (0.0, 0.0, 0.0)
                    for (x, y) in zip(source, targets.row(row)) {
                        dot += Double(x) * Double(y)
                        a += Double(x) * Double(x)
                        b += Double(y) * Double(y)
                    }
                    let exact = exp(concentration * (dot / (a * b).squareRoot() - 1))
                    #expect(
                        abs(sums[row] - exact) <= summation.kernelError,
                        "kappa \(concentration), source \(source), target \(targets.row(row)), seed 41")
                }
            }
        }
    }

    @Test("sums are within the certified error, with and without weights", arguments: [1, 2, 3])
    func sums(dimension: Int) throws {
        var generator = SeededGenerator(seed: 42)
        let points = generator.clusteredRows(400, dimension: dimension, clusters: 5, noise: 0.3)
        let targets = generator.unitRows(100, dimension: dimension)
        let weights = (0..<400).map { _ in Float(3 * generator.uniform()) }
        let summation = try FastSummation(concentration: 50, tolerance: 1e-10)
        for weights in [nil, weights] {
            let (sums, bound) = summation.kernelSums(at: targets, of: points, weights: weights)
            let exact = Reference.kernelSums(at: targets, of: points, weights: weights, concentration: 50)
            // Rows have the length 1 up to the rounding of float32, which the concentration multiplies.
            for (sum, exact) in zip(sums, exact) {
                #expect(abs(sum - exact) <= bound + 50 * 0x1p-22 * exact, "D = \(dimension), seed 42")
            }
            #expect(bound < 1e-6)
        }
    }

    @Test("densities integrate to one and are those of all pairs")
    func density() throws {
        var generator = SeededGenerator(seed: 43)
        let points = generator.clusteredRows(500, dimension: 3, clusters: 4, noise: 0.2)
        let targets = generator.unitRows(20_000, dimension: 3)
        let summation = try FastSummation(concentration: 30)
        let logarithms = summation.logDensity(at: targets, of: points)
        let mean = logarithms.reduce(0) { $0 + exp($1) } / 20_000
        #expect(abs(mean * 4 * .pi - 1) < 0.05)
        var plan = MeanShiftPlan(capacity: 500, dimension: 3)
        plan.setPoints(points.view)
        for (a, b) in zip(logarithms, plan.logDensity(at: targets, concentration: 30)) where a > -15 {
            #expect(abs(a - Double(b)) < 1e-4)
        }
    }

    @Test("steps are within the certified angle, which redone points keep", arguments: [20.0, 100.0])
    func steps(concentration: Double) throws {
        var generator = SeededGenerator(seed: 44)
        // Two clusters, and points with nobody near.
        let count = keepsToSmallSizes ? 500 : 3000
        let points = Matrix(
            rows: count + 20, columns: 3,
            elements: generator.clusteredRows(count, dimension: 3, clusters: 2, noise: 0.05).elements
                + generator.unitRows(20, dimension: 3).elements)
        let exact = Reference.meanShiftStep(points, concentration: concentration)
        let summation = try FastSummation(concentration: concentration, tolerance: 1e-8)
        for limit in [Double.infinity, 1e-6] {
            let step = summation.step(points, within: limit)
            #expect(step.angles.max()! <= limit)
            #expect((step.redoneRows > 0) == limit.isFinite, "\(step.redoneRows)")
            let errors = ErrorReport.rowErrors(step.moved.shifted, exact.shifted)
            for row in 0..<points.rows {
                let angle = 2 * asin(min(1, errors[row] / 2))
                #expect(angle <= step.angles[row] + 0x1p-22 * (1 + concentration / 4), "row \(row), seed 44")
                #expect(abs(Double(step.moved.sums[row]) / exact.sums[row] - 1) < 1e-3)
                #expect(abs(Double(step.moved.lengths[row]) - exact.lengths[row]) < 1e-3)
            }
        }
    }

    @Test("has the same bits for any number of threads")
    func threads() throws {
        var generator = SeededGenerator(seed: 45)
        // Enough to be spread in parts.
        let points = generator.unitRows(keepsToSmallSizes ? 2000 : 40_000, dimension: 3)
        func run(_ threads: Int) throws -> MeanShiftStep {
            try FastSummation(concentration: 60, tolerance: 1e-8, on: Execution(threads: threads))
                .step(points, within: .infinity).moved
        }
        let one = try run(1)
        for threads in [2, 3] { #expect(try run(threads) == one) }
    }

    @Test("no points, no targets, and a kernel that is too narrow")
    func edges() throws {
        let summation = try FastSummation(concentration: 10)
        let none = Matrix(rows: 0, columns: 3)
        #expect(summation.step(none, within: 1e-4).moved.shifted.rows == 0)
        #expect(summation.kernelSums(at: none, of: Matrix([[0, 0, 1]])).sums.isEmpty)
        #expect(summation.kernelSums(at: Matrix([[0, 0, 1]]), of: none).sums[0] == 0)
        #expect(throws: FastSummationError.concentrationTooLarge(1e5, tolerance: 1e-12)) {
            _ = try FastSummation(concentration: 1e5)
        }
    }

    @Test("traps on rows that are not unit, and on too many dimensions")
    func misuse() async {
        let long = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = try FastSummation(concentration: 10).step(Matrix([[0, 0, 2]]), within: 1)
        }
        #expect(messages(of: long).contains("row 0 has the length 2.0"))
        let wide = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = try FastSummation(concentration: 10).step(Matrix([[0, 0, 0, 1]]), within: 1)
        }
        #expect(messages(of: wide).contains("dimension 1, 2 or 3, found 4"))
    }
}

@Suite("Chains by fast summation")
struct FastSummationChainTests {
    /// T exact steps of rows, in double.
    private func exactChain(_ points: Matrix, _ concentration: Double, _ steps: Int) -> [Double] {
        let rows = points.rows
        var x = points.elements.map(Double.init)
        for _ in 0..<steps {
            var moved = [Double](repeating: 0, count: x.count)
            for i in 0..<rows {
                var sum = SIMD3<Double>.zero
                for j in 0..<rows {
                    let point = SIMD3(x[3 * j], x[3 * j + 1], x[3 * j + 2])
                    let cosine = x[3 * i] * point.x + x[3 * i + 1] * point.y + x[3 * i + 2] * point.z
                    sum += exp(concentration * (cosine - 1)) * point
                }
                let length = (sum * sum).sum().squareRoot()
                for k in 0..<3 { moved[3 * i + k] = sum[k] / length }
            }
            x = moved
        }
        return x
    }

    @Test("bounds hold step by step for points that are off")
    func bounds() throws {
        var generator = SeededGenerator(seed: 46)
        var largestShare = 0.0
        for number in 0..<(keepsToSmallSizes ? 4 : 200) {
            let count = 20 + Int(60 * generator.uniform())
            let concentration = pow(10, 0.5 + 1.7 * generator.uniform())
            let exact = generator.clusteredRows(
                count, dimension: 3, clusters: 1 + number % 4, noise: 0.1 + 0.5 * generator.uniform())
            // Points of the chain, each of them off by a known angle.
            let off = pow(10, -2 - 2 * generator.uniform())
            var points = exact
            for row in 0..<count {
                for k in 0..<3 { points[row, k] += Float(off * generator.uniform() * generator.normal()) }
            }
            points = RowNorms.normalized(points)
            let angles = zip(0..<count, ErrorReport.rowErrors(points, ReferenceMatrix(exact))).map {
                2 * asin(min(1, $0.1 / 2)) * (1 + 1e-9) + 1e-12
            }
            let summation = try FastSummation(concentration: concentration, tolerance: 1e-9)
            let step = summation.step(points, weights: nil, angles: angles)
            let expected = exactChain(exact, concentration, 1)
            let errors = ErrorReport.rowErrors(
                step.moved.shifted, ReferenceMatrix(rows: count, columns: 3, expected))
            for row in 0..<count {
                let found = 2 * asin(min(1, errors[row] / 2))
                #expect(found <= step.angles[row] + 1e-5, "row \(row) of case \(number), seed 46")
                largestShare = max(largestShare, found / (step.angles[row] + 1e-5))
            }
        }
        #expect(largestShare > 0.1, "\(largestShare)")
    }

    @Test("a chain is within its certificate, and groups as all points do")
    func chain() throws {
        var generator = SeededGenerator(seed: 47)
        let points = generator.clusteredRows(keepsToSmallSizes ? 3100 : 4000, dimension: 3, clusters: 8, noise: 0.1)
        var chain = BlurringChain(
            points, concentration: 60, accuracy: .within(1e-3), summation: SmallChains.self,
            on: Execution(threads: 2))
        var exact = BlurringChain(points, concentration: 60)
        for _ in 0..<(keepsToSmallSizes ? 3 : 8) {
            chain.step()
            exact.step()
            #expect(chain.certifiedAngle > 0 && chain.certifiedAngle <= 1e-3)
        }
        let rounding = 20 * BlurringChain.roundingAngle(concentration: 60)
        let (shifted, expected) = (chain.shifted, exact.shifted)
        for (row, bound) in chain.certifiedAngles.enumerated() {
            var square = 0.0
            for k in 0..<3 { square += pow(Double(shifted[row, k]) - Double(expected[row, k]), 2) }
            #expect(2 * asin(square.squareRoot() / 2) <= bound + rounding, "row \(row), seed 47")
        }
        #expect(chain.evaluatedShare < 0.1)
        var meanShift = MeanShift(concentration: .fixed(.init(60)), iterations: .count(8))
        let all = try meanShift.group(points)
        (meanShift.accuracy, meanShift.summation) = (.tight, SmallChains.self)
        #expect(try meanShift.group(points).labels == all.labels)
    }

    @Test("is only for few dimensions, many points and kernels that are not too narrow")
    func choice() {
        func isChosen(_ count: Int, _ dimension: Int, _ concentration: Double) -> Bool {
            FastSummation.forChain(of: count, dimension: dimension, concentration: concentration, on: .default) != nil
        }
        #expect(isChosen(200_000, 3, 100) && isChosen(200_000, 2, 20))
        #expect(!isChosen(200_000, 4, 100) && !isChosen(3000, 3, 100) && !isChosen(200_000, 3, 1e5))
    }

    /// Fast summation whatever it costs beside exact steps.
    private struct SmallChains: KernelSummation {
        let summation: FastSummation

        static func forChain(
            of count: Int, dimension: Int, concentration: Double, on execution: Execution
        ) -> (any KernelSummation)? {
            (try? FastSummation(concentration: concentration, on: execution)).map(SmallChains.init)
        }

        func step(_ points: Matrix, weights: [Float]?, angles: [Double]?) -> CertifiedStep {
            summation.step(points, weights: weights, angles: angles)
        }
    }
}
