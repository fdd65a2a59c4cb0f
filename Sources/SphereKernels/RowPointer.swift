/// Where the rows of a view lie: what the kernels take.
struct RowPointer: @unchecked Sendable {
    // Sendable: the memory is borrowed for the duration of `withRows` and only read.
    let start: UnsafePointer<Float>
    let stride: Int
    let dimension: Int

    func advanced(by rows: Int) -> RowPointer {
        RowPointer(start: start + rows * stride, stride: stride, dimension: dimension)
    }
}

/// Calls `body` with the address of the rows of `points`.
///
/// A view without memory has rows of no elements, or no rows, and
/// gets an address that is never read.
func withRows<Result>(of points: MatrixView, _ body: (RowPointer) -> Result) -> Result {
    let (stride, dimension) = (points.rowStride, points.columns)
    return points.elements.withUnsafeBufferPointer { elements in
        let start = elements.baseAddress ?? UnsafePointer(bitPattern: MemoryLayout<Float>.alignment)!
        return body(RowPointer(start: start, stride: stride, dimension: dimension))
    }
}

extension KernelTable {
    /// Calls `body` with the length of each of `count` rows, in double, right at any scale.
    func rowLengths(_ rows: RowPointer, points count: Int, _ body: (_ row: Int, _ length: Double) -> Void) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, count)) { squares in
            let squares = squares.baseAddress!
            squaredNorms(rows.start, rows.stride, count, rows.dimension, squares)
            for i in 0..<count {
                var square = Double(squares[i])
                // Outside this range a square of an element may have overflowed or lost bits to underflow.
                if !(square >= 1e-30 && square <= 1e38) {
                    squaredNormsDouble(rows.start + i * rows.stride, 0, 1, rows.dimension, &square)
                }
                body(i, square.squareRoot())
            }
        }
    }
}
