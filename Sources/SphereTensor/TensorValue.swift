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

    /// The elements as memory that may be written to, where nobody else has them: `made`, or computed now.
    ///
    /// - Parameter made: the elements if they are at hand; the caller's only reference to them.
    func ownMemory(_ made: consuming TensorMemory?) -> TensorMemory? {
        guard kept == nil, holder == nil else { return nil }
        if made == nil { return cached == nil ? recipe!() : nil }
        guard isKnownUniquelyReferenced(&made) else { return nil }
        cached = nil
        return made
    }

    /// The memory of elements that are kept, for good, where nobody else has it.
    ///
    /// - Precondition: nobody will ask for the elements any more.
    func takeKept() -> TensorMemory? {
        guard holder == nil, isKnownUniquelyReferenced(&kept) else { return nil }
        return kept.take()
    }

    /// The same for the last handle of a value that nothing else refers to.
    func takeFromLastHandle() -> TensorMemory? {
        isKnownUniquelyReferenced(&kept) ? kept.take() : nil
    }
}

/// Elements as a function of another map's, channel by channel: max(0, scale_c x + shift_c), or without the maximum.
struct ChannelAffineRecipe {
    let source: TensorValue
    let scale: TensorMemory
    let shift: TensorMemory
    let rectifies: Bool
}
