import SphereKernels
import SphereLosses
import SphereReference
import SphereTensor
import Testing

@Suite struct SphericalMeanLossTests {
    /// Rows in clusters wide enough that some points are far from their mean, with labels spread over Int32; -1 is ignored.
    private static func example(_ count: Int, _ dimension: Int, _ groups: Int, seed: UInt64) -> (Matrix, [Int32]) {
        var generator = SeededGenerator(seed: seed)
        let (points, labels) = generator.clusteredRowsWithLabels(
            count, dimension: dimension, clusters: groups, noise: 0.6)
        return (points, labels.map { $0 == 1 && groups > 3 ? -1 : Int32($0) &* 1_000_000_007 })
    }

    private static let loss = SphericalMeanLoss(
        pullMargin: 0.05, pushMargin: 0.6, pullWeight: 1.5, pushWeight: 2, leastCount: 4, ignoredLabel: -1)

    private func twin(_ points: ReferenceMatrix, _ labels: [Int32]) -> (pull: Double, push: Double) {
        Reference.sphericalMeanLoss(
            points, labels: labels, pullMargin: 0.05, pushMargin: 0.6, leastCount: 4, ignoredLabel: -1)
    }

    private func evaluate(_ loss: SphericalMeanLoss, _ points: Matrix, _ labels: [Int32]) -> SphericalMeanLossValue {
        loss.evaluate(points.view, labels: labels.span)
    }

    private func gradient(_ points: Matrix, _ labels: [Int32]) -> (value: SphericalMeanLossValue, gradient: Matrix) {
        var result = Matrix(rows: points.rows, columns: points.columns)
        var view = result.mutableView
        return (Self.loss.evaluate(points.view, labels: labels.span, gradient: &view), result)
    }

    @Test("agrees with the naive twin, whatever the groups")
    func reference() {
        for count in [0, 1, 7, 60, 400] {
            for (dimension, groups) in [(1, 1), (3, 1), (3, 2), (3, 5), (16, 9)] {
                let seed = UInt64(count * 100 + dimension + groups)
                let (points, labels) = Self.example(count, dimension, groups, seed: seed)
                let value = Self.loss.evaluate(points.view, labels: labels.span)
                let exact = twin(ReferenceMatrix(points), labels)
                let what = "\(count) x \(dimension), \(groups) groups, seed \(seed)"
                #expect(abs(value.pull - exact.pull) <= 1e-12 && abs(value.push - exact.push) <= 1e-12, "\(what)")
                #expect(value.total == 1.5 * value.pull + 2 * value.push && value.groupCount <= groups)
                #expect(gradient(points, labels).value == value)
            }
        }
    }

    @Test("its gradient is the derivative of the twin's value, through the means too")
    func centralDifferences() {
        for (count, dimension, groups) in [(40, 3, 3), (60, 5, 6), (9, 2, 1)] {
            let (points, labels) = Self.example(count, dimension, groups, seed: UInt64(count))
            let found = gradient(points, labels).gradient.elements.map(Double.init)
            let length = found.reduce(0) { $0 + $1 * $1 }.squareRoot()
            #expect(length > 0)
            let exact = ReferenceMatrix(points)
            for i in exact.elements.indices {
                func moved(_ distance: Double) -> Double {
                    var other = exact
                    other.elements[i] += distance
                    let (pull, push) = twin(other, labels)
                    return 1.5 * pull + 2 * push
                }
                let difference = (moved(1e-6) - moved(-1e-6)) / 2e-6
                // Differences are good to 1e-9; the gradient is rounded to float32.
                #expect(abs(difference - found[i]) <= 1e-6 * length, "element \(i) of \(count) x \(dimension)")
            }
        }
    }

    @Test("is 0 for groups that are together and far apart, and 2 δ² (p = n = 1) for two groups at one place")
    func extremes() {
        let loss = SphericalMeanLoss()
        let apart = Matrix([[1, 0], [1, 0], [-1, 0]])
        #expect(evaluate(loss, apart, [1, 1, 2]).total == 0)
        #expect(evaluate(loss, apart, [1, 1, 1]).pull > 0)
        let value = evaluate(loss, Matrix([[0, 1], [0, 1]]), [1, 2])
        #expect(value.total == 0.5 && value.push == 0.5 && value.pull == 0)
        let none = self.gradient(Matrix(rows: 0, columns: 3), []).value
        #expect(none.total == 0 && none.groupCount == 0)
    }

    @Test("a mean of 0 passes no gradient on; NaN makes the loss NaN unless it is ignored")
    func degenerate() {
        let opposite = Matrix([[1, 0], [-1, 0]])
        let (value, zero) = gradient(opposite, [7, 7])
        #expect(value.pull == 0.5 / 4 && zero.elements == [0, 0, 0, 0])
        let undefined = Matrix([[1, 0], [.nan, 0]])
        #expect(evaluate(Self.loss, undefined, [7, 7]).total.isNaN)
        #expect(evaluate(Self.loss, undefined, [7, -1]).total == 0)
    }

    @Test("as an operation sums over images and has the gradient of central differences")
    func operation() {
        let (points, labels) = Self.example(80, 4, 3, seed: 9)
        let images = Tensor(shape: [2, 5, 8, 4], elements: points.elements)
        let parts = [Array(labels.prefix(40)), Array(labels.suffix(40))]
        let (loss, values) = Self.loss(images, labels: parts, scale: 2)
        #expect(loss.scalar == 2 * Float(values[0].total + values[1].total) && values[0] != values[1])
        for result in GradientCheck.check(at: [images], step: 1e-3, { Self.loss($0[0], labels: parts, scale: 2).loss })
        {
            #expect(result.relativeError < 1e-3)
        }
    }
}
