/// Counts of pairs of labels in a hash table with open addressing.
struct HashedPairCounter: PairCounter {
    private var keys: [UInt64]
    /// 0 where a slot is free.
    private var counts: [Int]
    private var used = 0

    init() {
        keys = [UInt64](repeating: 0, count: 1024)
        counts = [Int](repeating: 0, count: 1024)
    }

    /// The pair as one number whose order is that of the pairs.
    private static func key(_ a: Int32, _ b: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: a) ^ 0x8000_0000) << 32 | UInt64(UInt32(bitPattern: b) ^ 0x8000_0000)
    }

    mutating func add(_ a: Int32, _ b: Int32, count: Int) {
        let key = Self.key(a, b)
        let slot = slot(of: key)
        if counts[slot] == 0 {
            keys[slot] = key
            used += 1
        }
        counts[slot] += count
        // At half load a search looks at 1.5 slots on average.
        if used * 2 > keys.count { grow() }
    }

    mutating func merge(_ other: HashedPairCounter) {
        for (key, count) in zip(other.keys, other.counts) where count > 0 {
            add(Self.first(key), Self.second(key), count: count)
        }
    }

    private func slot(of key: UInt64) -> Int {
        let mask = keys.count - 1
        // Multiplication by 2^64 over the golden ratio spreads neighbouring numbers; its high bits are the mixed ones.
        var slot = Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 32) & mask
        while counts[slot] != 0 && keys[slot] != key { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        let (oldKeys, oldCounts) = (keys, counts)
        keys = [UInt64](repeating: 0, count: oldKeys.count * 4)
        counts = [Int](repeating: 0, count: oldKeys.count * 4)
        for (key, count) in zip(oldKeys, oldCounts) where count > 0 {
            let slot = slot(of: key)
            keys[slot] = key
            counts[slot] = count
        }
    }

    private static func first(_ key: UInt64) -> Int32 {
        Int32(bitPattern: UInt32(truncatingIfNeeded: key >> 32) ^ 0x8000_0000)
    }

    private static func second(_ key: UInt64) -> Int32 {
        Int32(bitPattern: UInt32(truncatingIfNeeded: key) ^ 0x8000_0000)
    }

    func histogram() -> JointHistogram {
        var pairs: [(key: UInt64, count: Int)] = []
        pairs.reserveCapacity(used)
        for (key, count) in zip(keys, counts) where count > 0 { pairs.append((key, count)) }
        pairs.sort { $0.key < $1.key }

        var predicted = pairs.map { Self.second($0.key) }
        predicted.sort()
        var predictedLabels: [Int32] = []
        for label in predicted where label != predictedLabels.last { predictedLabels.append(label) }

        var truthLabels: [Int32] = []
        let cells = pairs.map { pair in
            let truth = Self.first(pair.key)
            if truth != truthLabels.last { truthLabels.append(truth) }
            let column = JointHistogram.position(of: Self.second(pair.key), in: predictedLabels)!
            return JointHistogram.Cell(row: truthLabels.count - 1, column: column, count: pair.count)
        }
        return JointHistogram(truthLabels: truthLabels, predictedLabels: predictedLabels, cells: cells)
    }
}
