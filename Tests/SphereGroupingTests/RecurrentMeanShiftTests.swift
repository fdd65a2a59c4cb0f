import SphereGrouping
import SphereKernels
import SphereReference
import SphereTensor
import Testing

@Suite("RecurrentMeanShift")
struct RecurrentMeanShiftTests {
    private static func points(_ rows: Int, dimension: Int, seed: UInt64) -> Matrix {
        var generator = SeededGenerator(seed: seed)
        return generator.clusteredRows(rows, dimension: dimension, clusters: 4, noise: 0.5)
    }

    private static func normal(_ shape: [Int], seed: UInt64) -> Tensor {
        var generator = SeededGenerator(seed: seed)
        return Tensor(shape: shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(generator.normal()) })
    }

    @Test("returns the points and every loop's result, each image grouped on its own")
    func loops() {
        let images = (0..<3).map { Self.points(20, dimension: 3, seed: UInt64($0)) }
        let batch = Tensor(shape: [3, 4, 5, 3], elements: images.flatMap(\.elements))
        let layer = RecurrentMeanShift(loops: 2, concentration: 25, stepSize: 0.75)
        let results = layer(batch)
        #expect(results.count == 3 && results[0].elements == batch.elements)
        for (image, points) in images.enumerated() {
            var expected = points
            for loop in 1...2 {
                expected =
                    MeanShiftPlan.blurred(expected, concentration: layer.concentration, stepSize: 0.75).shifted
                let found = results[loop].elements[image * 60..<(image + 1) * 60]
                #expect(Array(found) == expected.elements, "image \(image), loop \(loop)")
            }
        }
    }

    @Test("propagates gradients through all loops as the twin in double does", arguments: [1, 3])
    func gradient(loops: Int) {
        let points = Self.points(50, dimension: 5, seed: 7)
        let layer = RecurrentMeanShift(loops: loops, concentration: 10, learnsConcentration: true)
        let variable = Tensor(points).requiringGradient()
        let results = layer(variable)
        let upstreams = (0...loops).map { Self.normal([50, 5], seed: UInt64(20 + $0)) }
        var loss = (results[0] * upstreams[0]).sum()
        for loop in 1...loops { loss = loss + (results[loop] * upstreams[loop]).sum() }
        let found = loss.backward()[variable].matrix

        var gradient = upstreams[loops].matrix
        var slope = 0.0
        for loop in (0..<loops).reversed() {
            let step = Reference.meanShiftGradient(
                results[loop].matrix, concentration: Double(layer.concentration), upstream: gradient)
            slope += step.concentration * Double(layer.concentration)
            let rounded = step.points.rounded
            gradient = Matrix(
                rows: 50, columns: 5, elements: zip(rounded.elements, upstreams[loop].elements).map { $0 + $1 })
        }
        // The limit of gradients on shifted points (docs/accuracy.md) for each loop.
        let limit = 3e-5 * Double(loops)
        #expect(Self.relativeError(found.elements, gradient.elements) < limit)
        let learned = Double(layer.logConcentration.gradient![0])
        #expect(abs(learned - slope) < limit * abs(slope) * 10, "found \(learned), expected \(slope)")
    }

    @Test("agrees with central differences, kappa included")
    func differences() {
        let points = Self.points(30, dimension: 4, seed: 9)
        // Differences leave the sphere by h^2, which blurring takes as it is.
        let scaled = Tensor(shape: [30, 4], elements: points.elements.map { 0.95 * $0 })
        let layer = RecurrentMeanShift(loops: 2, concentration: 5)
        for result in GradientCheck.check(at: [scaled], step: 5e-3, { layer($0[0])[2] }) {
            #expect(result.relativeError < 1e-3)
        }
    }

    /// Points of which most have met: sets of 12 within 1e-6 around 6 directions, and 8 on their way.
    private static func metPoints(seed: UInt64) -> Matrix {
        var generator = SeededGenerator(seed: seed)
        let centers = generator.unitRows(6, dimension: 4)
        var rows = Matrix(rows: 80, columns: 4)
        for row in 0..<72 {
            for k in 0..<4 { rows[row, k] = centers[row % 6, k] + 2e-7 * Float(generator.normal()) }
        }
        for row in 72..<80 { for k in 0..<4 { rows[row, k] = Float(generator.normal()) } }
        return RowNorms.normalized(rows)
    }

    @Test("merging points that have met changes neither points nor gradients beyond rounding")
    func merging() {
        let points = Self.metPoints(seed: 30)
        // Points of a set are asked for the same, as by a loss of groups.
        var generator = SeededGenerator(seed: 31)
        let targets = generator.unitRows(7, dimension: 4)
        let upstream = Tensor(
            shape: [80, 4], elements: (0..<80).flatMap { Array(targets.row($0 < 72 ? $0 % 6 : 6)) })
        func run(_ radius: Float?) -> (shifted: [Float], gradient: [Float], slope: Float) {
            let layer = RecurrentMeanShift(
                loops: 3, concentration: 8, learnsConcentration: true, mergeRadius: radius)
            let variable = Tensor(points).requiringGradient()
            let results = layer(variable)
            let loss = (results[3] * upstream).sum() + (results[1] * upstream).sum()
            let gradient = loss.backward()[variable].elements
            return (results[3].elements, gradient, layer.logConcentration.gradient![0])
        }
        let (all, merged) = (run(nil), run(1e-5))
        #expect(zip(all.shifted, merged.shifted).allSatisfy { abs($0 - $1) < 2e-6 })
        #expect(merged.shifted != all.shifted)
        #expect(Self.relativeError(merged.gradient, all.gradient) < 3e-5)
        #expect(abs(merged.slope - all.slope) < 1e-4 * abs(all.slope))
    }

    @Test("the gradient through fixed sets agrees with central differences")
    func mergedDifferences() {
        // Sets stay what they are under differences: their points are near, and far from all others.
        var generator = SeededGenerator(seed: 32)
        let centers = generator.unitRows(5, dimension: 3)
        let rows = Matrix(
            rows: 20, columns: 3,
            elements: (0..<20).flatMap { row in
                centers.row(row % 5).map { 0.95 * $0 + 2e-3 * Float(generator.normal()) }
            })
        let layer = RecurrentMeanShift(loops: 1, concentration: 5, mergeRadius: 0.1)
        for result in GradientCheck.check(at: [Tensor(rows)], step: 5e-3, { layer($0[0])[1] }) {
            #expect(result.relativeError < 1e-3)
        }
    }

    @Test("gives the same bits for any number of threads")
    func threads() {
        let batch = Tensor(
            shape: [2, 300, 8], elements: (0..<2).flatMap { Self.points(300, dimension: 8, seed: $0).elements })
        func run(_ threads: Int) -> ([Float], [Float]) {
            TensorExecution.$current.withValue(Execution(threads: threads)) {
                let variable = batch.requiringGradient()
                let results = RecurrentMeanShift(loops: 2, concentration: 30)(variable)
                let gradients = (results[2] * results[1]).sum().backward()
                return (results[2].elements, gradients[variable].elements)
            }
        }
        let one = run(1)
        for threads in [2, 3] {
            let more = run(threads)
            #expect(more.0 == one.0 && more.1 == one.1, "\(threads) threads")
        }
    }

    @Test("takes images without points and no loops at all")
    func nothing() {
        let empty = Tensor(shape: [2, 0, 3], elements: [])
        #expect(RecurrentMeanShift(loops: 2)(empty).map(\.shape) == [[2, 0, 3], [2, 0, 3], [2, 0, 3]])
        // The exponential of the rounded logarithm would be more than the largest.
        let largest = RecurrentMeanShift(loops: 1, concentration: MeanShiftPlan.largestConcentration)
        #expect(largest.concentration == MeanShiftPlan.largestConcentration)
        #expect(largest(Tensor(Self.points(5, dimension: 3, seed: 2))).count == 2)
        #expect(RecurrentMeanShift(loops: 0)(Tensor(Self.points(5, dimension: 2, seed: 1))).count == 1)
    }

    @Test("keeps the concentration it is given, and follows its logarithm")
    func concentration() {
        for kappa: Float in [0.1, 3, 25, 100, 12345.678] {
            let layer = RecurrentMeanShift(loops: 1, concentration: kappa)
            #expect(layer.concentration == kappa)
            layer.logConcentration.elements = [layer.logConcentration.elements[0] + 1]
            #expect(abs(layer.concentration / kappa - 2.718282) < 1e-4, "kappa \(kappa)")
        }
    }

    private static func relativeError(_ a: [Float], _ b: [Float]) -> Double {
        let difference = zip(a, b).reduce(0.0) { $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1)) }
        return (difference / b.reduce(0.0) { $0 + Double($1) * Double($1) }).squareRoot()
    }
}
