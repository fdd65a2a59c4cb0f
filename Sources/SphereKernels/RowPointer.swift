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
    /// The lengths of `count` rows, right at any scale: zero, infinity beyond float32, NaN for NaN.
    func lengths(_ rows: RowPointer, count: Int, into lengths: UnsafeMutablePointer<Float>) {
        norms(rows.start, rows.stride, count, rows.dimension, lengths)
        // The kernel leaves NaN where float32 products are not enough.
        for i in 0..<count where lengths[i].isNaN { lengths[i] = Float(length(of: rows, at: i)) }
    }

    /// The length of one row in double.
    func length(of rows: RowPointer, at row: Int) -> Double {
        var square = 0.0
        squaredNormsDouble(rows.start + row * rows.stride, 0, 1, rows.dimension, &square)
        return square.squareRoot()
    }
}
