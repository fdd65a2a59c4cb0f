internal import SphereKernels

/// The points in the order of their labels, those with the ignored label left out.
struct PairGroups {
    /// Rows, by label and within a label in their order.
    let order: [Int]
    /// Where each group starts in `order`, and its end behind the last.
    let starts: [Int]

    /// - Complexity: O(N log N).
    init(_ labels: Span<Int32>, ignoring ignored: Int32?) {
        var order: [Int] = []
        order.reserveCapacity(labels.count)
        for row in 0..<labels.count where labels[row] != ignored { order.append(row) }
        let copy = (0..<labels.count).map { labels[$0] }
        order.sort { (copy[$0], $0) < (copy[$1], $1) }
        var starts: [Int] = []
        for position in order.indices where position == 0 || copy[order[position]] != copy[order[position - 1]] {
            starts.append(position)
        }
        self.order = order
        self.starts = starts + [order.count]
    }

    /// The number M of groups.
    var count: Int { starts.count - 1 }

    /// Where the points of a group lie in `order`.
    func range(of group: Int) -> Range<Int> { starts[group]..<starts[group + 1] }

    /// w = 1 / size of the group.
    func weight(of group: Int) -> Double { 1 / Double(range(of: group).count) }

    /// The means of the groups, M x D.
    func means(of points: MatrixView) -> [Double] {
        let dimension = points.columns
        var means = [Double](repeating: 0, count: count * dimension)
        for group in 0..<count {
            let target = group * dimension
            for row in order[range(of: group)] {
                for k in 0..<dimension { means[target + k] += Double(points.elements[row * points.rowStride + k]) }
            }
            for k in 0..<dimension { means[target + k] *= weight(of: group) }
        }
        return means
    }
}
