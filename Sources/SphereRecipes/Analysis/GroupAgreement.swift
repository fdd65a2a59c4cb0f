internal import SphereKernels

/// Which pixels of true objects are grouped as their objects are.
public struct GroupAgreement: Sendable, Hashable {
    /// For each pixel whether its group is not the one with most pixels of its object, or its object not the one with most pixels of its group.
    ///
    /// Of two objects in one group the pixels of the smaller are wrong.
    public let isWrong: [Bool]
    /// For each pixel whether its object is merged or split: a tenth of its pixels or more is in groups other than the one with most of them, or a tenth of
    /// that group or more is of other objects.
    public let isOfConfused: [Bool]

    /// Compares `groups` and `objects`, one of each for every pixel; of equal counts the lowest number is taken.
    ///
    /// - Precondition: as many groups as objects.
    /// - Complexity: O(N).
    public init(groups: [Int32], objects: [Int32]) {
        require(groups.count == objects.count, "\(groups.count) groups and \(objects.count) objects of pixels")
        struct Pair: Hashable { let group, object: Int32 }
        var counts: [Pair: Int] = [:]
        var (groupSizes, objectSizes): ([Int32: Int], [Int32: Int]) = ([:], [:])
        for (group, object) in zip(groups, objects) {
            counts[Pair(group: group, object: object), default: 0] += 1
            groupSizes[group, default: 0] += 1
            objectSizes[object, default: 0] += 1
        }
        var (groupOf, objectOf): ([Int32: Pair], [Int32: Pair]) = ([:], [:])
        func isBetter(_ pair: Pair, than other: Pair?) -> Bool {
            guard let other else { return true }
            return (-counts[pair]!, pair.group, pair.object) < (-counts[other]!, other.group, other.object)
        }
        for pair in counts.keys {
            if isBetter(pair, than: groupOf[pair.object]) { groupOf[pair.object] = pair }
            if isBetter(pair, than: objectOf[pair.group]) { objectOf[pair.group] = pair }
        }
        isWrong = zip(groups, objects).map { group, object in
            groupOf[object]!.group != group || objectOf[group]!.object != object
        }
        let confused = Set(
            groupOf.filter { object, pair in
                let common = counts[pair]!
                return 10 * (objectSizes[object]! - common) >= objectSizes[object]!
                    || 10 * (groupSizes[pair.group]! - common) >= groupSizes[pair.group]!
            }.keys)
        isOfConfused = objects.map { confused.contains($0) }
    }
}
