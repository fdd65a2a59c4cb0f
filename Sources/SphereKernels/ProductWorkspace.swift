/// Memory in which matrix products pack their operands, kept from one call to the next.
///
/// It grows to what the largest product needs and then stays: later products take nothing from the heap. Belongs to one
/// caller at a time.
public final class ProductWorkspace {
    private var storage = AlignedBuffer<Float>(count: 0)

    /// An empty workspace.
    public init() {}

    /// At least `count` elements, whatever they hold.
    func elements(_ count: Int) -> AlignedBuffer<Float> {
        if storage.count < count { storage = AlignedBuffer(count: count) }
        return storage
    }
}
