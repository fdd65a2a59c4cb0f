import SphereKernels
import SphereReference
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct VonMisesFisherSamplingTests {
    private static let concentrations = [0, 0.4, 6, 100, 3000, 1e6]
    private static let dimensions = [2, 3, 4, 5, 16, 65]
    private static let count = keepsToSmallSizes ? 500 : 20_000

    /// Draws with their mean direction: a positive first coordinate, a negative one, or an axis.
    private func draws(dimension: Int, concentration: Double, count: Int = count, seed: UInt64) -> (
        points: Matrix, mean: [Double]
    ) {
        var generator = SeededGenerator(seed: seed)
        let mean = generator.normalMatrix(rows: 1, columns: dimension, scale: 3).elements
        let points = VonMisesFisher(dimension: dimension, concentration: concentration)
            .sample(count, around: mean, using: &generator)
        let unit = Reference.normalized(Matrix(rows: 1, columns: dimension, elements: mean))
        return (points, unit.elements)
    }

    /// `1 - cos` of a row with the mean, from their distance: without cancellation.
    private func lack(_ row: ArraySlice<Float>, _ mean: [Double]) -> Double {
        zip(row, mean).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) } / 2
    }

    @Test("has the mean cosine A_D within 5 standard errors", arguments: dimensions, concentrations)
    func meanCosine(dimension: Int, concentration: Double) {
        let (points, mean) = draws(dimension: dimension, concentration: concentration, seed: 1)
        let truth = VonMisesFisher(dimension: dimension, concentration: concentration)
        let average = (0..<points.rows).reduce(0) { $0 + lack(points.row($1), mean) } / Double(points.rows)
        let error = (truth.meanResultantLengthDerivative / Double(points.rows)).squareRoot()
        #expect(abs(average - truth.circularVariance) <= 5 * error)
    }

    @Test(
        "has cosines of the exact distribution (Kolmogorov-Smirnov at the level 1e-4)", arguments: dimensions,
        concentrations)
    func cosineDistribution(dimension: Int, concentration: Double) {
        let (points, mean) = draws(dimension: dimension, concentration: concentration, seed: 2)
        let lacks = (0..<points.rows).map { lack(points.row($0), mean) }.sorted()
        // The distribution function of 1 - cos at the middles of the steps of a rule that is fine at both ends
        // (Reference.meanResultantLength).
        let steps = (-4000...4000).map { i -> (edge: Double, exponent: Double) in
            func angle(_ u: Double) -> Double { .pi / (1 + exp(-.pi * sinh(u))) }
            let u = Double(i) / 1000
            let half = sin(angle(u) / 2)
            let edge = sin(angle(u + 0.0005) / 2)
            let sine = sin(min(angle(u), angle(-u)))
            return (
                2 * edge * edge,
                -2 * concentration * half * half + Double(dimension - 2) * log(sine)
                    + log(angle(u) * angle(-u) * cosh(u))
            )
        }
        let largest = steps.reduce(-Double.infinity) { max($0, $1.exponent) }
        let total = steps.reduce(0) { $0 + exp($1.exponent - largest) }
        var (sum, below, worst) = (0.0, 0, 0.0)
        for step in steps {
            sum += exp(step.exponent - largest) / total
            while below < lacks.count && lacks[below] <= step.edge { below += 1 }
            worst = max(worst, abs(Double(below) / Double(lacks.count) - sum))
        }
        // 2 exp(-2 x^2) = 1e-4 at x = 2.23.
        #expect(worst * Double(lacks.count).squareRoot() <= 2.23)
    }

    @Test(
        "is uniform in the tangent directions: first and second moments within 5 standard errors",
        arguments: dimensions, concentrations)
    func tangents(dimension: Int, concentration: Double) {
        let (points, mean) = draws(dimension: dimension, concentration: concentration, seed: 3)
        // A tangent direction that favours no coordinate.
        var generator = SeededGenerator(seed: 4)
        let probe = tangent(Array(generator.normalMatrix(rows: 1, columns: dimension).elements)[...], mean)
        let components = (0..<points.rows).map { i in
            zip(tangent(points.row(i), mean), probe).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let (n, d) = (Double(points.rows), Double(dimension - 1))
        let first = components.reduce(0, +) / n
        #expect(abs(first) <= 5 / (n * d).squareRoot())
        let second = components.reduce(0) { $0 + $1 * $1 } / n
        // Fourth moment 3 / (d (d + 2)); one dimension of tangents has only two, whose squares are 1 but for rounding.
        let error = ((3 / (d * (d + 2)) - 1 / (d * d)) / n).squareRoot()
        #expect(abs(second - 1 / d) <= 5 * error + 0x1p-20)
    }

    /// The unit tangent at `mean` towards a row.
    private func tangent(_ row: ArraySlice<Float>, _ mean: [Double]) -> [Double] {
        // x - (1 - lack) mu, so that a row close to the mean keeps its digits.
        let difference = zip(row, mean).map { Double($0) - $1 }
        let along = zip(difference, mean).reduce(0) { $0 + $1.0 * $1.1 }
        let across = zip(difference, mean).map { $0 - along * $1 }
        let length = across.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return across.map { $0 / length }
    }

    @Test(
        "has azimuths of the uniform distribution around an axis (Kolmogorov-Smirnov at the level 1e-4)",
        arguments: [Float(1), -1])
    func azimuths(sign: Float) {
        var generator = SeededGenerator(seed: 5)
        let points = VonMisesFisher(dimension: 3, concentration: 8)
            .sample(Self.count, around: [sign, 0, 0], using: &generator)
        let angles = (0..<points.rows).map { atan2(Double(points[$0, 2]), Double(points[$0, 1])) }.sorted()
        let n = Double(angles.count)
        var worst = 0.0
        for (i, angle) in angles.enumerated() {
            let expected = angle / (2 * .pi) + 0.5
            worst = max(worst, abs((Double(i) + 0.5) / n - expected))
        }
        #expect(worst * n.squareRoot() <= 2.23)
    }

    @Test("has unit rows, right to the rounding of float32", arguments: dimensions, concentrations)
    func unitRows(dimension: Int, concentration: Double) {
        let (points, _) = draws(dimension: dimension, concentration: concentration, count: 200, seed: 6)
        #expect(Reference.norms(points).allSatisfy { abs($0 - 1) <= AccuracyLimits.roundoff })
    }

    @Test("is decided by the generator alone, and begins alike whatever the count")
    func repeatable() {
        for dimension in [2, 3, 8] {
            let short = draws(dimension: dimension, concentration: 9, count: 5, seed: 7).points
            let long = draws(dimension: dimension, concentration: 9, count: 50, seed: 7).points
            #expect(long.selectingRows(Array(0..<5)) == short)
            #expect(long != draws(dimension: dimension, concentration: 9, count: 50, seed: 8).points)
        }
    }

    @Test("writes nothing but the rows")
    func strides() {
        let distribution = VonMisesFisher(dimension: 6, concentration: 20)
        var generator = SeededGenerator(seed: 9)
        let mean = generator.unitRows(1, dimension: 6).elements
        var other = generator
        var copy = StridedCopy(Matrix(rows: 11, columns: 6))
        copy.withMutableView { distribution.sample(around: mean.span, into: &$0, using: &generator) }
        #expect(copy.matrix == distribution.sample(11, around: mean, using: &other))
        #expect(copy.surroundingsAreUntouched)
    }

    @Test("is the mean itself at a huge concentration, whatever its length", arguments: [1e30, 1e300])
    func huge(concentration: Double) {
        var generator = SeededGenerator(seed: 10)
        for dimension in [2, 3, 4, 40] {
            let mean = generator.normalMatrix(rows: 1, columns: dimension, scale: 1e20)
            let points = VonMisesFisher(dimension: dimension, concentration: concentration)
                .sample(20, around: mean.elements, using: &generator)
            let unit = Reference.normalized(mean).elements
            for i in 0..<20 {
                #expect(ErrorReport.absolute(Array(points.row(i)), unit).maximum <= AccuracyLimits.roundoff)
            }
        }
    }

    @Test("is uniform at concentration 0, even around no mean")
    func uniform() {
        var generator = SeededGenerator(seed: 11)
        let points = VonMisesFisher(dimension: 4, concentration: 0)
            .sample(Self.count, around: [0, 0, .nan, 0], using: &generator)
        for k in 0..<4 {
            let average = (0..<points.rows).reduce(0) { $0 + Double(points[$1, k]) } / Double(points.rows)
            #expect(abs(average) <= 5 / (4 * Double(points.rows)).squareRoot(), "coordinate \(k)")
        }
    }

    @Test("traps on a mean without direction and on shapes that do not fit")
    func wrongMean() async {
        let zero = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            var generator = SeededGenerator(seed: 1)
            _ = VonMisesFisher(dimension: 3, concentration: 1).sample(1, around: [0, 0, 0], using: &generator)
        }
        #expect(messages(of: zero).contains("mean of a sample must have a finite length above 0, found 0.0"))
        let shape = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            var generator = SeededGenerator(seed: 1)
            _ = VonMisesFisher(dimension: 3, concentration: 1).sample(1, around: [1, 0], using: &generator)
        }
        #expect(messages(of: shape).contains("sample in dimension 3 into rows of 3 around a mean of 2"))
    }
}
