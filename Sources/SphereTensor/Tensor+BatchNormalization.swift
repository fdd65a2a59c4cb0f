internal import SphereKernels
public import SphereLayers

extension Tensor {
    /// The batch normalization of maps, with what may follow it in a residual block:
    /// y = gamma_c (x - mean_c) / sqrt(variance_c + epsilon) + beta_c + shortcut, then max(y, 0) if `rectifies`.
    ///
    /// See ``BatchNormalization``. The result is not stored: convolutions read x through the scale and shift, and where the elements are
    /// needed they are computed, in the backward pass once more. A shortcut that is itself a batch normalization without
    /// rectifier is read through its scale and shift too. Of a rectified sum with a shortcut a bit for each element is kept, whether
    /// it is above 0: the gradient needs no more of it.
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
        let bits = added != nil && rectifies && TensorExecution.recordsGradients ? KeptBits(of: maps) : nil
        let result = TensorValue(
            count: value.count,
            channelAffine: added == nil
                ? ChannelAffineRecipe(source: source, scale: scale, shift: shift, rectifies: rectifies) : nil
        ) {
            let input = source.memory
            let result: TensorMemory
            if let own = added.flatMap({ $0.affineShortcut == nil ? $0.ownMemory : nil }) {
                own.withMutableSpan { map in
                    BatchNormalization.apply(
                        input.span, shape: maps,
                        through: ChannelAffine(scale: scale.span, shift: shift.span, rectifies: rectifies),
                        addingTo: &map, on: execution)
                }
                result = own
            } else {
                result = TensorMemory(count: maps.count)
                result.withMutableSpan { output in
                    withShortcut(added) { shortcut in
                        BatchNormalization.apply(
                            input.span, shape: maps,
                            through: ChannelAffine(scale: scale.span, shift: shift.span, rectifies: rectifies),
                            adding: shortcut, into: &output, on: execution)
                    }
                }
            }
            bits?.measure(result, on: execution)
            return result
        }
        let isFrozen = statistics != nil
        let tensor = Tensor.operation(
            [self, gamma, beta] + (shortcut.map { [$0] } ?? []), shape: shape, value: result
        ) { pass in
            let gradient = pass.takeUpstream()
            if let bits {
                // Nobody has asked for the result.
                if bits.memory == nil { _ = result.memory }
                bits.clear(gradient, on: execution)
            }
            let masked = added != nil && pass.needsGradient(of: 3) ? TensorMemory(count: maps.count) : nil
            let (gammaGradient, betaGradient) = (
                TensorMemory(count: maps.channels), TensorMemory(count: maps.channels)
            )
            let input = source.memory
            Workspaces.with { workspace in
                gammaGradient.withMutableSpan { gammaGradient in
                    betaGradient.withMutableSpan { betaGradient in
                        gradient.withMutableSpan { gradient in
                            let affine = ChannelAffine(
                                scale: scale.span, shift: shift.span, rectifies: rectifies && added == nil)
                            guard let masked else {
                                BatchNormalization.backward(
                                    &gradient, input: input.span, shape: maps, through: affine, moments: moments,
                                    isFrozen: isFrozen, gamma: gammaMemory.span, epsilon: epsilon,
                                    gammaGradient: &gammaGradient, betaGradient: &betaGradient, workspace: workspace,
                                    on: execution)
                                return
                            }
                            masked.withMutableSpan { masked in
                                BatchNormalization.backward(
                                    &gradient, shortcutGradient: &masked, input: input.span, shape: maps,
                                    through: affine, moments: moments, isFrozen: isFrozen, gamma: gammaMemory.span,
                                    epsilon: epsilon, gammaGradient: &gammaGradient, betaGradient: &betaGradient,
                                    workspace: workspace, on: execution)
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

/// The bits of a rectified sum that is not kept.
private final class KeptBits {
    private let maps: MapShape
    private(set) var memory: TensorMemory?

    init(of maps: MapShape) { self.maps = maps }

    /// Takes the bits of `map`, once.
    func measure(_ map: TensorMemory, on execution: Execution) {
        guard memory == nil else { return }
        let memory = TensorMemory(count: RectifierBits.wordCount(maps))
        var words = memory.words.mutableSpan
        RectifierBits.measure(map.span, shape: maps, into: &words, on: execution)
        self.memory = memory
    }

    /// The gradient of the rectifier in place.
    ///
    /// - Precondition: the bits have been taken.
    func clear(_ gradient: TensorMemory, on execution: Execution) {
        let words = Span(_unsafeElements: UnsafeBufferPointer(memory!.words))
        gradient.withMutableSpan { RectifierBits.backward(&$0, shape: maps, words: words, on: execution) }
    }
}

extension TensorValue {
    /// What the elements are an affine function of, where a shortcut is better read through it.
    fileprivate var affineShortcut: ChannelAffineRecipe? {
        channelAffine.flatMap { $0.rectifies || isAtHand ? nil : $0 }
    }
}

/// Calls `body` with the shortcut whose elements are `value`, or are an affine function of another map's.
private func withShortcut(_ value: TensorValue?, _ body: (Shortcut?) -> Void) {
    guard let value else { return body(nil) }
    if let recipe = value.affineShortcut {
        let (source, scale, shift) = (recipe.source.memory, recipe.scale, recipe.shift)
        body(Shortcut(source.span, scale: scale.span, shift: shift.span))
    } else {
        let memory = value.memory
        body(Shortcut(memory.span))
    }
}
