import SphereKernels
import SphereLosses
import SphereReference
import SphereTheory
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Unit rows and labels of `groups` groups, every row's group drawn, label values spread over Int32.
private func example(_ count: Int, _ dimension: Int, _ groups: Int, seed: UInt64) -> (Matrix, [Int32]) {
    var generator = SeededGenerator(seed: seed)
    let points = generator.unitRows(count, dimension: dimension)
    let labels = (0..<count).map { _ in Int32(generator.next() % UInt64(groups)) &* 1_000_000_007 }
    return (points, labels)
}

/// The loss with its gradient added to zeros.
private func gradient(
    _ loss: PairLoss, _ points: Matrix, _ labels: [Int32], scale: Float = 1, on execution: Execution
) -> (value: PairLossValue, gradient: Matrix) {
    var result = Matrix(rows: points.rows, columns: points.columns)
    var view = result.mutableView
    let value = loss.evaluate(points.view, labels: labels.span, scale: scale, gradient: &view, on: execution)
    return (value, result)
}

/// The same convention of the twin.
private func twin(_ convention: PairLoss.Gradient) -> Reference.PairLossGradient {
    switch convention {
    case .exact: .exact
    case .released: .released
    case .steep: .steep
    }
}

/// Limit of the error of a weighted mean of hinges: rounding of a dot product of D terms and of a block of 96 sums, that
/// grows as a random walk, to 4 standard deviations.
private func limit(_ dimension: Int) -> Double { 4 * 0x1p-24 * Double(dimension + 96).squareRoot() }

@Suite struct PairLossTests {
    private static let counts = keepsToSmallSizes ? [0, 1, 7, 49] : [0, 1, 7, 49, 200]
    private static let dimensions = [1, 3, 8, 16, 17, 64]

    @Test("agrees with the naive twin", arguments: InstructionSet.available, PairLoss.Gradient.allCases)
    func agrees(set: InstructionSet, convention: PairLoss.Gradient) {
        let execution = Execution(for: set, threads: 2)
        for count in Self.counts {
            for dimension in Self.dimensions {
                for groups in [1, 2, 5, 9] {
                    let seed = UInt64(count * 10_000 + dimension * 10 + groups)
                    let (points, labels) = example(count, dimension, groups, seed: seed)
                    let loss = PairLoss(margin: 0.37, positiveWeight: 1.5, negativeWeight: 5, gradient: convention)
                    let exact = Reference.pairLoss(
                        points, labels: labels, margin: 0.37, positiveWeight: 1.5, negativeWeight: 5,
                        convention: twin(convention))
                    let (value, gradient) = gradient(loss, points, labels, on: execution)
                    let limit = limit(dimension)
                    let what = "\(count) x \(dimension), \(groups) groups, \(set), seed \(seed)"
                    #expect(abs(value.positive - exact.positive) <= 1e-12, "positive part, \(what)")
                    #expect(abs(value.negative - exact.negative) <= limit, "negative part, \(what)")
                    #expect(abs(value.total - exact.total) <= 6.5 * limit, "total, \(what)")
                    #expect(loss.evaluate(points.view, labels: labels.span, on: execution) == value, "\(what)")
                    // The weights of a row sum to p / M n + q (M - 1) / M n, twice that for the other conventions.
                    let sizes = Dictionary(grouping: labels) { $0 }.mapValues(\.count)
                    for i in 0..<count {
                        let row = 2 * 6.5 / Double(sizes.count * sizes[labels[i]]!)
                        for k in 0..<dimension {
                            let error = abs(Double(gradient[i, k]) - exact.gradient[i, k])
                            #expect(error <= row * limit, "gradient (\(i), \(k)), \(what)")
                        }
                    }
                }
            }
        }
    }

