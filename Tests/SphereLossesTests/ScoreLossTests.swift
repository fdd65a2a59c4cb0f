import SphereKernels
import SphereLosses
import SphereReference
import SphereTensor
import Testing

/// The largest difference between a gradient and central differences, relative to the gradient's length.
private func differenceError(_ gradient: [Double], at point: [Double], _ loss: ([Double]) -> Double) -> Double {
    let length = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let step = 1e-5
    return point.indices.reduce(0.0) { worst, i in
        var (above, below) = (point, point)
        above[i] += step
        below[i] -= step
        return max(worst, abs((loss(above) - loss(below)) / (2 * step) - gradient[i]) / length)
    }
}

@Suite struct SoftmaxLossTests {
    private struct Example {
        let scores: Matrix
        let labels: [Int32]
        let weights: [Float]

        /// Some labels are -1, to be ignored.
        init(_ rows: Int, _ classes: Int, seed: UInt64) {
            var generator = SeededGenerator(seed: seed)
            scores = generator.normalMatrix(rows: rows, columns: classes, scale: 3)
            labels = (0..<rows).map { _ in Int32(generator.next() % UInt64(classes + 1)) - 1 }
            weights = (0..<classes).map { _ in Float(generator.uniform()) }
        }
    }

    private func gradient(
        _ loss: SoftmaxLoss, _ scores: Matrix, _ labels: [Int32], scale: Float = 1, threads: Int = 1
    ) -> (value: Double, gradient: Matrix) {
        var result = Matrix(rows: scores.rows, columns: scores.columns)
        var view = result.mutableView
        let value = loss.evaluate(
            scores.view, labels: labels.span, scale: scale, gradient: &view, on: Execution(threads: threads))
        return (value, result)
    }

    @Test("agrees with the naive twin", arguments: [LossReduction.mean, .sum], [false, true])
    func twin(reduction: LossReduction, isWeighted: Bool) {
        for rows in [0, 1, 7, 1025, 3000] {
            for classes in [1, 2, 21] {
                let seed = UInt64(rows * 100 + classes)
                let example = Example(rows, classes, seed: seed)
                let loss = SoftmaxLoss(
                    reduction: reduction, ignoredLabel: -1, classWeights: isWeighted ? example.weights : nil)
                let exact = Reference.softmaxLoss(
                    ReferenceMatrix(example.scores), labels: example.labels, ignoredLabel: -1,
                    classWeights: isWeighted ? example.weights.map(Double.init) : nil, isMean: reduction == .mean)
                let (value, gradient) = gradient(loss, example.scores, example.labels)
                // In double; the gradient rounded once.
                #expect(abs(value - exact.value) <= 1e-12 * max(1, exact.value), "\(rows) x \(classes), seed \(seed)")
                #expect(loss.evaluate(example.scores.view, labels: example.labels.span) == value)
                for (found, wanted) in zip(gradient.elements, exact.gradient.elements) {
                    #expect(abs(Double(found) - wanted) <= abs(wanted) * 0x1p-23 + 1e-15, "seed \(seed)")
                }
                #expect(self.gradient(loss, example.scores, example.labels, threads: 3) == (value, gradient))
            }
        }
    }

    @Test("the twin's gradient is the derivative of its value", arguments: [false, true])
    func centralDifferences(isMean: Bool) {
        let example = Example(9, 4, seed: 5)
        let weights = example.weights.map(Double.init)
        func twin(_ scores: [Double]) -> (value: Double, gradient: ReferenceMatrix) {
            Reference.softmaxLoss(
                ReferenceMatrix(rows: 9, columns: 4, scores), labels: example.labels, ignoredLabel: -1,
                classWeights: weights, isMean: isMean)
        }
        let point = example.scores.elements.map(Double.init)
        #expect(differenceError(twin(point).gradient.elements, at: point) { twin($0).value } <= 1e-6)
    }

