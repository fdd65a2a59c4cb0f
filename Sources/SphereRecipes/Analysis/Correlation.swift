internal import SphereKernels

/// How two measures go together.
public enum Correlation {
    /// Pearson's coefficient in [-1, 1]; `nil` where one of the measures is constant or there are fewer than two values.
    ///
    /// - Precondition: as many values of both.
    /// - Complexity: O(N).
    public static func pearson(_ a: [Double], _ b: [Double]) -> Double? {
        require(a.count == b.count, "the correlation of \(a.count) and \(b.count) values")
        if a.count < 2 { return nil }
        let means = (a: mean(a), b: mean(b))
        var (products, squares) = (0.0, (a: 0.0, b: 0.0))
        for (x, y) in zip(a, b) {
            products += (x - means.a) * (y - means.b)
            squares.a += (x - means.a) * (x - means.a)
            squares.b += (y - means.b) * (y - means.b)
        }
        let result = products / (squares.a.squareRoot() * squares.b.squareRoot())
        return result.isFinite ? min(max(result, -1), 1) : nil
    }

    /// Spearman's coefficient: Pearson's of the ranks, equal values having the mean of theirs.
    ///
    /// The same for every rising function of a measure, its logarithm for example.
    ///
    /// - Precondition: as many values of both.
    /// - Complexity: O(N log N).
    public static func rank(_ a: [Double], _ b: [Double]) -> Double? { pearson(ranks(a), ranks(b)) }

    /// The mean; 0 of none.
    static func mean(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }

    /// The value in the middle, of an even number of values the mean of two; `nil` of none.
    static func median(_ values: [Double]) -> Double? {
        if values.isEmpty { return nil }
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    private static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count && values[order[end]] == values[order[start]] { end += 1 }
            for place in start..<end { ranks[order[place]] = Double(start + end - 1) / 2 }
            start = end
        }
        return ranks
    }
}
