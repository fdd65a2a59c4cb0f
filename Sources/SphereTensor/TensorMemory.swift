internal import SphereKernels

/// Memory for the elements of a tensor, from ``MemoryPool``, aligned to a cache line.
///
/// Shared by the tensors that view it; nobody writes to it once a tensor has been made of it.
public final class TensorMemory {
    /// Number of elements.
    public let count: Int
    private let block: MemoryPool.Block

    /// `count` elements, not initialised.
    ///
    /// - Precondition: `count >= 0`.
    public init(count: Int) {
        require(count >= 0, "memory for \(count) elements: the number must be 0 or more")
        self.count = count
        block = MemoryPool.shared.take(byteCount: count * MemoryLayout<Float>.stride)
    }

    /// The given elements.
    public convenience init(_ elements: Span<Float>) {
        self.init(count: elements.count)
        elements.withUnsafeBufferPointer { source in
            if let address = source.baseAddress { start.update(from: address, count: count) }
        }
    }

    /// Memory of its own with the same elements.
    func copy() -> TensorMemory {
        let copy = TensorMemory(count: count)
        copy.start.update(from: start, count: count)
        return copy
    }

    deinit { MemoryPool.shared.give(block) }

    var start: UnsafeMutablePointer<Float> { block.start.assumingMemoryBound(to: Float.self) }

    /// The elements.
    public var span: Span<Float> {
        @_lifetime(borrow self)
        borrowing get {
            let span = Span(_unsafeStart: UnsafePointer(start), count: count)
            return _overrideLifetime(span, borrowing: self)
        }
    }

    /// The bits of the elements.
    var words: Span<UInt32> {
        @_lifetime(borrow self)
        borrowing get {
            let start = block.start.bindMemory(to: UInt32.self, capacity: count)
            return _overrideLifetime(Span(_unsafeStart: UnsafePointer(start), count: count), borrowing: self)
        }
    }

    /// Calls `body` with the bits of the elements to be written.
    func withMutableWords(_ body: (inout MutableSpan<UInt32>) -> Void) {
        let start = block.start.bindMemory(to: UInt32.self, capacity: count)
        var span = MutableSpan(_unsafeStart: start, count: count)
        body(&span)
    }

    /// Calls `body` with the elements to be written.
    ///
    /// Only for memory that no tensor views yet.
    public func withMutableSpan<Result: ~Copyable, Failure: Error>(
        _ body: (inout MutableSpan<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var span = MutableSpan(_unsafeStart: start, count: count)
        return try body(&span)
    }

    /// Sets all elements to `value`.
    func fill(_ value: Float) { start.update(repeating: value, count: count) }
}
