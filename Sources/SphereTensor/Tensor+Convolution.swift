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
        require(
            weights.shape.count == 4 && Array(weights.shape.prefix(2)) == [window.height, window.width],
            "weights of shape \(weights.shape) for a window of \(window.height) x \(window.width)")
        let input = mapShape
        require(
            weights.shape[2] == input.channels,
            "weights of shape \(weights.shape) for maps of shape \(shape): \(input.channels) input channels")
        let geometry = ConvolutionGeometry(input: input, outputChannels: weights.shape[3], window: window)
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
