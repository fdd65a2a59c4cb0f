internal import SphereKernels
internal import SphereLayers
internal import SphereReference

extension BenchmarkCase {
    /// A convolution of normal maps of N pixels and D channels to M channels, or one of its gradients.
    ///
    /// Forward and for the gradient of the input the second operand are the weights, a row of D for every element of the window and
    /// every one of the M channels of the result: sums go over D. For the gradient of the weights it is the N x M gradient of the
    /// output; the result has a row of M for every element of the window and every one of D channels.
    static func convolution(
        _ settings: BenchmarkSettings, _ window: BenchmarkWindow, _ pass: BenchmarkPass
    ) -> BenchmarkCase {
        let maps = BenchmarkMaps(pixels: settings.points)
        let (n, d, m) = (settings.points, settings.dimension, settings.targets ?? settings.dimension)
        let taps = window.size * window.size
        let source = normalRows(n, settings)
        let isWeightGradient = pass == .weightGradient
        var generator = SeededGenerator(seed: 2)
        let second = generator.normalMatrix(
            rows: isWeightGradient ? n : taps * m, columns: isWeightGradient ? m : d)
        let input = BenchmarkInput(
            .convolution(window, pass), points: source, targets: second, channels: m, threads: settings.threads,
            resultRows: isWeightGradient ? taps * d : n, resultColumns: m)
        let (inputs, outputs) = pass == .inputGradient ? (m, d) : (d, m)
        let sizes = maps.sizes(window, inputs: inputs, outputs: outputs)
        let geometry = ConvolutionGeometry(
            input: maps.shape(inputs), outputChannels: outputs,
            window: SlidingWindow(
                window.size, padding: window.dilation * (window.size / 2), dilation: window.dilation))
        let weights = isWeightGradient ? [] : convolutionWeights(second, taps, m, transposed: pass == .forward)
        let work = UsefulWork(
            flops: UsefulWork.multiplyAdds(n, taps, d, m), bytes: UsefulWork.floats(n * (d + m) + taps * d * m))
        let twin = NaiveTwin(rows: isWeightGradient ? taps * d : n) { sample in
            let rows = (0..<sample.count).map(sample.row(at:))
            let values =
                switch pass {
                case .forward: Reference.convolutionRows(rows, source, weights: weights, sizes: sizes)
                case .inputGradient:
                    Reference.convolutionInputGradientRows(rows, source, weights: weights, sizes: sizes)
                case .weightGradient: Reference.convolutionWeightGradientRows(rows, source, second, sizes: sizes)
                }
            // Relative to the sum of absolute values of the terms, at most their number times the largest of each operand.
            let terms = isWeightGradient ? n : taps * d
            func largest(_ matrix: Matrix) -> Double { matrix.elements.reduce(0) { max($0, abs(Double($1))) } }
            return Expectation(
                values: values, measure: .absolute,
                limit: Double(terms + 8).squareRoot() * Double(terms).squareRoot() * AccuracyLimits.roundoff
                    * largest(source) * largest(second))
        }
        return BenchmarkCase(input: input, work: work, twin: twin) { execution in
            let workspace = LayerWorkspace()
            return {
                input.output.update { matrix in
                    var result = matrix.mutableView
                    switch pass {
                    case .forward:
                        Convolution.forward(
                            source.view.elements, weights: weights.span, into: &result.elements, geometry: geometry,
                            workspace: workspace, on: execution)
                    case .inputGradient:
                        Convolution.backwardInput(
                            source.view.elements, weights: weights.span, into: &result.elements, geometry: geometry,
                            workspace: workspace, on: execution)
                    case .weightGradient:
                        Convolution.backwardWeights(
                            source.view.elements, second.view.elements, into: &result.elements, geometry: geometry,
                            workspace: workspace, on: execution)
                    }
                }
            }
        }
    }

    /// Weights window x inputs x outputs from rows of D for every element of the window and each of M channels, of which D are the
    /// inputs if `transposed`, otherwise the outputs.
    private static func convolutionWeights(_ rows: Matrix, _ taps: Int, _ m: Int, transposed: Bool) -> [Float] {
        guard transposed else { return rows.elements }
        let d = rows.columns
        var weights = [Float](repeating: 0, count: taps * m * d)
        for tap in 0..<taps {
            for n in 0..<m {
                for c in 0..<d { weights[(tap * d + c) * m + n] = rows.elements[(tap * m + n) * d + c] }
            }
        }
        return weights
    }
}
