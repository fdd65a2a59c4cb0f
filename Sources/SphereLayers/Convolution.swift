public import SphereKernels

/// Convolutions (cross-correlations, as networks have them) of NHWC maps in float32, forward and backward.
///
///     y[b, p, q, n] = bias[n] + sum over i, j, c of w[i, j, c, n] x[b, p strideY - top + i dilationY, q strideX - left + j dilationX, c]
///
/// with x = 0 outside the maps. Weights are kernel height x kernel width x input channels x output channels. Evaluated as
/// matrix products on strips or tiles of pixels (``ConvolutionAlgorithm``); nothing as large as the unfolded input is stored. Results do not depend
/// on the number of threads, bit for bit. NaN and infinity spread as IEEE arithmetic has it, but with minimal filtering infinity may become NaN.
public enum Convolution {
    /// The convolution of `input`.
    ///
    /// - Parameters:
    ///   - weights: as described above, `geometry.weightCount` elements.
    ///   - bias: one number per output channel; `nil`: 0.
    ///   - output: overwritten.
    ///   - prologue: what the input is read through, on the fly: `max(0, scale_c x + shift_c)`; padding stays 0 behind it. So
    ///     that the output of batch normalization and rectifier need not be stored.
    ///   - accumulates: whether the result is added to what `output` holds, before the rectifier.
    ///   - rectifies: whether negative outputs become 0 (NaN stays NaN).
    ///   - algorithm: how the sums are evaluated.
    ///   - workspace: scratch memory; `nil` allocates it.
    /// - Precondition: the counts are those of `geometry`.
    /// - Complexity: `geometry.multiplyAdds`, 4 / 9 of them with minimal filtering; scratch memory for the packed (twice for the transformed) weights
    ///   and for a strip, or 64 to 128 transformed tiles, of the input per thread.
    public static func forward(
        _ input: Span<Float>, weights: Span<Float>, bias: Span<Float>? = nil, into output: inout MutableSpan<Float>,
        geometry: ConvolutionGeometry, prologue: ChannelAffine? = nil, accumulates: Bool = false,
        rectifies: Bool = false, algorithm: ConvolutionAlgorithm = .automatic,
        workspace: LayerWorkspace? = nil, on execution: Execution = .default
    ) {
        gather(
            input, weights, bias, &output, nil, geometry, prologue, accumulates, rectifies, algorithm,
            workspace ?? LayerWorkspace(), execution)
    }

    /// ``forward(_:weights:bias:into:geometry:prologue:accumulates:rectifies:algorithm:workspace:on:)`` that also measures the mean and variance of every
    /// channel of the output while it is in the cache, for the batch normalization that follows.
    ///
    /// The moments are those of the strips (around a pixel's value, in float32), merged in double in a fixed order.
    ///
    /// - Precondition: also `moments.channels` is the number of output channels.
    public static func forward(
        _ input: Span<Float>, weights: Span<Float>, bias: Span<Float>? = nil, into output: inout MutableSpan<Float>,
        moments: inout ChannelMoments, geometry: ConvolutionGeometry, prologue: ChannelAffine? = nil,
        rectifies: Bool = false, algorithm: ConvolutionAlgorithm = .automatic,
        workspace: LayerWorkspace? = nil, on execution: Execution = .default
    ) {
        require(
            moments.channels == geometry.output.channels,
            "moments of \(moments.channels) channels for \(geometry.output.channels) output channels")
        withUnsafeMutablePointer(to: &moments) {
            $0.pointee.reset()
            gather(
                input, weights, bias, &output, $0, geometry, prologue, false, rectifies, algorithm,
                workspace ?? LayerWorkspace(), execution)
        }
    }

    /// The gradient with respect to the input (behind its prologue): the adjoint of ``forward(_:weights:bias:into:geometry:prologue:accumulates:rectifies:algorithm:workspace:on:)``.
    ///
    ///     dx[b, y, x, c] = sum over i, j, n of w[i, j, c, n] dy[b, p, q, n], where (p, q) reads (y, x) through (i, j)
    ///
    /// - Parameters:
    ///   - accumulates: whether it is added to what `inputGradient` holds, which is overwritten otherwise.
    ///   - algorithm: how the sums are evaluated.
    /// - Precondition: the counts are those of `geometry`.
    public static func backwardInput(
        _ outputGradient: Span<Float>, weights: Span<Float>, into inputGradient: inout MutableSpan<Float>,
        geometry: ConvolutionGeometry, accumulates: Bool = false, algorithm: ConvolutionAlgorithm = .automatic,
        workspace: LayerWorkspace? = nil, on execution: Execution = .default
    ) {
        geometry.output.requireCount(outputGradient.count, "the gradient of the output")
        geometry.input.requireCount(inputGradient.count, "the gradient of the input")
        geometry.requireWeights(weights.count)
        let kernels = execution.instructionSet.layerKernels
        let workspace = workspace ?? LayerWorkspace()
        let plans = workspace.plans(.backwardInput, geometry, isPlain: true, kernels)
        withStart(outputGradient) { source in
            withStart(weights) { weights in
                withStart(&inputGradient) { result in
                    GatherTask(
                        source: source, sourceShape: geometry.output, affine: .none, plans: plans, weights: weights,
                        isTransposed: true, result: result, resultShape: geometry.input, accumulates: accumulates,
                        bias: nil, rectifies: false, algorithm: algorithm, kernels: kernels
                    ).run(workspace, threads: execution.threads)
                }
            }
        }
    }

