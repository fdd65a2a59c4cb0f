/// Sets of the elements 0 ..< count that can be joined (union by size, path halving).
package struct DisjointSets {
    private var parents: [Int]
    private var sizes: [Int]
    /// Number of sets.
    package private(set) var setCount: Int

    /// Every element in a set of its own.
    package init(count: Int) {
        parents = Array(0..<count)
        sizes = [Int](repeating: 1, count: count)
        setCount = count
    }

    /// The element that stands for the set of `element`.
    package mutating func representative(of element: Int) -> Int {
        var i = element
        while parents[i] != i {
            parents[i] = parents[parents[i]]
            i = parents[i]
        }
        return i
    }

    /// Joins the sets of `a` and `b`.
    package mutating func join(_ a: Int, _ b: Int) {
        var large = representative(of: a)
        var small = representative(of: b)
        if large == small { return }
        if sizes[large] < sizes[small] { swap(&large, &small) }
        parents[small] = large
        sizes[large] += sizes[small]
        setCount -= 1
    }

    /// The number of each element's set, 0 ..< setCount in order of first appearance.
    package mutating func labels() -> [Int] {
        var numbers: [Int: Int] = [:]
        return parents.indices.map { element in
            let representative = representative(of: element)
            if let number = numbers[representative] { return number }
            numbers[representative] = numbers.count
            return numbers.count - 1
        }
    }
}
