internal import Synchronization

/// The order in which the pairs of parts of a symmetric operation are evaluated, for any number of threads.
///
/// N points are cut into parts, and each unordered pair of parts is a unit of work that adds to the sums of both. The units
/// form the rounds of a tournament (circle method): first every part with itself, then rounds in which every part meets one
/// other. The units of a round share no part and run side by side; a unit waits until its two parts have finished their
/// earlier ones. So every sum is added up in the same order whoever does it: the bits do not depend on the number of threads,
/// there is one set of sums, O(N D) memory, and nothing to be merged at the end.
struct BlockSchedule {
    /// Number of parts, 1 or even.
    let parts: Int
    /// Number of blocks that are dealt out to the parts.
    let blocks: Int

    /// Parts at least, where there are blocks enough: 6 units at a time, evenly dealt to 2, 3 or 6 threads.
    private static let fewestParts = 12

    /// - Parameters:
    ///   - blocks: 1 or more.
    ///   - largestPart: blocks of a part at most: what a second-level cache holds.
    init(blocks: Int, largestPart: Int) {
        self.blocks = blocks
        let needed = max(min(Self.fewestParts, blocks / 2), (blocks + largestPart - 1) / largestPart)
        parts = needed <= 1 ? 1 : (needed + 1) / 2 * 2
    }

    /// The blocks of a part: as many as those of the others, or one more.
    func blocks(of part: Int) -> Range<Int> {
        part * blocks / parts..<(part + 1) * blocks / parts
    }

    /// Units in all: every unordered pair, and every part with itself.
    var units: Int { parts * (parts + 1) / 2 }

    /// The two parts of a unit, the smaller number first, and the number of units that each of them has before.
    func unit(_ index: Int) -> (first: Int, second: Int, turn: Int) {
        if index < parts { return (index, index, 0) }
        let perRound = parts / 2
        let round = (index - parts) / perRound
        let position = (index - parts) % perRound
        let circle = parts - 1
        let a = position == 0 ? circle : (round + position) % circle
        let b = (round - position + circle) % circle
        return (min(a, b), max(a, b), round + 1)
    }

    /// A number below ``units`` for a pair of parts.
    func index(_ first: Int, _ second: Int) -> Int { second * (second + 1) / 2 + first }

    /// Calls `body(worker, first, second)` for every unit, on `threads` threads.
    ///
    /// - Parameter turns: one counter per part at least, see ``PartCounters``.
    func forEachUnit(
        threads: Int, turns: PartCounters, _ body: @Sendable (_ worker: Int, _ first: Int, _ second: Int) -> Void
    ) {
        if threads == 1 || parts == 1 {
            for index in 0..<units {
                let (first, second, _) = unit(index)
                body(0, first, second)
            }
            return
        }
        turns.reset(parts)
        parallelFor(units: units, threads: min(threads, parts / 2)) { worker, index in
            let (first, second, turn) = unit(index)
            // Units are handed out in order, so what this one waits for is being worked on.
            turns.wait(first, for: turn)
            turns.wait(second, for: turn)
            body(worker, first, second)
            turns.finish(first)
            if second != first { turns.finish(second) }
        }
    }
}

/// How many units every part of a ``BlockSchedule`` has finished.
final class PartCounters: Sendable {
    private let counters: [Counter]

    private final class Counter: Sendable {
        let value = Atomic<Int>(0)
    }

    /// Counters for at most `capacity` parts.
    init(capacity: Int) {
        counters = (0..<capacity).map { _ in Counter() }
    }

    func reset(_ parts: Int) {
        for counter in counters[..<parts] { counter.value.store(0, ordering: .relaxed) }
    }

    /// Waits until `part` has finished `turn` units.
    func wait(_ part: Int, for turn: Int) {
        var wait = SpinWait()
        while counters[part].value.load(ordering: .acquiring) < turn { wait.spin() }
    }

    func finish(_ part: Int) {
        counters[part].value.wrappingAdd(1, ordering: .releasing)
    }
}
