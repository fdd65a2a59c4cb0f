public import SphereData
internal import SphereKernels

/// From groups of pixels to objects: pieces, too small ones joined to a neighbour or dropped.
public struct InstanceReader: Sendable, Hashable {
    /// Objects of fewer pixels are none.
    public let leastArea: Int
    /// Whether every connected piece (of 4 neighbours) of a group is an object of its own.
    public let isConnected: Bool

    /// A reader.
    ///
    /// - Precondition: `leastArea` is 0 or more.
    public init(leastArea: Int, isConnected: Bool) {
        require(leastArea >= 0, "a least area of \(leastArea): must be 0 or more")
        self.leastArea = leastArea
        self.isConnected = isConnected
    }

    /// Objects from 1 by falling size, 0 for the rest.
    ///
    /// A piece, or group, of fewer than ``leastArea`` pixels joins the large one that it has most neighbouring pixels with: pixels on the rim of an
    /// object may point elsewhere. One without a large neighbour is dropped.
    ///
    /// - Parameter groups: -1 for pixels of no group.
    /// - Complexity: O(pixels).
    public func labels(ofGroups groups: LabelMap) -> LabelMap {
        var names = isConnected ? Self.pieces(of: groups) : groups.labels
        let count = Int(names.max() ?? -1) + 1
        var sizes = [Int](repeating: 0, count: count)
        for name in names where name >= 0 { sizes[Int(name)] += 1 }
        // Borders of small pieces with large ones.
        var borders: [Int: [Int: Int]] = [:]
        let (width, height) = (groups.width, groups.height)
        func note(_ a: Int32, _ b: Int32) {
            if a < 0 || b < 0 || a == b { return }
            for (small, large) in [(Int(a), Int(b)), (Int(b), Int(a))]
            where sizes[small] < leastArea && sizes[large] >= leastArea {
                borders[small, default: [:]][large, default: 0] += 1
            }
        }
        for y in 0..<height {
            for x in 0..<width {
                let at = y * width + x
                if x + 1 < width { note(names[at], names[at + 1]) }
                if y + 1 < height { note(names[at], names[at + width]) }
            }
        }
        var target = (0..<count).map { sizes[$0] >= leastArea ? $0 : -1 }
        for (small, neighbours) in borders {
            target[small] = neighbours.min { ($1.value, $0.key) < ($0.value, $1.key) }!.key
        }
        var areas = [Int](repeating: 0, count: count)
        for (at, name) in names.enumerated() where name >= 0 {
            names[at] = Int32(target[Int(name)])
            if names[at] >= 0 { areas[Int(names[at])] += 1 }
        }
        let order = areas.indices.filter { areas[$0] > 0 }.sorted { (-areas[$0], $0) < (-areas[$1], $1) }
        var numbers = [Int32](repeating: 0, count: count)
        for (number, name) in order.enumerated() { numbers[name] = Int32(number + 1) }
        return LabelMap(width: width, height: height, labels: names.map { $0 < 0 ? 0 : numbers[Int($0)] })
    }

    /// The connected pieces of groups, numbered in the order of their first pixels; -1 stays.
    static func pieces(of groups: LabelMap) -> [Int32] {
        let (width, height, labels) = (groups.width, groups.height, groups.labels)
        var pieces = [Int32](repeating: -1, count: labels.count)
        var next: Int32 = 0
        var waiting: [Int] = []
        for start in labels.indices where labels[start] >= 0 && pieces[start] < 0 {
            pieces[start] = next
            waiting.append(start)
            while let at = waiting.popLast() {
                let (x, y) = (at % width, at / width)
                func visit(_ neighbour: Int) {
                    if labels[neighbour] == labels[at] && pieces[neighbour] < 0 {
                        pieces[neighbour] = next
                        waiting.append(neighbour)
                    }
                }
                if x > 0 { visit(at - 1) }
                if x + 1 < width { visit(at + 1) }
                if y > 0 { visit(at - width) }
                if y + 1 < height { visit(at + width) }
            }
            next += 1
        }
        return pieces
    }
}