    @Test("the twin's exact gradient is the derivative of its value")
    func centralDifferences() {
        let (matrix, labels) = example(17, 3, 4, seed: 4)
        var points = ReferenceMatrix(matrix)
        let exact = Reference.pairLoss(points, labels: labels, margin: 0.3, negativeWeight: 2)
        let step = 1e-6
        for index in points.elements.indices {
            let original = points.elements[index]
            points.elements[index] = original + step
            let above = Reference.pairLoss(points, labels: labels, margin: 0.3, negativeWeight: 2).total
            points.elements[index] = original - step
            let below = Reference.pairLoss(points, labels: labels, margin: 0.3, negativeWeight: 2).total
            points.elements[index] = original
            #expect(abs((above - below) / (2 * step) - exact.gradient.elements[index]) <= 1e-6, "element \(index)")
        }
    }

    @Test("the released and the steep gradient are twice those of powers", arguments: [2, 4])
    func gradientsOfPowers(power: Int) {
        let (matrix, labels) = example(12, 3, 3, seed: 5)
        let points = ReferenceMatrix(matrix)
        func powers(_ points: ReferenceMatrix) -> Double {
            var sum = 0.0
            for i in 0..<12 {
                for j in 0..<12 {
                    let sizes = [labels[i], labels[j]].map { label in labels.count { $0 == label } }
                    let weight = 1 / Double(Set(labels).count * Set(labels).count * sizes[0] * sizes[1])
                    let dot = (0..<3).reduce(0.0) { $0 + points[i, $1] * points[j, $1] }
                    let similarity = (1 + dot) / 2
                    let hinge = max(0, similarity - 0.3)
                    sum +=
                        weight
                        * (labels[i] == labels[j]
                            ? -similarity * similarity : 2 * pow(hinge, Double(power)) / Double(power))
                }
            }
            return sum
        }
        let gradient = Reference.pairLoss(
            points, labels: labels, margin: 0.3, convention: power == 2 ? .released : .steep
        ).gradient
        for index in points.elements.indices {
            var (above, below) = (points, points)
            above.elements[index] += 1e-6
            below.elements[index] -= 1e-6
            let difference = (powers(above) - powers(below)) / 2e-6
            #expect(abs(difference - gradient.elements[index]) <= 1e-6, "element \(index)")
        }
    }

    /// The smallest angle, in degrees, between `count` groups of one point each that follow a gradient on S² at the margin 0.1
    /// from a random start until they rest.
    private func angleAtRest(_ count: Int, _ convention: PairLoss.Gradient) -> Double {
        var generator = SeededGenerator(seed: 11)
        var points = generator.unitRows(count, dimension: 3)
        let loss = PairLoss(margin: 0.1, gradient: convention)
        let labels = (0..<count).map { Int32($0) }
        var (first, second) = ([Double](repeating: 0, count: count * 3), [Double](repeating: 0, count: count * 3))
        let steps = 3000
        for step in 1...steps {
            let gradient = gradient(loss, points, labels, on: Execution(threads: 1)).gradient
            for i in 0..<count {
                let radial = (0..<3).reduce(Float(0)) { $0 + gradient[i, $1] * points[i, $1] }
                for k in 0..<3 {
                    // Adam on the tangent plane, its rate falling to 0.
                    let slope = Double(gradient[i, k] - radial * points[i, k])
                    first[i * 3 + k] = 0.9 * first[i * 3 + k] + 0.1 * slope
                    second[i * 3 + k] = 0.999 * second[i * 3 + k] + 0.001 * slope * slope
                    let mean = first[i * 3 + k] / (1 - pow(0.9, Double(step)))
                    let square = second[i * 3 + k] / (1 - pow(0.999, Double(step)))
                    points[i, k] -= Float(
                        0.02 * (1 - Double(step) / Double(steps)) * mean / (square.squareRoot() + 1e-9))
                }
            }
            points = RowNorms.normalized(points)
        }
        var cosine = -1.0
        for i in 0..<count {
            for j in 0..<i {
                cosine = max(cosine, (0..<3).reduce(0.0) { $0 + Double(points[i, $1]) * Double(points[j, $1]) })
            }
        }
        return acos(min(1, cosine)) * 180 / .pi
    }

