import SphereKernels
import Synchronization
import Testing

@Suite struct ParallelForTests {
    @Test("calls every unit once, with workers below the thread count", arguments: [1, 2, 3, 16])
    func everyUnitOnce(threads: Int) {
        for units in [0, 1, 2, 15, 1000] {
            let calls = Mutex([Int](repeating: 0, count: units))
            let workers = Mutex(Set<Int>())
            parallelFor(units: units, threads: threads) { worker, unit in
                calls.withLock { $0[unit] += 1 }
                workers.withLock { _ = $0.insert(worker) }
            }
            #expect(calls.withLock { $0.allSatisfy { $0 == 1 } })
            #expect(workers.withLock { $0.allSatisfy { $0 >= 0 && $0 < min(threads, max(units, 1)) } })
        }
    }
}
