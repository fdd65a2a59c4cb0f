internal import SphereKernels
public import SphereLayers

extension Tensor {
    /// The convolution of maps [batch, height, width, channels] with `weights`
    /// [kernel height, kernel width, channels, output channels].
    ///
    /// See ``Convolution`` for the formula. The output of a batch normalization is read through its scale and shift, and
    /// need not be computed. Gradients with respect to the maps, the weights and the bias.
    ///
    /// - Parameters:
    ///   - bias: [output channels]; `nil`: 0.
    ///   - window: its height and width are those of the weights.
    ///   - measuresMoments: whether mean and variance of the output are taken on the way, for a batch normalization that follows.
    /// - Precondition: the shapes match and the window fits.
    /// - Complexity: output pixels x weights multiply-adds, and twice that for the gradients.
    public func convolved(
        with weights: Tensor, bias: Tensor? = nil, window: SlidingWindow, measuresMoments: Bool = false
    ) -> Tensor {
        let geometry = geometry(with: weights, window: window)
        if let bias {
            require(
                bias.shape == [geometry.output.channels],
                "a bias of shape \(bias.shape) for \(geometry.output.channels) output channels")
        }
        let execution = TensorExecution.current
        let result = TensorMemory(count: geometry.output.count)
        var moments = measuresMoments ? ChannelMoments(channels: geometry.output.channels) : nil
        let (weightMemory, biasMemory) = (weights.memory, bias?.memory)
        withPrologue(of: value) { source, prologue in
            Workspaces.with { workspace in
                result.withMutableSpan { output in
                    if moments != nil {
                        Convolution.forward(
                            source, weights: weightMemory.span, bias: biasMemory?.span, into: &output,
                            moments: &moments!, geometry: geometry, prologue: prologue, workspace: workspace,
                            on: execution)
                    } else {
                        Convolution.forward(
                            source, weights: weightMemory.span, bias: biasMemory?.span, into: &output,
                            geometry: geometry, prologue: prologue, workspace: workspace, on: execution)
                    }
                }
            }
        }
        let (saved, savedWeights) = (self.saved, weights.saved)
        return Tensor.operation(
            [self, weights] + (bias.map { [$0] } ?? []), shape: geometry.output.sizes,
            value: TensorValue(result, moments: moments)
        ) { pass in
            let upstream = pass.upstream
            Workspaces.with { workspace in
                pass.accumulate(into: 1) { gradient, accumulates in
                    withPrologue(of: saved.value) { source, prologue in
                        Convolution.backwardWeights(
                            source, upstream.span, into: &gradient, geometry: geometry, prologue: prologue,
                            accumulates: accumulates, workspace: workspace, on: execution)
                    }
                }
                // After the weights, for which the maps may have been computed again: their memory is free now.
                pass.accumulate(into: 0) { gradient, accumulates in
                    let weights = savedWeights.memory
                    Convolution.backwardInput(
                        upstream.span, weights: weights.span, into: &gradient, geometry: geometry,
                        accumulates: accumulates, workspace: workspace, on: execution)
                }
                if biasMemory != nil {
                    pass.accumulate(into: 2) { gradient, accumulates in
                        Convolution.backwardBias(
                            upstream.span, into: &gradient, geometry: geometry, accumulates: accumulates,
                            workspace: workspace, on: execution)
                    }
                }
            }
        }
    }

