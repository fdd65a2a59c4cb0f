/// Memory for packed operands and scratch, aligned to a cache line.
///
/// - Note: `@unchecked Sendable`: the buffer is only reached through the plan that owns it. Threads write to ranges that
///   `parallelFor` keeps apart (one per worker or per unit) and read what was complete before they were started.
final class AlignedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
    let count: Int
    let start: UnsafeMutablePointer<Element>

    /// `count` elements, not initialised.
    init(count: Int) {
        self.count = count
        let bytes = max(1, count) * MemoryLayout<Element>.stride
        start = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
            .bindMemory(to: Element.self, capacity: max(1, count))
    }

    deinit {
        UnsafeMutableRawPointer(start).deallocate()
    }
}
