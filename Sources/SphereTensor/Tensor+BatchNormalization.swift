internal import SphereKernels
public import SphereLayers

extension Tensor {
    /// The batch normalization of maps, with what may follow it in a residual block:
    /// y = gamma_c (x - mean_c) / sqrt(variance_c + epsilon) + beta_c + shortcut, then max(y, 0) if `rectifies`.
    ///
    /// See ``BatchNormalization``. The result is not stored: convolutions read x through the scale and shift, and where the elements are
    /// needed they are computed, in the backward pass once more. A shortcut that is itself a batch normalization without
    /// rectifier is read through its scale and shift too.
    ///
    /// - Parameters:
    ///   - gamma: [channels].
    ///   - beta: [channels].
    ///   - statistics: running mean and variance to be used as constants; `nil`: those of these maps, through which gradients go.
    ///   - shortcut: maps of the same shape, added.
    /// - Returns: the result and the moments that were used.
    /// - Precondition: the shapes match, epsilon > 0.
    public func batchNormalized(
        gamma: Tensor, beta: Tensor, epsilon: Double = 1e-5, statistics: ChannelMoments? = nil,
        adding shortcut: Tensor? = nil, rectifies: Bool = false
    ) -> (result: Tensor, moments: ChannelMoments) {
        let maps = mapShape
        for (name, tensor) in [("gamma", gamma), ("beta", beta)] {
            require(
                tensor.shape == [maps.channels], "\(name) of shape \(tensor.shape) for \(maps.channels) channels")
        }
        if let shortcut {
            require(shortcut.shape == shape, "a shortcut of shape \(shortcut.shape) for maps of shape \(shape)")
        }
        let execution = TensorExecution.current
        let moments = statistics ?? value.moments ?? measuredMoments(maps, execution)
        let (scale, shift) = (TensorMemory(count: maps.channels), TensorMemory(count: maps.channels))
        let (gammaMemory, betaMemory) = (gamma.memory, beta.memory)
        scale.withMutableSpan { scale in
            shift.withMutableSpan { shift in
                BatchNormalization.coefficients(
                    of: moments, gamma: gammaMemory.span, beta: betaMemory.span, epsilon: epsilon, scale: &scale,
                    shift: &shift)
            }
        }
        let (source, added) = (value, shortcut?.value)
        let result = TensorValue(
            count: value.count,
            channelAffine: added == nil
                ? ChannelAffineRecipe(source: source, scale: scale, shift: shift, rectifies: rectifies) : nil
        ) {
            let result = TensorMemory(count: maps.count)
            let input = source.memory
            result.withMutableSpan { output in
                withShortcut(added) { shortcut in
                    BatchNormalization.apply(
                        input.span, shape: maps,
                        through: ChannelAffine(scale: scale.span, shift: shift.span, rectifies: rectifies),
                        adding: shortcut, into: &output, on: execution)
                }
            }
            return result
        }
        let isFrozen = statistics != nil
        let tensor = Tensor.operation(
            [self, gamma, beta] + (shortcut.map { [$0] } ?? []), shape: shape, value: result
        ) { pass in
            let gradient = pass.takeUpstream()
            let masked = added != nil && pass.needsGradient(of: 3) ? TensorMemory(count: maps.count) : nil
            let (gammaGradient, betaGradient) = (
                TensorMemory(count: maps.channels), TensorMemory(count: maps.channels)
            )
            let input = source.memory
            Workspaces.with { workspace in
                gammaGradient.withMutableSpan { gammaGradient in
                    betaGradient.withMutableSpan { betaGradient in
                        gradient.withMutableSpan { gradient in
                            withShortcut(added) { shortcut in
                                let affine = ChannelAffine(
                                    scale: scale.span, shift: shift.span, rectifies: rectifies)
                                guard let masked else {
                                    BatchNormalization.backward(
                                        &gradient, input: input.span, shape: maps, through: affine, adding: shortcut,
                                        moments: moments, isFrozen: isFrozen, gamma: gammaMemory.span,
                                        epsilon: epsilon, gammaGradient: &gammaGradient, betaGradient: &betaGradient,
                                        workspace: workspace, on: execution)
                                    return
                                }
                                masked.withMutableSpan { masked in
                                    BatchNormalization.backward(
                                        &gradient, shortcutGradient: &masked, input: input.span, shape: maps,
                                        through: affine, adding: shortcut, moments: moments, isFrozen: isFrozen,
                                        gamma: gammaMemory.span, epsilon: epsilon, gammaGradient: &gammaGradient,
                                        betaGradient: &betaGradient, workspace: workspace, on: execution)
                                }
                            }
                        }
                    }
                }
            }
            pass.add(gradient, to: 0)
            pass.add(gammaGradient, to: 1)
            pass.add(betaGradient, to: 2)
            if let masked { pass.add(masked, to: 3) }
        }
        return (tensor, moments)
    }

    private func measuredMoments(_ maps: MapShape, _ execution: Execution) -> ChannelMoments {
        var moments = ChannelMoments(channels: maps.channels)
        let memory = memory
        Workspaces.with { workspace in
            BatchNormalization.measure(memory.span, shape: maps, into: &moments, workspace: workspace, on: execution)
        }
        return moments
    }
}

/// Calls `body` with the shortcut whose elements are `value`, or are an affine function of another map's.
private func withShortcut(_ value: TensorValue?, _ body: (Shortcut?) -> Void) {
    guard let value else { return body(nil) }
    if let recipe = value.channelAffine, !recipe.rectifies, !value.isAtHand {
        let (source, scale, shift) = (recipe.source.memory, recipe.scale, recipe.shift)
        body(Shortcut(source.span, scale: scale.span, shift: shift.span))
    } else {
        let memory = value.memory
        body(Shortcut(memory.span))
    }
}