    @Test(
        "the steep gradient takes three to ten groups apart where the margin has no room for them",
        arguments: [(3, 120.0), (4, 109.5), (5, 90), (6, 90), (7, 72.0), (8, 71.2), (9, 69.0), (10, 65.3)])
    func steepSeparates(groups: Int, angle: Double) {
        let found = angleAtRest(groups, .steep)
        let most = acos(Tammes.solvedCosine(count: groups)!) * 180 / .pi
        #expect(abs(found - angle) <= 0.3 && found <= most + 0.01 && found >= most - 6)
    }

    @Test("the exact and the released gradient leave groups together where the margin has no room for them")
    func othersDoNotSeparate() {
        // Content with spherical 2-designs, in which groups may coincide, and with means that add up to zero.
        #expect(angleAtRest(10, .released) < 30)
        #expect(angleAtRest(6, .exact) < 60)
    }

    @Test("lies in [0, 1] and not below the floor", arguments: [0.07, 0.1, 0.5, 0.9])
    func bounds(margin: Double) {
        for groups in 1...9 {
            for dimension in Self.dimensions {
                let (points, labels) = example(60, dimension, groups, seed: UInt64(groups))
                let value = PairLoss(margin: margin).evaluate(points.view, labels: labels.span)
                #expect(value.total >= 0 && value.total <= 1)
                #expect(value.distanceToFloor >= -limit(dimension), "\(groups) groups in \(dimension)")
                #expect(value.groupCount == Set(labels).count)
                #expect(value.positive <= 1 / Double(value.groupCount))
            }
        }
    }

    @Test("reaches the floor of a simplex")
    func floorIsReached() {
        // The corners of a tetrahedron, s = 1/3.
        let a = Float(1 / 3.0.squareRoot())
        let points = Matrix([[a, a, a], [a, -a, -a], [-a, a, -a], [-a, -a, a]])
        let value = PairLoss(margin: 0.1).evaluate(points.view, labels: [Int32(4), 9, -2, 0].span)
        #expect(abs(value.floor - 0.175) <= 1e-12)
        #expect(abs(value.distanceToFloor) <= limit(3))
    }

    @Test("does not depend on the sizes of groups nor on added coordinates")
    func invariance() {
        let (points, labels) = example(40, 3, 4, seed: 6)
        let value = PairLoss(margin: 0.2).evaluate(points.view, labels: labels.span)
        // Every point of the first point's group three times.
        var rows = Array(0..<40)
        for i in 0..<40 where labels[i] == labels[0] { rows += [i, i] }
        let repeated = points.selectingRows(rows)
        let repeatedLabels = rows.map { labels[$0] }
        let other = PairLoss(margin: 0.2).evaluate(repeated.view, labels: repeatedLabels.span)
        #expect(abs(other.total - value.total) <= 2 * limit(3))
        let padded = Matrix((0..<40).map { Array(points.row($0)) + [Float](repeating: 0, count: 14) })
        let wide = PairLoss(margin: 0.2).evaluate(padded.view, labels: labels.span)
        #expect(abs(wide.total - value.total) <= 2 * limit(17))
    }

    @Test("is the same to the bit for any number of threads", arguments: InstructionSet.available)
    func threads(set: InstructionSet) {
        let (points, labels) = example(keepsToSmallSizes ? 120 : 500, 8, 7, seed: 7)
        for convention in PairLoss.Gradient.allCases {
            let loss = PairLoss(margin: 0.4, gradient: convention)
            let one = gradient(loss, points, labels, on: Execution(for: set, threads: 1))
            for threads in [2, 3] {
                let many = gradient(loss, points, labels, on: Execution(for: set, threads: threads))
                #expect(many.value == one.value && many.gradient == one.gradient)
            }
        }
    }

