/// Scratch memory of the layer operations, kept from one call to the next.
///
/// It grows to what the largest operation needs and then stays: a training step takes nothing from the heap after the first.
/// Belongs to one caller at a time.
public final class LayerWorkspace {
    private var memory: UnsafeMutableRawPointer?
    /// Bytes that it holds.
    public private(set) var byteCount = 0

    /// An empty workspace.
    public init() {}

    deinit { memory?.deallocate() }

    /// Calls `body` with at least `count` floats at an address that is a multiple of 64, whatever they hold.
    func withFloats(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
        let bytes = max(1, count) * MemoryLayout<Float>.stride
        if bytes > byteCount {
            memory?.deallocate()
            memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
            byteCount = bytes
        }
        // A workspace that an operation made for itself has no other owner.
        withExtendedLifetime(self) { body(memory!.assumingMemoryBound(to: Float.self)) }
    }
}
