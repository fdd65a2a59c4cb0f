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
/// Blocks are handed out by best fit. Large ones are pages of their own: what is not asked for of them stays free, and free neighbors become one again.
/// Small ones come from the heap, and are at most an eighth larger than asked for. Whatever the pool holds, free or not, never exceeds
/// what tensors needed at their peak.
public final class MemoryPool: Sendable {
    /// The pool of all tensors.
    public static let shared = MemoryPool()

    package init() {}

    package struct Block {
        package let start: UnsafeMutableRawPointer
        package let byteCount: Int
        let isMapped: Bool

        /// Blocks from here on are mapped: in the heap, freed ones of several sizes would lie scattered and stay with the process.
        static let leastMapped = 1 << 18
        /// Blocks from here on ask for huge pages: of smaller ones too much would stay unused.
        static let leastHuge = 1 << 22
        /// Bytes of a page: mapped blocks are divided between pages, of which some systems have larger ones.
        static let pageSize = max(4096, Int(sysconf(Int32(_SC_PAGESIZE))))

        /// A block of whole pages.
        init(byteCount: Int) {
            self.byteCount = byteCount
            isMapped = byteCount >= Self.leastMapped
            guard isMapped else {
                start = .allocate(byteCount: byteCount, alignment: 64)
                return
            }
            let address = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
            guard let address, address != MAP_FAILED else {
                fatalError("the system has no \(byteCount) bytes of memory for a tensor")
            }
            start = address
            #if os(Linux)
            // Pages of 2 MB where the system has them to spare: of 4 KB a large map has thousands, and the first touch of each is a trap. Only advice.
            if byteCount >= Self.leastHuge { _ = madvise(address, byteCount, MADV_HUGEPAGE) }
            #endif
        }

        private init(mappedAt start: UnsafeMutableRawPointer, byteCount: Int) {
            (self.start, self.byteCount, isMapped) = (start, byteCount, true)
        }

        /// The first `byteCount` bytes of a mapped block and the others.
        func split(at byteCount: Int) -> (first: Block, rest: Block) {
            (
                Block(mappedAt: start, byteCount: byteCount),
                Block(mappedAt: start + byteCount, byteCount: self.byteCount - byteCount)
            )
        }

        /// This block and `other` as one, if they are mapped side by side.
        func joined(with other: Block) -> Block? {
            guard isMapped && other.isMapped else { return nil }
            if start + byteCount == other.start {
                return Block(mappedAt: start, byteCount: byteCount + other.byteCount)
            }
            if other.start + other.byteCount == start {
                return Block(mappedAt: other.start, byteCount: byteCount + other.byteCount)
            }
            return nil
        }

        func deallocate() {
            if isMapped { munmap(start, byteCount) } else { start.deallocate() }
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

    /// The most bytes that tensors have held at one time since the start.
    public var peakBytesInUse: Int { state.withLock { $0.peakBytesInUse } }

    /// Bytes that are kept for tensors to come.
    public var bytesFree: Int { state.withLock { $0.bytesFree } }

    /// Returns all memory that no tensor holds to the system.
    public func trim() {
        state.withLock { state in
            for block in state.free { block.deallocate() }
            state.free = []
            state.bytesFree = 0
        }
    }

    /// A block of at least `byteCount` bytes, aligned to a cache line; its contents are whatever was there.
    package func take(byteCount: Int) -> Block {
        // Whole pages, so that maps of nearly the same size share blocks.
        let wanted = max(1, (byteCount + Block.pageSize - 1) / Block.pageSize) * Block.pageSize
        return state.withLock { state in
            let block = state.takeFree(byteCount: wanted) ?? Block(byteCount: wanted)
            state.bytesInUse += block.byteCount
            state.peakBytesInUse = max(state.peakBytesInUse, state.bytesInUse)
            state.trim()
            return block
        }
    }

    package func give(_ block: Block) {
        state.withLock { state in
            state.bytesInUse -= block.byteCount
            state.giveFree(block)
            state.trim()
        }
    }
}

extension MemoryPool.State {
    /// The smallest free block of at least `byteCount` bytes, without what there is too much of it.
    fileprivate mutating func takeFree(byteCount: Int) -> MemoryPool.Block? {
        let position = firstPosition(ofAtLeast: byteCount)
        if position == free.count { return nil }
        let found = free[position]
        let isClose = found.byteCount <= byteCount + byteCount / 8
        if !isClose && (byteCount < MemoryPool.Block.leastMapped || !found.isMapped) { return nil }
        free.remove(at: position)
        bytesFree -= found.byteCount
        if isClose { return found }
        let (block, rest) = found.split(at: byteCount)
        insert(rest)
        return block
    }

    /// Keeps a block, as one with its free neighbors.
    fileprivate mutating func giveFree(_ block: MemoryPool.Block) {
        var block = block
        // At most one neighbor before and one after.
        for position in free.indices.reversed() {
            guard let joined = block.joined(with: free[position]) else { continue }
            bytesFree -= free.remove(at: position).byteCount
            block = joined
        }
        insert(block)
    }

    private mutating func insert(_ block: MemoryPool.Block) {
        free.insert(block, at: firstPosition(ofAtLeast: block.byteCount))
        bytesFree += block.byteCount
    }

    /// Returns free blocks to the system until there is no more memory than was needed at the peak.
    ///
    /// The smallest go first, since the large ones are expensive to take from the system again.
    fileprivate mutating func trim() {
        while bytesInUse + bytesFree > peakBytesInUse, let smallest = free.first {
            smallest.deallocate()
            bytesFree -= smallest.byteCount
            free.removeFirst()
        }
    }

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