    @Test("adds the scaled gradient, in views with gaps", arguments: PairLoss.Gradient.allCases)
    func accumulates(convention: PairLoss.Gradient) {
        let (points, labels) = example(50, 5, 3, seed: 8)
        let loss = PairLoss(margin: 0.4, gradient: convention)
        let plain = gradient(loss, points, labels, scale: 2, on: .default)
        let input = StridedCopy(points)
        var output = StridedCopy(Matrix(rows: 50, columns: 5, repeating: 1))
        var value: PairLossValue?
        output.withMutableView { view in
            value = loss.evaluate(input.view, labels: labels.span, scale: 2, gradient: &view)
        }
        #expect(value == plain.value && output.surroundingsAreUntouched)
        #expect(output.matrix.elements == plain.gradient.elements.map { 1 + $0 })
    }

    @Test("ignored points take no part, whatever they hold")
    func ignored() {
        let (points, labels) = example(60, 4, 3, seed: 9)
        var dirty = points
        var marked = labels
        for i in stride(from: 0, to: 60, by: 4) {
            dirty[i, 1] = .nan
            marked[i] = -7
        }
        let kept = (0..<60).filter { $0 % 4 != 0 }
        let loss = PairLoss(margin: 0.4, ignoredLabel: -7)
        let result = gradient(loss, dirty, marked, on: .default)
        let alone = gradient(loss, points.selectingRows(kept), kept.map { labels[$0] }, on: .default)
        #expect(result.value == alone.value)
        #expect(result.gradient.selectingRows(kept) == alone.gradient)
        #expect((0..<60).allSatisfy { $0 % 4 != 0 || result.gradient.row($0).allSatisfy { $0 == 0 } })
    }

    @Test("empty, ignored and single inputs have defined results")
    func defined() {
        let loss = PairLoss(margin: 0.5, ignoredLabel: 3)
        let nothing = loss.evaluate(Matrix(rows: 0, columns: 0).view, labels: [Int32]().span)
        #expect(nothing.total == 0 && nothing.groupCount == 0 && nothing.floor == 0)
        let point = Matrix([[1, 0]])
        let ignored = loss.evaluate(point.view, labels: [Int32(3)].span)
        #expect(ignored == nothing)
        let single = gradient(loss, point, [Int32.min], on: .default)
        #expect(single.value.total == 0 && single.value.groupCount == 1 && single.value.floor == 0)
        #expect(single.gradient == Matrix([[-1, 0]]))
        let apart = loss.evaluate(Matrix([[1, 0], [0, 1]]).view, labels: [Int32.max, Int32.min].span)
        #expect(apart.total == 0 && apart.groupCount == 2)
    }

    @Test("NaN shows in the value and in every row", arguments: InstructionSet.available)
    func notANumber(set: InstructionSet) {
        for convention in PairLoss.Gradient.allCases {
            var (points, labels) = example(300, 3, 2, seed: 10)
            labels.sort()
            points[0, 2] = .nan
            let result = gradient(
                PairLoss(margin: 0.5, gradient: convention), points, labels, on: Execution(for: set))
            #expect(result.value.total.isNaN && result.value.negative.isNaN && result.value.positive.isNaN)
            #expect((0..<300).allSatisfy { result.gradient.row($0).contains { $0.isNaN } })
        }
    }

    @Test("refuses margins outside (0, 1), negative weights and wrong shapes")
    func preconditions() async {
        let margin = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = PairLoss(margin: 1)
        }
        #expect(messages(of: margin).contains("a margin of 1.0"))
        let weight = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = PairLoss(margin: 0.5, negativeWeight: -1)
        }
        #expect(messages(of: weight).contains("weights of 1.0 and -1.0"))
        let labels = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = PairLoss(margin: 0.5).evaluate(Matrix([[1, 0]]).view, labels: [Int32]().span)
        }
        #expect(messages(of: labels).contains("0 labels for 1 points"))
    }
}
