internal import SphereLayers

/// The elements of a tensor, or the recipe that makes them.
///
/// A value with a recipe is computed when somebody asks for it, kept as long as a ``Tensor`` handle of it lives, and made
/// again if the backward pass asks once more. So the output of a batch normalisation costs no memory between the passes.
final class TensorValue {
    let count: Int
    private var kept: TensorMemory?
    private weak var cached: TensorMemory?
    private let recipe: (() -> TensorMemory)?
    /// Keeps what a recipe made while the tensor is in somebody's hands.
    weak var holder: Holder?
    /// What this is an affine function of, channel by channel: a convolution takes that and never needs the elements.
    let channelAffine: ChannelAffineRecipe?
    /// Moments of the channels that the operation which made the elements took on the way.
    let moments: ChannelMoments?

    /// The memory of a handle.
    final class Holder {
        var memory: TensorMemory?
    }

    init(_ memory: TensorMemory, moments: ChannelMoments? = nil) {
        count = memory.count
        kept = memory
        recipe = nil
        channelAffine = nil
        self.moments = moments
    }

    init(count: Int, channelAffine: ChannelAffineRecipe? = nil, recipe: @escaping () -> TensorMemory) {
        self.count = count
        self.recipe = recipe
        self.channelAffine = channelAffine
        moments = nil
    }

    /// Whether the elements are there without computing.
    var isAtHand: Bool { kept != nil || cached != nil }

    /// The elements, computed if they are not at hand.
    var memory: TensorMemory {
        if let kept { return kept }
        if let cached { return cached }
        let made = recipe!()
        cached = made
        holder?.memory = made
        return made
    }

    /// The elements as memory that may be written to: computed now, where nobody has them and nobody else will; otherwise `nil`.
    var ownMemory: TensorMemory? {
        guard !isAtHand, holder == nil else { return nil }
        return recipe!()
    }
}

/// Elements as a function of another map's, channel by channel: max(0, scale_c x + shift_c), or without the maximum.
struct ChannelAffineRecipe {
    let source: TensorValue
    let scale: TensorMemory
    let shift: TensorMemory
    let rectifies: Bool
}
