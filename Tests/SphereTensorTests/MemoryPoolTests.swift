import SphereTensor
import Testing

@Suite("MemoryPool", .serialized)
struct MemoryPoolTests {
    @Test("hands memory out again that was given back, to requests of nearly its size")
    func reuse() {
        // Sizes that no other test asks for at the same time.
        let count = 12_345_678
        let first = address(TensorMemory(count: count))
        #expect(address(TensorMemory(count: count)) == first)
        #expect(address(TensorMemory(count: count / 10 * 9)) == first)
    }

    @Test("counts what tensors hold")
    func statistics() {
        let pool = MemoryPool.shared
        let memory = TensorMemory(count: 1 << 24)
        #expect(pool.bytesInUse >= 1 << 26 && pool.peakBytesInUse >= pool.bytesInUse)
        #expect(memory.count == 1 << 24)
        pool.trim()
    }

    private func address(_ memory: TensorMemory) -> UInt {
        memory.span.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
    }
}
