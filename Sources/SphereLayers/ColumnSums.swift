/// Calls `body` with the sums of the columns of `count` rows, `step` elements apart, in double and in the order of the rows.
func withSums(
    of rows: UnsafePointer<Float>, step: Int, count: Int, columns: Int, _ body: (UnsafePointer<Double>) -> Void
) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, columns)) { sums in
        sums.initialize(repeating: 0)
        for number in 0..<count {
            let row = rows + number * step
            for c in 0..<columns { sums[c] += Double(row[c]) }
        }
        body(sums.baseAddress!)
    }
}
