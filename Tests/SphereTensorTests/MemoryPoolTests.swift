import SphereReference
import SphereTensor
import Testing

@Suite("MemoryPool")
struct MemoryPoolTests {
    @Test("hands memory out again that was given back, to requests of nearly its size")
    func reuse() {
        for byteCount in [40_960, 49_382_712] {
            let pool = MemoryPool()
            let first = pool.take(byteCount: byteCount)
            pool.give(first)
            let second = pool.take(byteCount: byteCount)
            #expect(second.start == first.start)
            pool.give(second)
            let third = pool.take(byteCount: byteCount / 10 * 9)
            #expect(third.start == first.start && third.byteCount == first.byteCount)
            pool.give(third)
            pool.trim()
        }
    }

    @Test("divides large blocks, and makes neighbours one again")
    func division() {
        let pool = MemoryPool()
        let size = 1 << 24
        let whole = pool.take(byteCount: size)
        pool.give(whole)
        let first = pool.take(byteCount: size / 4)
        let second = pool.take(byteCount: size / 2)
        #expect(first.start == whole.start && second.start == whole.start + size / 4)
        #expect(pool.bytesInUse == size / 4 * 3 && pool.bytesFree == size / 4 && pool.peakBytesInUse == size)
        pool.give(second)
        pool.give(first)
        #expect(pool.bytesFree == size)
        let again = pool.take(byteCount: size)
        #expect(again.start == whole.start && again.byteCount == size && pool.bytesFree == 0)
        pool.give(again)
        pool.trim()
        #expect(pool.bytesFree == 0)
    }

    @Test("holds blocks that do not overlap, and never more memory than was needed at the peak")
    func randomRequests() {
        let pool = MemoryPool()
        var generator = SeededGenerator(seed: 1)
        var held: [(block: MemoryPool.Block, mark: UInt8)] = []
        for number in 0..<4_000 {
            if held.isEmpty || (held.count < 40 && Int.random(in: 0..<2, using: &generator) == 0) {
                // From small ones of the heap to maps of a megabyte.
                let byteCount = Int.random(in: 1...1 << Int.random(in: 10...20, using: &generator), using: &generator)
                let block = pool.take(byteCount: byteCount)
                #expect(block.byteCount >= byteCount)
                let mark = UInt8(truncatingIfNeeded: number)
                block.start.initializeMemory(as: UInt8.self, repeating: mark, count: block.byteCount)
                held.append((block, mark))
            } else {
                let (block, mark) = held.remove(at: Int.random(in: 0..<held.count, using: &generator))
                let bytes = UnsafeRawBufferPointer(start: block.start, count: block.byteCount)
                #expect(bytes.allSatisfy { $0 == mark })
                pool.give(block)
            }
            #expect(pool.bytesInUse == held.reduce(0) { $0 + $1.block.byteCount })
            #expect(pool.bytesInUse + pool.bytesFree <= pool.peakBytesInUse)
        }
        for (block, _) in held { pool.give(block) }
        #expect(pool.bytesInUse == 0)
        pool.trim()
    }

    @Test("counts what tensors hold")
    func statistics() {
        let pool = MemoryPool.shared
        let memory = TensorMemory(count: 1 << 24)
        #expect(pool.bytesInUse >= 1 << 26 && pool.peakBytesInUse >= pool.bytesInUse)
        #expect(memory.count == 1 << 24)
    }
}
