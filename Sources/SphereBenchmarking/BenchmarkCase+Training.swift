internal import SphereGrouping
internal import SphereKernels
internal import SphereLosses
internal import SphereReference
internal import SphereTensor

extension BenchmarkCase {
    /// The pair loss of N clustered points in 10 groups and its gradient with respect to them, all pairs.
    static func pairLoss(_ settings: BenchmarkSettings, _ gradient: PairLoss.Gradient) -> BenchmarkCase {
        let (n, d) = (settings.points, settings.dimension)
        var generator = SeededGenerator(seed: 1)
        let (points, clusters) = generator.clusteredRowsWithLabels(n, dimension: d, clusters: 10)
        let labels = clusters.map { Int32($0) }
        let input = BenchmarkInput(
            .pairLoss(gradient), points: points, threads: settings.threads, resultRows: n, resultColumns: d)
        let margin = 0.1
        let twin = NaiveTwin(rows: n, isWhole: true) { sample in
            // Sums over all pairs: all rows are computed.
            let convention: Reference.PairLossGradient =
                switch gradient {
                case .exact: .exact
                case .released: .released
                case .steep: .steep
                }
            let exact = Reference.pairLoss(points, labels: labels, margin: margin, convention: convention).gradient
            let largest = exact.elements.reduce(0) { max($0, abs($1)) }
            // The exact gradient jumps at the margin: of a pair whose similarity is the margin to rounding either side is right, and a row
            // may have two of the largest weight.
            let sizes = Dictionary(labels.map { ($0, 1.0) }, uniquingKeysWith: +).values
            let pair = 1 / Double(sizes.count * sizes.count) / (sizes.min()! * sizes.min()!)
            // Sums of terms of either sign, as many as there are points in blocks of 96.
            return Expectation(
                values: sample.rows(of: exact), measure: .absolute,
                limit: Double(d + 96) * AccuracyLimits.roundoff * largest
                    + (gradient == .exact ? 2 * pair : 0))
        }
        // Dot products and the gradient's sums, over all ordered pairs.
        let work = UsefulWork(flops: 2 * UsefulWork.multiplyAdds(n, n, d))
        return BenchmarkCase(input: input, work: work, twin: twin) { execution in
            let loss = PairLoss(margin: margin, gradient: gradient)
            return {
                input.output.update { matrix in
                    var result = matrix.mutableView
                    for i in result.elements.indices { result.elements[i] = 0 }
                    _ = loss.evaluate(points.view, labels: labels.span, gradient: &result, on: execution)
                }
            }
        }
    }

    /// The recurrent layer's loops on N clustered points, forward and backward to the points, from the gradient of the last result.
    static func recurrent(_ settings: BenchmarkSettings) -> BenchmarkCase {
        let (n, d) = (settings.points, settings.dimension)
        var generator = SeededGenerator(seed: 1)
        let points = generator.clusteredRows(n, dimension: d)
        let upstream = normalRows(n, settings, seed: 4)
        let loops = 2
        let input = BenchmarkInput(
            .recurrent, points: points, targets: upstream, concentration: settings.concentration,
            threads: settings.threads, resultRows: n, resultColumns: d)
        let concentration = Double(settings.concentration)
        let twin = NaiveTwin(rows: n, isWhole: true) { sample in
            // A row of the gradient needs every row's steps: all rows are computed.
            var chain = [points]
            for _ in 1..<loops {
                chain.append(Reference.meanShiftStep(chain.last!, concentration: concentration).shifted.rounded)
            }
            var gradient = upstream
            for points in chain.reversed() {
                gradient =
                    Reference.meanShiftGradient(points, concentration: concentration, upstream: gradient).points.rounded
            }
            let exact = ReferenceMatrix(gradient)
            let scale = (exact.elements.reduce(0) { $0 + $1 * $1 } / Double(n)).squareRoot()
            return Expectation(
                values: sample.rows(of: exact), measure: .rowDistance,
                limit: Double(loops) * AccuracyLimits.worstRow * AccuracyLimits.meanShiftGradient(shifted: true) * scale
            )
        }
        let work = UsefulWork(flops: 2 * Double(loops) * UsefulWork.multiplyAdds(n, n, d))
        return BenchmarkCase(input: input, work: work, twin: twin) { execution in
            let layer = RecurrentMeanShift(loops: loops, concentration: settings.concentration)
            let (start, end) = (Tensor(points), Tensor(upstream))
            return {
                TensorExecution.$current.withValue(execution) {
                    let variable = start.requiringGradient()
                    let gradients = layer(variable).last!.backward(from: end)
                    let gradient = gradients[variable].memory
                    input.output.update { matrix in
                        var result = matrix.mutableView
                        let source = gradient.span
                        for i in result.elements.indices { result.elements[i] = source[i] }
                    }
                }
            }
        }
    }
}