    @Test("scores of any size neither overflow nor lose a small loss")
    func stability() {
        let scores = Matrix([[1e30, -1e30, 0], [100, 60, 0], [0, 1000, 0]])
        let labels: [Int32] = [0, 0, 2]
        let (value, gradient) = gradient(SoftmaxLoss(reduction: .sum), scores, labels)
        #expect(abs(value - 1000) < 1e-10)
        #expect(gradient[0, 0] == 0 && gradient[2, 2] == -1 && gradient[2, 1] == 1)
        // exp(-40), which 1 - 1 / (1 + exp(-40)) would not find in float32.
        let small = self.gradient(SoftmaxLoss(), Matrix([[100, 60]]), [0])
        #expect(abs(small.value / 4.248354255291589e-18 - 1) < 1e-12)
        #expect(abs(Double(small.gradient[0, 0]) / -4.248354255291589e-18 - 1) < 1e-6)
    }

    @Test("NaN of a pixel makes loss and its gradient NaN, ignored pixels nothing")
    func nonFinite() {
        let scores = Matrix([[.nan, 0, 1], [1, 2, 3], [.infinity, 0, 0]])
        let ignoring = gradient(SoftmaxLoss(ignoredLabel: 255), scores, [255, 1, 255])
        #expect(ignoring.value.isFinite && ignoring.gradient.elements.prefix(3) == [0, 0, 0])
        let labels: [Int32] = [1, 1, 1]
        let (value, gradient) = gradient(SoftmaxLoss(), scores, labels)
        #expect(value.isNaN)
        #expect(gradient.elements.prefix(3).allSatisfy(\.isNaN) && gradient.elements.suffix(3).allSatisfy(\.isNaN))
        #expect(gradient.elements[3..<6].allSatisfy { $0.isFinite })
        let impossible = self.gradient(SoftmaxLoss(), Matrix([[-.infinity, 0]]), [1])
        #expect(impossible.value == 0 && impossible.gradient.elements == [0, 0])
        #expect(self.gradient(SoftmaxLoss(), Matrix([[-.infinity, 0]]), [0]).value == .infinity)
    }

    @Test("as an operation has the gradient of central differences, times the scale")
    func operation() {
        let example = Example(30, 5, seed: 6)
        let scores = Tensor(shape: [2, 3, 5, 5], elements: example.scores.elements)
        let loss = SoftmaxLoss(ignoredLabel: -1, classWeights: example.weights)
        for result in GradientCheck.check(at: [scores], { loss($0[0], labels: example.labels, scale: 3) }) {
            #expect(result.relativeError < 1e-3)
        }
        let value = loss.evaluate(example.scores.view, labels: example.labels.span)
        #expect(loss(scores, labels: example.labels, scale: 3).scalar == 3 * Float(value))
    }

    @Test("traps on a label that is no class")
    func wrongLabel() async {
        await #expect(processExitsWith: .failure) {
            let (scores, labels): (Matrix, [Int32]) = (Matrix([[1, 2]]), [2])
            _ = SoftmaxLoss().evaluate(scores.view, labels: labels.span)
        }
    }
}

@Suite struct LogisticLossTests {
    private struct Example {
        let scores, targets, weights: [Float]

        /// Targets of 0, 1 and between, some weights 0.
        init(_ count: Int, seed: UInt64) {
            var generator = SeededGenerator(seed: seed)
            scores = (0..<count).map { _ in Float(3 * generator.normal()) }
            targets = (0..<count).map { _ in Float(min(1, max(0, 2 * generator.uniform() - 0.5))) }
            weights = (0..<count).map { _ in Float(max(0, generator.uniform() - 0.3)) }
        }
    }

    private func gradient(
        _ loss: LogisticLoss, _ scores: [Float], _ targets: [Float], _ weights: [Float]?, threads: Int = 1
    ) -> (value: Double, gradient: [Float]) {
        var result = [Float](repeating: 0, count: scores.count)
        var span = result.mutableSpan
        let value = loss.evaluate(
            scores.span, targets: targets.span, weights: weights?.span, gradient: &span,
            on: Execution(threads: threads))
        return (value, result)
    }

