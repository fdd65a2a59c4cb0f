/// Scratch memory of the layer operations, kept from one call to the next, and how convolutions of the shapes seen so far are cut
/// up.
///
/// It grows to what the largest operation needs and then stays: convolutions and normalizations of shapes that it has seen take
/// nothing from the heap.
/// Belongs to one caller at a time.
public final class LayerWorkspace {
    private var memory: UnsafeMutableRawPointer?
    private var plans: [GatherPlanKey: [GatherPlan]] = [:]
    /// Shapes whose plans are kept: more than a large network has; images that all differ in size start over now and then.
    private static let mostPlans = 1024

    /// Bytes of scratch memory that it holds.
    public private(set) var byteCount = 0

    /// An empty workspace.
    public init() {}

    deinit { memory?.deallocate() }

    /// The plans for `key`, made by `make` if they are new.
    func plans(for key: GatherPlanKey, _ make: () -> [GatherPlan]) -> [GatherPlan] {
        if let known = plans[key] { return known }
        if plans.count >= Self.mostPlans { plans.removeAll(keepingCapacity: true) }
        let made = make()
        plans[key] = made
        return made
    }

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
