import SphereKernels
import SphereLayers
import SphereReference

/// A convolution with random operands, what it is in double, and how large its terms are.
struct ConvolutionCase {
    let sizes: ConvolutionSizes
    let geometry: ConvolutionGeometry
    let hasPrologue: Bool
    let rectifies: Bool
    let accumulates: Bool
    let input: [Float]
    let weights: [Float]
    let bias: [Float]
    let outputGradient: [Float]
    let scale: [Float]
    let shift: [Float]
    /// What gradients are added to.
    let before: Float = 0.5

    init(
        _ sizes: ConvolutionSizes, hasPrologue: Bool, rectifies: Bool, accumulates: Bool,
        _ generator: inout SeededGenerator
    ) {
        func normals(_ count: Int) -> [Float] { (0..<count).map { _ in Float(generator.normal()) } }
        self.sizes = sizes
        self.hasPrologue = hasPrologue
        self.rectifies = rectifies
        self.accumulates = accumulates
        geometry = ConvolutionGeometry(
            input: MapShape(
                batch: sizes.batch, height: sizes.height, width: sizes.width, channels: sizes.inputChannels),
            outputChannels: sizes.outputChannels,
            window: SlidingWindow(
                height: sizes.windowHeight, width: sizes.windowWidth, verticalStride: sizes.verticalStride,
                horizontalStride: sizes.horizontalStride, verticalDilation: sizes.verticalDilation,
                horizontalDilation: sizes.horizontalDilation, top: sizes.top, bottom: sizes.bottom, left: sizes.left,
                right: sizes.right))
        input = normals(sizes.inputCount)
        weights = normals(sizes.weightCount)
        bias = normals(sizes.outputChannels)
        outputGradient = normals(sizes.outputCount)
        scale = normals(sizes.inputChannels)
        shift = normals(sizes.inputChannels)
    }

    struct Results: Equatable {
        var output: [Float]
        var moments: ChannelMoments
        var inputGradient: [Float]
        var weightGradient: [Float]
        var biasGradient: [Float]
    }

    /// Everything that the module makes of it, on memory that held NaN.
    func results(
        algorithm: ConvolutionAlgorithm = .automatic, on execution: Execution = .default,
        workspace: LayerWorkspace? = nil
    ) -> Results {
        let fill = accumulates ? before : .nan
        var output = [Float](repeating: .nan, count: sizes.outputCount)
        var inputGradient = [Float](repeating: fill, count: sizes.inputCount)
        var weightGradient = [Float](repeating: fill, count: sizes.weightCount)
        var biasGradient = [Float](repeating: fill, count: sizes.outputChannels)
        var moments = ChannelMoments(channels: sizes.outputChannels)
        let prologue =
            hasPrologue ? ChannelAffine(scale: scale.span, shift: shift.span, rectifies: true) : nil
        var outputSpan = output.mutableSpan
        Convolution.forward(
            input.span, weights: weights.span, bias: bias.span, into: &outputSpan, moments: &moments,
            geometry: geometry, prologue: prologue, rectifies: rectifies, algorithm: algorithm,
            workspace: workspace, on: execution)
        var inputSpan = inputGradient.mutableSpan
        Convolution.backwardInput(
            outputGradient.span, weights: weights.span, into: &inputSpan, geometry: geometry, accumulates: accumulates,
            algorithm: algorithm, workspace: workspace, on: execution)
        var weightSpan = weightGradient.mutableSpan
        Convolution.backwardWeights(
            input.span, outputGradient.span, into: &weightSpan, geometry: geometry, prologue: prologue,
            accumulates: accumulates, algorithm: algorithm, workspace: workspace, on: execution)
        var biasSpan = biasGradient.mutableSpan
        Convolution.backwardBias(
            outputGradient.span, into: &biasSpan, geometry: geometry, accumulates: accumulates, workspace: workspace,
            on: execution)
        return Results(
            output: output, moments: moments, inputGradient: inputGradient, weightGradient: weightGradient,
            biasGradient: biasGradient)
    }

    /// The results in double; with `absolute`, those of the terms' absolute values.
    struct Exact {
        let output: [Double]
        let inputGradient: [Double]
        let weightGradient: [Double]
        let biasGradient: [Double]
    }

    func exact(absolute: Bool) -> Exact {
        func values(_ x: [Float]) -> [Double] { x.map { absolute ? abs(Double($0)) : Double($0) } }
        let (inputs, weights, gradient) = (values(input), values(weights), values(outputGradient))
        let (scale, shift) = (values(scale), values(shift))
        let channels = sizes.inputChannels
        let read =
            hasPrologue
            ? inputs.enumerated().map { max(0, scale[$0 % channels] * $1 + shift[$0 % channels]) } : inputs
        let start = accumulates ? Double(before) : 0
        return Exact(
            output: Reference.convolution(read, weights: weights, bias: values(bias), sizes: sizes).map {
                rectifies && !absolute ? max(0, $0) : $0
            },
            inputGradient: Reference.convolutionInputGradient(gradient, weights: weights, sizes: sizes).map {
                $0 + start
            },
            weightGradient: Reference.convolutionWeightGradient(read, gradient, sizes: sizes).map { $0 + start },
            biasGradient: Reference.channelSums(gradient, channels: sizes.outputChannels).map { $0 + start })
    }
}