    @Test("agrees with the naive twin", arguments: [LossReduction.mean, .sum], [false, true])
    func twin(reduction: LossReduction, isWeighted: Bool) {
        for count in [0, 1, 9, 8193, 20_000] {
            let example = Example(count, seed: UInt64(count))
            let weights = isWeighted ? example.weights : nil
            let loss = LogisticLoss(reduction: reduction, positiveWeight: 2.5)
            let exact = Reference.logisticLoss(
                example.scores.map(Double.init), targets: example.targets.map(Double.init),
                weights: weights?.map(Double.init), positiveWeight: 2.5, isMean: reduction == .mean)
            let (value, gradient) = gradient(loss, example.scores, example.targets, weights)
            #expect(abs(value - exact.value) <= 1e-12 * max(1, exact.value), "\(count) scores")
            for (i, (found, wanted)) in zip(gradient, exact.gradient).enumerated() {
                #expect(abs(Double(found) - wanted) <= abs(wanted) * 0x1p-23 + 1e-15, "score \(i) of \(count)")
            }
            #expect(self.gradient(loss, example.scores, example.targets, weights, threads: 3) == (value, gradient))
        }
    }

    @Test("the twin's gradient is the derivative of its value")
    func centralDifferences() {
        let example = Example(20, seed: 7)
        func twin(_ scores: [Double]) -> (value: Double, gradient: [Double]) {
            Reference.logisticLoss(
                scores, targets: example.targets.map(Double.init), weights: example.weights.map(Double.init),
                positiveWeight: 3)
        }
        let point = example.scores.map(Double.init)
        #expect(differenceError(twin(point).gradient, at: point) { twin($0).value } <= 1e-6)
    }

    @Test("scores of any size neither overflow nor lose a small loss; masked scores take no part")
    func stability() {
        let loss = LogisticLoss(reduction: .sum)
        let (value, gradient) = gradient(loss, [40, -1000, 1000, .nan], [1, 1, 1, 1], [1, 1, 1, 0])
        #expect(value == 1000 + 4.248354255291589e-18)
        #expect(abs(Double(gradient[0]) / -4.248354255291589e-18 - 1) < 1e-6)
        #expect(gradient[1...] == [-1, 0, 0])
        let sure = self.gradient(loss, [.infinity, -.infinity], [1, 0], nil)
        #expect(sure.value == 0 && sure.gradient == [0, 0])
        let wrong = self.gradient(loss, [.infinity], [0], nil)
        #expect(wrong.value == .infinity && wrong.gradient == [1])
        let undefined = self.gradient(loss, [.nan, 1], [0, 0], nil)
        #expect(undefined.value.isNaN && undefined.gradient[0].isNaN && undefined.gradient[1].isFinite)
        #expect(self.gradient(loss, [], [], nil).value == 0)
    }

    @Test("the balancing weight makes both parts count the same")
    func balance() {
        let targets: [Float] = [1, 0, 0, 0, 0.5]
        let weight = LogisticLoss.balancingWeight(targets: targets.span)
        #expect(abs(weight - 3.5 / 1.5) < 1e-12)
        let onlyNegative: [Float] = [0, 1, 1, 1, 0]
        #expect(LogisticLoss.balancingWeight(targets: targets.span, weights: onlyNegative.span) == 1)
        // At scores of 0 every pixel has the same loss: p times the targets' sum is the rest's.
        let scores = [Float](repeating: 0, count: 5)
        let total = LogisticLoss(reduction: .sum, positiveWeight: weight).evaluate(scores.span, targets: targets.span)
        #expect(abs(total - 7 * 0.6931471805599453) < 1e-12)
    }

    @Test("as an operation has the gradient of central differences, times the scale")
    func operation() {
        let example = Example(30, seed: 8)
        let scores = Tensor(shape: [2, 3, 5, 1], elements: example.scores)
        let loss = LogisticLoss(positiveWeight: 4)
        for result in GradientCheck.check(
            at: [scores], { loss($0[0], targets: example.targets, weights: example.weights, scale: 3) })
        {
            #expect(result.relativeError < 1e-3)
        }
    }
}
