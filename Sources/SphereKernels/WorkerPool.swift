internal import CInstructionSets
internal import Dispatch
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Threads that help with parallel loops and stay awake for a moment between them.
///
/// An operation is a handful of loops, some of them shorter than it takes to wake a thread: 40 microseconds on two virtual
/// processors, and as many again until a caller who sleeps notices the end. These threads look for another loop for half a
/// millisecond before they sleep, and the caller, awake, waits only for those who have joined. All yield their processor while
/// they wait.
final class WorkerPool: Sendable {
    /// As many as the machine has processors, with the caller.
    static let shared = WorkerPool(mostHelpers: Execution.processorCount - 1)

    private let mostHelpers: Int
    /// Whether somebody runs a loop.
    private let isTaken = Atomic(false)
    /// How many may still join the loop, times ``place``, and how many have joined and not finished.
    private let members = Atomic<Int>(0)
    private static let place = 1 << 32

    // Of whoever has set `isTaken`; helpers read `body` between joining and finishing.
    nonisolated(unsafe) private var body: (@Sendable (_ worker: Int) -> Void)?
    nonisolated(unsafe) private var helpers: [Helper] = []

    init(mostHelpers: Int) { self.mostHelpers = mostHelpers }

    /// Calls `body` with worker 0 on this thread and with some of `1..<workers` on others, where there are others.
    ///
    /// - Returns: `false`, and nothing is called, while the pool is taken.
    func run(workers: Int, _ body: @Sendable (_ worker: Int) -> Void) -> Bool {
        if !isTaken.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged { return false }
        defer { isTaken.store(false, ordering: .releasing) }
        let joining = min(workers - 1, mostHelpers)
        while helpers.count < joining, let helper = Helper.start(in: self) { helpers.append(helper) }
        withoutActuallyEscaping(body) { body in
            self.body = body
            members.store(joining * Self.place, ordering: .sequentiallyConsistent)
            for helper in helpers.prefix(joining) { helper.wake() }
            body(0)
            members.bitwiseAnd(Self.place - 1, ordering: .relaxed)
            var wait = SpinWait()
            while members.load(ordering: .acquiring) != 0 { wait.spin() }
            self.body = nil
        }
        return true
    }

    /// Whether there is a place in a loop.
    fileprivate var isJoinable: Bool { members.load(ordering: .sequentiallyConsistent) >= Self.place }

    /// Takes part in the loop, if there is a place.
    fileprivate func help() -> Bool {
        var found = members.load(ordering: .relaxed)
        while found >= Self.place {
            let (exchanged, now) = members.compareExchange(
                expected: found, desired: found - Self.place + 1, ordering: .acquiring)
            if exchanged {
                work(as: found / Self.place)
                members.wrappingSubtract(1, ordering: .releasing)
                return true
            }
            found = now
        }
        return false
    }

    // A call of its own, so that the body has been let go when it returns.
    @inline(never)
    private func work(as worker: Int) { body.unsafelyUnwrapped(worker) }
}

/// A thread of a pool.
private final class Helper: Sendable {
    private let pool: WorkerPool
    private let isAsleep = Atomic(false)
    private let alarm = DispatchSemaphore(value: 0)

    /// Nanoseconds without work before it sleeps.
    private static let wakefulness = 500_000

    private init(_ pool: WorkerPool) { self.pool = pool }

    /// A new thread; `nil` if the system gives none.
    static func start(in pool: WorkerPool) -> Helper? {
        let helper = Helper(pool)
        let argument = Unmanaged.passRetained(helper)
        let isStarted = sphereshift_start_thread(
            { Unmanaged<Helper>.fromOpaque($0!).takeUnretainedValue().live() },
            argument.toOpaque())
        if isStarted == 0 { argument.release() }
        return isStarted == 0 ? nil : helper
    }

    func wake() {
        if isAsleep.load(ordering: .sequentiallyConsistent)
            && isAsleep.exchange(false, ordering: .sequentiallyConsistent)
        {
            alarm.signal()
        }
    }

    private func live() {
        while true {
            var wait = SpinWait()
            while !pool.help() {
                wait.spin()
                if wait.nanoseconds > Self.wakefulness {
                    sleep()
                    wait = SpinWait()
                }
            }
        }
    }

    private func sleep() {
        isAsleep.store(true, ordering: .sequentiallyConsistent)
        // A loop that began before it could see this one asleep; if it could, the alarm rings.
        if pool.isJoinable && isAsleep.exchange(false, ordering: .sequentiallyConsistent) { return }
        alarm.wait()
    }
}

/// Waits awake for another thread, which may have lost its processor: now and then it is offered this one.
struct SpinWait {
    private var spins = 0
    private var start = 0

    /// Since the first of many spins.
    private(set) var nanoseconds = 0

    @inline(__always)
    mutating func spin() {
        sphereshift_pause()
        spins += 1
        if spins % 64 == 0 { yield() }
    }

    private mutating func yield() {
        sched_yield()
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let now = Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
        if start == 0 { start = now }
        nanoseconds = now - start
    }
}
