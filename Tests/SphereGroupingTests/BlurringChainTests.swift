import Foundation
import SphereGrouping
import SphereKernels
import SphereReference
import SphereTheory
import TestSupport
import Testing

@Suite struct BlurringChainTests {
    /// The angles between corresponding rows, in double.
    private func angles(_ a: Matrix, _ b: ReferenceMatrix) -> [Double] {
        ErrorReport.rowErrors(a, b).map { 2 * asin(min(1, $0 / 2)) }
    }

    /// T exact steps in double.
    private func exactChain(_ points: Matrix, weights: [Float]?, concentration: Double, steps: Int) -> ReferenceMatrix {
        let (rows, columns) = (points.rows, points.columns)
        var x = points.elements.map(Double.init)
        for _ in 0..<steps {
            var moved = [Double](repeating: 0, count: x.count)
            for i in 0..<rows {
                for j in 0..<rows {
                    var cosine = 0.0
                    for k in 0..<columns { cosine += x[i * columns + k] * x[j * columns + k] }
                    let value = Double(weights?[j] ?? 1) * exp(concentration * (cosine - 1))
                    for k in 0..<columns { moved[i * columns + k] += value * x[j * columns + k] }
                }
                var square = 0.0
                for k in 0..<columns { square += moved[i * columns + k] * moved[i * columns + k] }
                for k in 0..<columns { moved[i * columns + k] /= square.squareRoot() }
            }
            x = moved
        }
        return ReferenceMatrix(rows: rows, columns: columns, x)
    }

    @Test("the certificate holds for random points, settings and budgets")
    func certificate() {
        var generator = SeededGenerator(seed: 1)
        var (merges, largestShare) = (0, 0.0)
        for number in 0..<(keepsToSmallSizes ? 500 : 10_000) {
            let count = 4 + Int(28 * generator.uniform())
            let dimension = 2 + Int(8 * generator.uniform())
            let concentration = Float(pow(10, 0.5 + 2 * generator.uniform()))
            let points = generator.clusteredRows(
                count, dimension: dimension, clusters: 1 + Int(4 * generator.uniform()),
                noise: 0.02 + 0.5 * generator.uniform())
            let weights = number % 3 == 0 ? (0..<count).map { _ in Float(0.2 + 5 * generator.uniform()) } : nil
            // Tight and loose.
            let angle =
                BlurringChain.roundingAngle(concentration: Double(concentration)) * pow(10, 4 * generator.uniform())
            func chain(_ accuracy: BlurringChain.Accuracy) -> BlurringChain {
                BlurringChain(
                    points, weights: weights, concentration: concentration, accuracy: accuracy, fewestPoints: 2,
                    on: Execution(threads: 1))
            }
            var merging = chain(.within(angle))
            var all = chain(.exact)
            let steps = 1 + Int(7 * generator.uniform())
            for _ in 0..<steps {
                merging.step()
                all.step()
                #expect(merging.certifiedAngle <= angle, "case \(number), seed 1")
            }
            let exact = exactChain(points, weights: weights, concentration: Double(concentration), steps: steps)
            // Rounding is what steps of all points are off by; merged ones round otherwise.
            let rounding = 1e-6 + 4 * angles(all.shifted, exact).max()!
            let found = angles(merging.shifted, exact)
            for (row, bound) in merging.certifiedAngles.enumerated() {
                #expect(found[row] <= bound + rounding, "row \(row) of case \(number), seed 1")
            }
            if merging.distinct.rows < count {
                merges += 1
                largestShare = max(largestShare, found.max()! / (merging.certifiedAngle + rounding))
            }
        }
        // There was something to be proved.
        #expect(merges > (keepsToSmallSizes ? 50 : 1000), "\(merges)")
        #expect(largestShare > 0.2, "\(largestShare)")
    }

    @Test("without an accuracy to spend is the steps of all points, to the bit")
    func exact() {
        var generator = SeededGenerator(seed: 2)
        let points = generator.clusteredRows(300, dimension: 5, clusters: 6, noise: 0.3)
        var chain = BlurringChain(points, concentration: 60)
        var expected = points
        for _ in 0..<4 {
            chain.step()
            expected = MeanShiftPlan.blurred(expected, concentration: 60).shifted
        }
        #expect(chain.shifted == expected && chain.certifiedAngle == 0 && chain.stepCount == 4)
        #expect(chain.distinct.rows == 300 && chain.multiplicities == [Int](repeating: 1, count: 300))
    }