    /// The gradient with respect to the weights.
    ///
    ///     dw[i, j, c, n] = sum over b, p, q of x[b, p strideY - top + i dilationY, q strideX - left + j dilationX, c] dy[b, p, q, n]
    ///
    /// Pixels are added up in an order that depends on the shapes alone.
    ///
    /// - Parameters:
    ///   - prologue: what the input is read through, as in the forward pass.
    ///   - accumulates: whether it is added to what `weightGradient` holds, which is overwritten otherwise.
    ///   - algorithm: how the sums are evaluated.
    /// - Precondition: the counts are those of `geometry`.
    public static func backwardWeights(
        _ input: Span<Float>, _ outputGradient: Span<Float>, into weightGradient: inout MutableSpan<Float>,
        geometry: ConvolutionGeometry, prologue: ChannelAffine? = nil, accumulates: Bool = false,
        algorithm: ConvolutionAlgorithm = .automatic, workspace: LayerWorkspace? = nil,
        on execution: Execution = .default
    ) {
        geometry.input.requireCount(input.count, "the input")
        geometry.output.requireCount(outputGradient.count, "the gradient of the output")
        geometry.requireWeights(weightGradient.count)
        prologue?.requireChannels(geometry.input.channels)
        withStart(input) { source in
            withStart(outputGradient) { gradient in
                withPointers(prologue, nil) { affine in
                    withStart(&weightGradient) { result in
                        WeightGradientTask(
                            source: source, affine: affine, gradient: gradient, result: result, geometry: geometry,
                            accumulates: accumulates, algorithm: algorithm,
                            kernels: execution.instructionSet.layerKernels
                        ).run(workspace ?? LayerWorkspace(), threads: execution.threads)
                    }
                }
            }
        }
    }

    /// The gradient with respect to the bias: `db[n] = sum over b, p, q of dy[b, p, q, n]`.
    ///
    /// - Parameter accumulates: whether it is added to what `biasGradient` holds, which is overwritten otherwise.
    /// - Precondition: the counts are those of `geometry`.
    public static func backwardBias(
        _ outputGradient: Span<Float>, into biasGradient: inout MutableSpan<Float>, geometry: ConvolutionGeometry,
        accumulates: Bool = false, workspace: LayerWorkspace? = nil, on execution: Execution = .default
    ) {
        let shape = geometry.output
        shape.requireCount(outputGradient.count, "the gradient of the output")
        require(
            biasGradient.count == shape.channels,
            "the gradient of the bias has \(shape.channels) elements, found \(biasGradient.count)")
        withStart(outputGradient) { gradient in
            withStart(&biasGradient) { result in
                let blocks = PixelBlocks(shape)
                let kernels = execution.instructionSet.layerKernels
                let (channels, size) = (shape.channels, 3 * shape.channels)
                // Each block: base (0), sums, sums of squares, which are not used.
                (workspace ?? LayerWorkspace()).withFloats(blocks.count * size) { memory in
                    nonisolated(unsafe) let memory = memory
                    nonisolated(unsafe) let gradient = gradient
                    parallelFor(units: blocks.count, threads: execution.threads) { _, number in
                        let block = memory + number * size
                        block.update(repeating: 0, count: size)
                        let pixels = blocks[number]
                        kernels.channelSums(
                            gradient + pixels.lowerBound * channels, channels, pixels.count, channels, block,
                            block + channels, block + 2 * channels)
                    }
                    withSums(of: memory + channels, step: size, count: blocks.count, columns: channels) { sums in
                        for c in 0..<channels { result[c] = Float((accumulates ? Double(result[c]) : 0) + sums[c]) }
                    }
                }
            }
        }
    }

    private static func gather(
        _ input: Span<Float>, _ weights: Span<Float>, _ bias: Span<Float>?, _ output: inout MutableSpan<Float>,
        _ moments: UnsafeMutablePointer<ChannelMoments>?, _ geometry: ConvolutionGeometry, _ prologue: ChannelAffine?,
        _ accumulates: Bool, _ rectifies: Bool, _ algorithm: ConvolutionAlgorithm, _ workspace: LayerWorkspace,
        _ execution: Execution
    ) {
        geometry.input.requireCount(input.count, "the input")
        geometry.output.requireCount(output.count, "the output")
        geometry.requireWeights(weights.count)
        prologue?.requireChannels(geometry.input.channels)
        if let bias {
            require(
                bias.count == geometry.output.channels,
                "\(bias.count) biases for \(geometry.output.channels) output channels")
        }
        let kernels = execution.instructionSet.layerKernels
        withStart(input) { source in
            withStart(weights) { weights in
                withAddress(bias) { bias in
                    withPointers(prologue, nil) { affine in
                        withStart(&output) { result in
                            GatherTask(
                                source: source, sourceShape: geometry.input, affine: affine,
                                plans: workspace.plans(.forward, geometry, isPlain: affine.isNone, kernels),
                                weights: weights, isTransposed: false, result: result, resultShape: geometry.output,
                                accumulates: accumulates, bias: bias, rectifies: rectifies, algorithm: algorithm,
                                kernels: kernels
                            ).run(workspace, threads: execution.threads, moments: moments)
                        }
                    }
                }
            }
        }
    }
}