    /// The convolution of maps with the batch normalization, the shortcut and the rectifier that follow it, in one pass over the
    /// result and without gradients:
    /// y = scale_n (convolution with `weights`)_n + shift_n + shortcut, then max(y, 0) if `rectifies`.
    ///
    /// What inference does where ``convolved(with:bias:window:measuresMoments:)`` and
    /// ``batchNormalized(gamma:beta:epsilon:statistics:adding:rectifies:)`` do it in training: with known moments the scale goes into the
    /// weights (as rounding has it, the results differ in their last bits), and the next convolution reads its input as it is.
    ///
    /// - Parameters:
    ///   - moments: known mean and variance of the convolution's output.
    ///   - shortcut: maps of the shape of the result, added; their memory becomes the result's where nobody else has it.
    /// - Precondition: the shapes match, the window fits, epsilon > 0, and gradients are not being recorded.
    /// - Complexity: output pixels x weights multiply-adds.
    public func convolvedAndNormalized(
        with weights: Tensor, window: SlidingWindow, gamma: Tensor, beta: Tensor, epsilon: Double = 1e-5,
        moments: ChannelMoments, adding shortcut: consuming Tensor? = nil, rectifies: Bool = false
    ) -> Tensor {
        require(
            !TensorExecution.recordsGradients, "a convolution without gradients while gradients are being recorded")
        let geometry = geometry(with: weights, window: window)
        let (scale, shift) = (
            TensorMemory(count: geometry.output.channels), TensorMemory(count: geometry.output.channels)
        )
        let (gamma, beta) = (gamma.memory, beta.memory)
        scale.withMutableSpan { scale in
            shift.withMutableSpan { shift in
                BatchNormalization.coefficients(
                    of: moments, gamma: gamma.span, beta: beta.span, epsilon: epsilon, scale: &scale, shift: &shift)
            }
        }
        if let shortcut {
            require(
                shortcut.shape == geometry.output.sizes,
                "a shortcut of shape \(shortcut.shape) for maps of shape \(geometry.output.sizes)")
        }
        let accumulates = shortcut != nil
        let result = shortcut.take()?.ownMemory() ?? TensorMemory(count: geometry.output.count)
        let scaled = weights.memory.scaled(by: scale)
        let execution = TensorExecution.current
        withPrologue(of: value) { source, prologue in
            Workspaces.with { workspace in
                result.withMutableSpan { output in
                    Convolution.forward(
                        source, weights: scaled.span, bias: shift.span, into: &output, geometry: geometry,
                        prologue: prologue, accumulates: accumulates, rectifies: rectifies, workspace: workspace,
                        on: execution)
                }
            }
        }
        return Tensor(shape: geometry.output.sizes, memory: result)
    }

    /// The geometry of a convolution of these maps.
    private func geometry(with weights: Tensor, window: SlidingWindow) -> ConvolutionGeometry {
        require(
            weights.shape.count == 4 && Array(weights.shape.prefix(2)) == [window.height, window.width],
            "weights of shape \(weights.shape) for a window of \(window.height) x \(window.width)")
        let input = mapShape
        require(
            weights.shape[2] == input.channels,
            "weights of shape \(weights.shape) for maps of shape \(shape): \(input.channels) input channels")
        return ConvolutionGeometry(input: input, outputChannels: weights.shape[3], window: window)
    }

    /// The shape of maps [batch, height, width, channels].
    ///
    /// - Precondition: four dimensions.
    var mapShape: MapShape {
        require(shape.count == 4, "maps have the shape [batch, height, width, channels], found \(shape)")
        return MapShape(batch: shape[0], height: shape[1], width: shape[2], channels: shape[3])
    }
}

extension MapShape {
    /// The shape of a tensor of these maps.
    var sizes: [Int] { [batch, height, width, channels] }
}

/// Calls `body` with the elements of `value`, or with what they are an affine function of, and that function.
func withPrologue(of value: TensorValue, _ body: (Span<Float>, ChannelAffine?) -> Void) {
    if let recipe = value.channelAffine, !value.isAtHand {
        let (source, scale, shift) = (recipe.source.memory, recipe.scale, recipe.shift)
        body(source.span, ChannelAffine(scale: scale.span, shift: shift.span, rectifies: recipe.rectifies))
    } else {
        let memory = value.memory
        body(memory.span, nil)
    }
}

extension TensorMemory {
    /// Rows of as many elements as `factors` times these; itself if all are 1.
    fileprivate func scaled(by factors: TensorMemory) -> TensorMemory {
        let (source, factor, width) = (start, factors.start, factors.count)
        if (0..<width).allSatisfy({ factor[$0] == 1 }) { return self }
        let result = TensorMemory(count: count)
        let target = result.start
        for row in stride(from: 0, to: count, by: width) {
            for i in 0..<width { target[row + i] = factor[i] * source[row + i] }
        }
        return result
    }
}
