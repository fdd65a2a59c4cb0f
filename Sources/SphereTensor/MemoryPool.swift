internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Where tensors take their memory from and give it back to, so that a training step takes none from the system after
/// the first.
///
/// Blocks are handed out by best fit among those that are free and at most an eighth larger than asked for. What is kept
/// free never exceeds what a step needed at its peak. Large blocks are pages of their own, which go back to the system when they are freed.
public final class MemoryPool: Sendable {
    /// The pool of all tensors.
    public static let shared = MemoryPool()

    struct Block {
        let start: UnsafeMutableRawPointer
        let byteCount: Int

        /// Blocks from here on are mapped: in the heap, freed ones of several sizes would lie scattered and stay with the process.
        private static let leastMapped = 1 << 18

        /// A block of whole pages.
        init(byteCount: Int) {
            self.byteCount = byteCount
            guard byteCount >= Self.leastMapped else {
                start = .allocate(byteCount: byteCount, alignment: 64)
                return
            }
            let address = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
            guard let address, address != MAP_FAILED else {
                fatalError("the system has no \(byteCount) bytes of memory for a tensor")
            }
            start = address
        }

        func deallocate() {
            if byteCount >= Self.leastMapped { munmap(start, byteCount) } else { start.deallocate() }
        }
    }

    fileprivate struct State: @unchecked Sendable {
        // Sendable: a block is owned by the pool while it is in `free`, and by one `TensorMemory` otherwise.
        /// By size, the smallest first.
        var free: [Block] = []
        var bytesInUse = 0
        var peakBytesInUse = 0
        var bytesFree = 0
    }

    private let state = Mutex(State())

    /// Bytes that tensors hold now.
    public var bytesInUse: Int { state.withLock { $0.bytesInUse } }

    /// The most bytes that tensors have held at one time since the start or ``resetPeak()``.
    public var peakBytesInUse: Int { state.withLock { $0.peakBytesInUse } }

    /// Bytes that are kept for tensors to come.
    public var bytesFree: Int { state.withLock { $0.bytesFree } }

    /// Starts ``peakBytesInUse`` anew from what is in use now.
    public func resetPeak() { state.withLock { $0.peakBytesInUse = $0.bytesInUse } }

    /// Returns all memory that no tensor holds to the system.
    public func trim() {
        state.withLock { state in
            for block in state.free { block.deallocate() }
            state.free = []
            state.bytesFree = 0
        }
    }

    /// A block of at least `byteCount` bytes, aligned to a cache line; its contents are whatever was there.
    func take(byteCount: Int) -> Block {
        // Whole pages, so that maps of nearly the same size share blocks.
        let wanted = max(1, (byteCount + 4095) / 4096) * 4096
        return state.withLock { state in
            let position = state.firstPosition(ofAtLeast: wanted)
            let block: Block
            if position < state.free.count, state.free[position].byteCount <= wanted + wanted / 8 {
                block = state.free.remove(at: position)
                state.bytesFree -= block.byteCount
            } else {
                block = Block(byteCount: wanted)
            }
            state.bytesInUse += block.byteCount
            state.peakBytesInUse = max(state.peakBytesInUse, state.bytesInUse)
            return block
        }
    }

    func give(_ block: Block) {
        state.withLock { state in
            state.bytesInUse -= block.byteCount
            state.free.insert(block, at: state.firstPosition(ofAtLeast: block.byteCount))
            state.bytesFree += block.byteCount
            // Free blocks of sizes that are no longer asked for must not pile up: the smallest go first, since the large
            // ones are expensive to take from the system again.
            while state.bytesInUse + state.bytesFree > state.peakBytesInUse, let smallest = state.free.first {
                smallest.deallocate()
                state.bytesFree -= smallest.byteCount
                state.free.removeFirst()
            }
        }
    }
}

extension MemoryPool.State {
    /// The position of the first free block of at least `byteCount` bytes.
    fileprivate func firstPosition(ofAtLeast byteCount: Int) -> Int {
        var (low, high) = (0, free.count)
        while low < high {
            let middle = (low + high) / 2
            if free[middle].byteCount < byteCount { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
