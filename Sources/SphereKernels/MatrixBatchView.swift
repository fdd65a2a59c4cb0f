/// A borrowed batch of row-major matrices of one shape, an input of ``MatrixProduct``.
///
/// Element (r, c) of matrix i lies at `elements[i * matrixStride + r * rowStride + c]`.
public struct MatrixBatchView: ~Escapable {
    /// The memory that holds the matrices.
    public let elements: Span<Float>
    /// Number of matrices.
    public let count: Int
    /// Number of rows of each.
    public let rows: Int
    /// Number of elements of a row.
    public let columns: Int
    /// Distance between the starts of two rows, in elements.
    public let rowStride: Int
    /// Distance between the starts of two matrices, in elements; 0 for one matrix that the whole batch shares.
    public let matrixStride: Int

    /// Views `elements` as `count` matrices of `rows` x `columns`; without strides they lie one after the other.
    ///
    /// - Precondition: `0 <= columns <= rowStride`, `matrixStride >= 0` and the last row ends inside `elements`.
    @_lifetime(copy elements)
    public init(
        _ elements: Span<Float>, count: Int, rows: Int, columns: Int, rowStride: Int? = nil, matrixStride: Int? = nil
    ) {
        self.elements = elements
        self.count = count
        self.rows = rows
        self.columns = columns
        self.rowStride = rowStride ?? columns
        self.matrixStride = matrixStride ?? rows * self.rowStride
        requireBatchInside(
            elements.count, count: count, rows: rows, columns: columns, rowStride: self.rowStride,
            matrixStride: self.matrixStride)
    }
}

/// A borrowed batch of row-major matrices of one shape that ``MatrixProduct`` writes.
///
/// Laid out as ``MatrixBatchView``; elements between the rows and the matrices are left as they are.
public struct MutableMatrixBatchView: ~Copyable, ~Escapable {
    /// The memory that holds the matrices.
    public var elements: MutableSpan<Float>
    /// Number of matrices.
    public let count: Int
    /// Number of rows of each.
    public let rows: Int
    /// Number of elements of a row.
    public let columns: Int
    /// Distance between the starts of two rows, in elements.
    public let rowStride: Int
    /// Distance between the starts of two matrices, in elements.
    public let matrixStride: Int

    /// Views `elements` as `count` matrices of `rows` x `columns`; without strides they lie one after the other.
    ///
    /// - Precondition: `0 <= columns <= rowStride`, matrices do not overlap and the last row ends inside `elements`.
    @_lifetime(copy elements)
    public init(
        _ elements: consuming MutableSpan<Float>, count: Int, rows: Int, columns: Int, rowStride: Int? = nil,
        matrixStride: Int? = nil
    ) {
        let row = rowStride ?? columns
        let matrix = matrixStride ?? rows * row
        requireBatchInside(
            elements.count, count: count, rows: rows, columns: columns, rowStride: row, matrixStride: matrix)
        let size = rows == 0 || columns == 0 ? 0 : (rows - 1) * row + columns
        require(
            count <= 1 || matrix >= size, "matrices of a result that span \(size) elements lie only \(matrix) apart")
        self.elements = elements
        self.count = count
        self.rows = rows
        self.columns = columns
        self.rowStride = row
        self.matrixStride = matrix
    }
}

private func requireBatchInside(
    _ available: Int, count: Int, rows: Int, columns: Int, rowStride: Int, matrixStride: Int
) {
    require(
        count >= 0 && rows >= 0 && columns >= 0 && rowStride >= columns && matrixStride >= 0,
        "a batch of \(count) matrices of \(rows) x \(columns), row stride \(rowStride), matrix stride \(matrixStride): "
            + "needs numbers of 0 or more and columns <= row stride")
    let needed = count == 0 || rows == 0 ? 0 : (count - 1) * matrixStride + (rows - 1) * rowStride + columns
    require(
        needed <= available,
        "a batch of \(count) matrices of \(rows) x \(columns), row stride \(rowStride), matrix stride \(matrixStride), "
            + "spans \(needed) elements; the memory has \(available)")
}
