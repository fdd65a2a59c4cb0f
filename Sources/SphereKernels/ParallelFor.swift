internal import Dispatch
internal import Synchronization

/// Calls `body(worker, unit)` once for every unit in `0..<units`, on `threads` threads at most.
///
/// Units are handed out one at a time in order, so uneven ones balance. `worker` < `min(threads, units)` tells which
/// scratch memory the call may use: no two calls with the same worker run at the same time. A result that is written
/// per unit does not depend on `threads`.
///
/// The threads are those of ``WorkerPool``, or of Dispatch's pool while another loop has them: one around this one, or another
/// caller's.
package func parallelFor(units: Int, threads: Int, _ body: @Sendable (_ worker: Int, _ unit: Int) -> Void) {
    let workers = min(threads, units)
    if workers <= 1 {
        for unit in 0..<units { body(0, unit) }
        return
    }
    let next = Atomic<Int>(0)
    let work: @Sendable (_ worker: Int) -> Void = { worker in
        while true {
            let unit = next.wrappingAdd(1, ordering: .relaxed).oldValue
            if unit >= units { return }
            body(worker, unit)
        }
    }
    if !WorkerPool.shared.run(workers: workers, work) {
        DispatchQueue.concurrentPerform(iterations: workers, execute: work)
    }
}
