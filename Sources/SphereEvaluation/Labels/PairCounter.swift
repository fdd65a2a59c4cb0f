/// A table of counts of pairs of labels, dense or hashed.
protocol PairCounter: Sendable {
    mutating func add(_ a: Int32, _ b: Int32, count: Int)
    mutating func merge(_ other: Self)
    func histogram() -> JointHistogram
}

extension PairCounter {
    /// Counts the pairs `(truth[i], prediction[i])` of `range`, run by run.
    ///
    /// Labels of pictures come in runs: a run is found by comparing eight pairs at a time with its first, and the table is
    /// touched once a run. On a map of objects 16 pixels wide that is ten times as fast as a table access a pixel; on
    /// noise it costs a fifth.
    mutating func count(
        _ truth: UnsafePointer<Int32>, _ prediction: UnsafePointer<Int32>, _ range: Range<Int>
    ) {
        var start = range.lowerBound
        while start < range.upperBound {
            let (a, b) = (truth[start], prediction[start])
            var end = start + 1
            let (allA, allB) = (SIMD8<Int32>(repeating: a), SIMD8<Int32>(repeating: b))
            while end + 8 <= range.upperBound {
                let nextA = UnsafeRawPointer(truth + end).loadUnaligned(as: SIMD8<Int32>.self)
                let nextB = UnsafeRawPointer(prediction + end).loadUnaligned(as: SIMD8<Int32>.self)
                // One test for both maps: no bit differs anywhere.
                if (nextA ^ allA) | (nextB ^ allB) != SIMD8<Int32>.zero { break }
                end += 8
            }
            while end < range.upperBound && truth[end] == a && prediction[end] == b { end += 1 }
            add(a, b, count: end - start)
            start = end
        }
    }
}
