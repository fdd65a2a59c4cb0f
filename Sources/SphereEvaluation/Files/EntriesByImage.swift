/// What a file says of objects in any order, by image.
struct EntriesByImage<Entry: Sendable>: Sendable {
    /// All entries of an image one behind the other, in the order of the file.
    private let entries: [Entry]
    private let ranges: [Int: Range<Int>]

    /// - Complexity: O(entries).
    init(_ list: [(image: Int, entry: Entry)]) {
        var counts: [Int: Int] = [:]
        for (image, _) in list { counts[image, default: 0] += 1 }
        var (ends, count) = ([Int: Int](minimumCapacity: counts.count), 0)
        for (image, number) in counts {
            ends[image] = count
            count += number
        }
        var order = [Int](repeating: 0, count: list.count)
        for (index, item) in list.enumerated() {
            order[ends[item.image]!] = index
            ends[item.image]! += 1
        }
        entries = order.map { list[$0].entry }
        ranges = Dictionary(uniqueKeysWithValues: ends.map { ($0.key, $0.value - counts[$0.key]!..<$0.value) })
    }

    var count: Int { entries.count }

    subscript(image: Int) -> ArraySlice<Entry> { entries[ranges[image] ?? 0..<0] }
}
