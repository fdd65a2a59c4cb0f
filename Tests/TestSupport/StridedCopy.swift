package import SphereKernels

/// A matrix laid out with `offset` elements before it and `gap` elements behind every row, all of them NaN: an operation
/// that reads or writes where it should not shows.
package struct StridedCopy {
    package var memory: [Float]
    package let rows: Int
    package let columns: Int
    package let offset: Int
    package let stride: Int

    package init(_ matrix: Matrix, offset: Int = 3, gap: Int = 5) {
        rows = matrix.rows
        columns = matrix.columns
        self.offset = offset
        stride = columns + gap
        memory = [Float](repeating: .nan, count: offset + rows * stride)
        for i in 0..<rows {
            for k in 0..<columns { memory[offset + i * stride + k] = matrix[i, k] }
        }
    }

    /// The rows without what lies between them.
    package var matrix: Matrix {
        var result = Matrix(rows: rows, columns: columns)
        for i in 0..<rows {
            for k in 0..<columns { result[i, k] = memory[offset + i * stride + k] }
        }
        return result
    }

    /// Whether everything outside the rows is still NaN.
    package var surroundingsAreUntouched: Bool {
        memory.enumerated().allSatisfy { index, value in
            let position = index - offset
            let isElement = position >= 0 && position % stride < columns
            return isElement || value.isNaN
        }
    }

    package var view: MatrixView {
        @_lifetime(borrow self)
        get { MatrixView(memory.span.extracting(offset...), rows: rows, columns: columns, rowStride: stride) }
    }

    /// Calls `body` with the rows as an output.
    package mutating func withMutableView(_ body: (inout MutableMatrixView) -> Void) {
        let (offset, rows, columns, stride) = (offset, rows, columns, stride)
        var span = memory.mutableSpan
        var view = MutableMatrixView(
            span._mutatingExtracting(offset...), rows: rows, columns: columns, rowStride: stride)
        body(&view)
    }
}