    @Test("clusters become a point each, and the work falls with them")
    func clusters() {
        let count = keepsToSmallSizes ? 600 : 2000
        var generator = SeededGenerator(seed: 3)
        let points = generator.clusteredRows(count, dimension: 16, clusters: 10, noise: 0.2)
        var chain = BlurringChain(points, concentration: 50, accuracy: .within(1e-3))
        for _ in 0..<12 { chain.step() }
        #expect(chain.distinct.rows <= 20 && chain.certifiedAngle > 0 && chain.certifiedAngle <= 1e-3)
        #expect(chain.evaluatedShare < 0.5)
        #expect(chain.multiplicities.reduce(0, +) == count && chain.representatives.count == count)
        for (row, representative) in chain.representatives.enumerated() {
            #expect(chain.shifted.row(row) == chain.distinct.row(Int(representative)))
        }
        // First appearances ascend.
        var seen: Int32 = -1
        for representative in chain.representatives where representative > seen {
            #expect(representative == seen + 1)
            seen = representative
        }
    }

    @Test("goes back to exact steps where the bound would exceed the accuracy")
    func fallback() {
        // A point half-way between two clusters is on a saddle: what moves the clusters moves it by far more.
        var rows: [[Float]] = []
        for i in 0..<40 {
            let offset = 3e-3 * Float(i % 5)
            rows.append([1, offset, 0])
            rows.append([offset, 1, 0])
        }
        rows.append([0.70710677, 0.70710677, 0])
        let points = RowNorms.normalized(Matrix(rows))
        let angle = 1e-4
        var chain = BlurringChain(
            points, weights: nil, concentration: 10, accuracy: .within(angle), fewestPoints: 2, on: .default)
        for step in 1...8 {
            chain.step()
            #expect(chain.stepCount == step && chain.certifiedAngle <= angle)
        }
        // Steps were made again, of all points.
        #expect(chain.kernelEvaluations > 8 * 81 * 81, "\(chain.kernelEvaluations)")
    }

    @Test("has the same bits for any number of threads")
    func threads() {
        var generator = SeededGenerator(seed: 5)
        let points = generator.clusteredRows(
            keepsToSmallSizes ? 600 : 1500, dimension: 6, clusters: 12, noise: 0.2)
        func run(_ threads: Int) -> (Matrix, [Double]) {
            var chain = BlurringChain(
                points, concentration: 80, accuracy: .within(1e-3), on: Execution(threads: threads))
            for _ in 0..<8 { chain.step() }
            return (chain.shifted, chain.certifiedAngles)
        }
        let one = run(1)
        for threads in [2, 3] { #expect(run(threads) == one) }
    }

    @Test("groups as all points do, with a certificate", arguments: [20.0, 100.0])
    func grouping(concentration: Double) throws {
        var generator = SeededGenerator(seed: 6)
        let points = generator.clusteredRows(
            keepsToSmallSizes ? 600 : 2500, dimension: 8, clusters: 12, noise: 0.3)
        var meanShift = MeanShift(concentration: .fixed(.init(concentration)), iterations: .count(10))
        let exact = try meanShift.group(points)
        meanShift.accuracy = .tight
        let merged = try meanShift.group(points)
        #expect(merged.labels == exact.labels && merged.sizes == exact.sizes)
        #expect(merged.iterations == exact.iterations)
        #expect(merged.shifted.rows == points.rows)
        #expect(merged.certifiedAngle <= 1e-4 && merged.evaluatedShare < exact.evaluatedShare)
        meanShift.accuracy = .within(1e-9)
        #expect(throws: GroupingError.self) { try meanShift.group(points) }
    }

    @Test("of no points, and of one")
    func few() {
        var none = BlurringChain(Matrix(rows: 0, columns: 3), concentration: 10, accuracy: .within(1e-3))
        none.step()
        #expect(none.shifted.rows == 0 && none.certifiedAngle == 0 && none.meanMovement == 0)
        var one = BlurringChain(Matrix([[0.6, 0.8]]), concentration: 10, accuracy: .within(1e-3))
        one.step()
        #expect(one.distinct.rows == 1 && one.evaluatedShare == 1)
    }

    @Test("traps on an accuracy below rounding, and on weights that are none")
    func misuse() async {
        let accuracy = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = BlurringChain(Matrix([[1, 0]]), concentration: 100, accuracy: .within(1e-9)).stepCount
        }
        #expect(messages(of: accuracy).contains("found 1e-09"))
        let weights = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = BlurringChain(Matrix([[1, 0]]), weights: [0], concentration: 100).stepCount
        }
        #expect(messages(of: weights).contains("weight 0 must be finite and more than 0, found 0.0"))
    }
}
