import Dispatch
import SphereKernels
import Synchronization
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

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

    /// Loops of a few units each, so short that workers come too late for most, and pauses in which they fall asleep.
    @Test("short loops, one after the other and after pauses, are whole when they return")
    func shortLoops() {
        let done = Atomic<Int>(0)
        for loop in 1...20_000 {
            if loop % 2_000 == 0 { usleep(2_000) }
            parallelFor(units: 3, threads: 4) { _, _ in done.wrappingAdd(1, ordering: .relaxed) }
            let soFar = done.load(ordering: .relaxed)
            #expect(soFar == 3 * loop)
        }
    }

    @Test("no two calls with the same worker run at the same time")
    func workersAreExclusive() {
        let isBusy = (0..<8).map { _ in Flag() }
        for _ in 0..<500 {
            parallelFor(units: 40, threads: 8) { worker, _ in
                let wasBusy = isBusy[worker].value.exchange(true, ordering: .acquiringAndReleasing)
                #expect(!wasBusy)
                isBusy[worker].value.store(false, ordering: .releasing)
            }
        }
    }

    @Test("loops inside of loops and of several callers at once")
    func loopsAtOnce() {
        let done = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            for _ in 0..<100 {
                parallelFor(units: 5, threads: 3) { _, _ in
                    parallelFor(units: 7, threads: 2) { _, _ in done.wrappingAdd(1, ordering: .relaxed) }
                }
            }
        }
        let count = done.load(ordering: .relaxed)
        #expect(count == 4 * 100 * 5 * 7)
    }

    private final class Flag: Sendable {
        let value = Atomic(false)
    }
}
