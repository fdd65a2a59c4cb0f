internal import SphereKernels
internal import SphereLayers

/// The result of a batch normalization, computed when it is needed, and its gradients.
///
/// Of a rectified sum with a shortcut a bit for each element is kept, which is all that the gradient needs of it.
final class NormalizedMap {
    let shape: MapShape
    let moments: ChannelMoments
    /// Whether the moments are constants.
    let isFrozen: Bool
    let gamma: TensorMemory
    let epsilon: Double
    let scale: TensorMemory
    let shift: TensorMemory
    let rectifies: Bool
    private var source: TensorValue
    private let shortcut: TensorValue?
    /// The shortcut, if it is at hand, until the sum has been computed once: it may then be in nobody else's hands.
    private var shortcutMemory: TensorMemory?
    /// The bits of a rectified sum, once it has been computed.
    private var bits: TensorMemory?
    private let keepsBits: Bool
    private let execution: Execution

    init(
        of source: TensorValue, shape: MapShape, gamma: TensorMemory, beta: TensorMemory, epsilon: Double,
        moments: ChannelMoments, isFrozen: Bool, adding shortcut: TensorValue?, rectifies: Bool
    ) {
        self.source = source
        self.shape = shape
        self.moments = moments
        self.isFrozen = isFrozen
        self.gamma = gamma
        self.epsilon = epsilon
        self.rectifies = rectifies
        self.shortcut = shortcut
        shortcutMemory = shortcut.flatMap { $0.isAtHand ? $0.memory : nil }
        keepsBits = shortcut != nil && rectifies && TensorExecution.recordsGradients
        execution = TensorExecution.current
        (scale, shift) = (TensorMemory(count: shape.channels), TensorMemory(count: shape.channels))
        scale.withMutableSpan { scale in
            shift.withMutableSpan { shift in
                BatchNormalization.coefficients(
                    of: moments, gamma: gamma.span, beta: beta.span, epsilon: epsilon, scale: &scale, shift: &shift)
            }
        }
    }

    /// The result as a function of the source, where there is no shortcut.
    var channelAffine: ChannelAffineRecipe? {
        shortcut == nil ? ChannelAffineRecipe(source: source, scale: scale, shift: shift, rectifies: rectifies) : nil
    }

    /// Computes the elements; the memory of a shortcut that nobody else has becomes theirs.
    func elements() -> TensorMemory {
        let (input, scale, shift) = (source.memory, scale, shift)
        let result: TensorMemory
        if let shortcut, shortcut.affineShortcut == nil, let own = shortcut.ownMemory(shortcutMemory.take()) {
            own.withMutableSpan { map in
                BatchNormalization.apply(
                    input.span, shape: shape,
                    through: ChannelAffine(scale: scale.span, shift: shift.span, rectifies: rectifies),
                    addingTo: &map, on: execution)
            }
            result = own
        } else {
            result = TensorMemory(count: shape.count)
            result.withMutableSpan { output in
                withShortcut { shortcut in
                    BatchNormalization.apply(
                        input.span, shape: shape,
                        through: ChannelAffine(scale: scale.span, shift: shift.span, rectifies: rectifies),
                        adding: shortcut, into: &output, on: execution)
                }
            }
        }
        if keepsBits, bits == nil { bits = Self.bits(of: result, shape, execution) }
        return result
    }

    private static func bits(of map: TensorMemory, _ shape: MapShape, _ execution: Execution) -> TensorMemory {
        let bits = TensorMemory(count: RectifierBits.wordCount(shape))
        bits.withMutableWords { RectifierBits.measure(map.span, shape: shape, into: &$0, on: execution) }
        return bits
    }

    /// The gradients, that of the source in place of `gradient`.
    ///
    /// - Parameter isLast: whether nobody will ask for the result any more: then the gradient of the shortcut may take the
    ///   memory of the source, which has done its last service here.
    func backward(
        _ gradient: TensorMemory, needsShortcut: Bool, isLast: Bool
    ) -> (gamma: TensorMemory, beta: TensorMemory, shortcut: TensorMemory?) {
        if keepsBits {
            // Nobody has asked for the result.
            if bits == nil { _ = elements() }
            let bits = bits!
            gradient.withMutableSpan { RectifierBits.backward(&$0, shape: shape, words: bits.words, on: execution) }
        }
        let (gammaGradient, betaGradient) = (
            TensorMemory(count: shape.channels), TensorMemory(count: shape.channels)
        )
        var shortcutGradient: TensorMemory?
        let spent = needsShortcut && isLast ? takeSource() : nil
        if needsShortcut { shortcutGradient = spent ?? TensorMemory(count: shape.count) }
        let (scale, shift, gamma) = (scale, shift, gamma)
        Workspaces.with { workspace in
            gammaGradient.withMutableSpan { gammaGradient in
                betaGradient.withMutableSpan { betaGradient in
                    gradient.withMutableSpan { gradient in
                        let affine = ChannelAffine(
                            scale: scale.span, shift: shift.span, rectifies: rectifies && !keepsBits)
                        guard let shortcutGradient else {
                            let input = source.memory
                            return BatchNormalization.backward(
                                &gradient, input: input.span, shape: shape, through: affine, moments: moments,
                                isFrozen: isFrozen, gamma: gamma.span, epsilon: epsilon,
                                gammaGradient: &gammaGradient, betaGradient: &betaGradient, workspace: workspace,
                                on: execution)
                        }
                        shortcutGradient.withMutableSpan { shortcutGradient in
                            if spent != nil {
                                BatchNormalization.backward(
                                    &gradient, replacing: &shortcutGradient, shape: shape, through: affine,
                                    moments: moments, isFrozen: isFrozen, gamma: gamma.span, epsilon: epsilon,
                                    gammaGradient: &gammaGradient, betaGradient: &betaGradient, workspace: workspace,
                                    on: execution)
                            } else {
                                let input = source.memory
                                BatchNormalization.backward(
                                    &gradient, shortcutGradient: &shortcutGradient, input: input.span, shape: shape,
                                    through: affine, moments: moments, isFrozen: isFrozen, gamma: gamma.span,
                                    epsilon: epsilon, gammaGradient: &gammaGradient, betaGradient: &betaGradient,
                                    workspace: workspace, on: execution)
                            }
                        }
                    }
                }
            }
        }
        return (gammaGradient, betaGradient, shortcutGradient)
    }

    /// The memory of the source, for good, where nobody else has it.
    private func takeSource() -> TensorMemory? {
        isKnownUniquelyReferenced(&source) ? source.takeKept() : nil
    }

    /// Calls `body` with the shortcut, read through its scale and shift where it is an affine function of another map.
    private func withShortcut(_ body: (Shortcut?) -> Void) {
        guard let shortcut else { return body(nil) }
        if let recipe = shortcut.affineShortcut {
            let (source, scale, shift) = (recipe.source.memory, recipe.scale, recipe.shift)
            body(Shortcut(source.span, scale: scale.span, shift: shift.span))
        } else {
            let memory = shortcut.memory
            body(Shortcut(memory.span))
        }
    }
}

extension TensorValue {
    /// What the elements are an affine function of, where a shortcut is better read through it.
    fileprivate var affineShortcut: ChannelAffineRecipe? {
        channelAffine.flatMap { $0.rectifies || isAtHand ? nil : $0 }
    }
}
