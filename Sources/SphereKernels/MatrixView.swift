/// A borrowed row-major matrix of `Float`, the input of the kernels: shape and row stride over a `Span`.
///
/// Element (r, c) lies at `elements[r * rowStride + c]`. Rows may lie further apart than they are long (a column range
/// of a wider matrix) and may start at any address; the kernels need no alignment.
public struct MatrixView: ~Escapable {
    /// The memory that holds the rows.
    public let elements: Span<Float>
    /// Number of rows.
    public let rows: Int
    /// Number of elements of a row.
    public let columns: Int
    /// Distance between the starts of two rows, in elements.
    public let rowStride: Int

    /// Views `elements` as `rows` x `columns`, `rowStride` elements between the starts of two rows (default: `columns`).
    ///
    /// - Precondition: `0 <= columns <= rowStride` and the last row ends inside `elements`.
    @_lifetime(copy elements)
    public init(_ elements: Span<Float>, rows: Int, columns: Int, rowStride: Int? = nil) {
        let stride = rowStride ?? columns
        requireInside(count: elements.count, rows: rows, columns: columns, rowStride: stride)
        self.elements = elements
        self.rows = rows
        self.columns = columns
        self.rowStride = stride
    }
}

/// A borrowed row-major matrix of `Float` that a kernel writes: shape and row stride over a `MutableSpan`.
///
/// Laid out as ``MatrixView``. Elements between the rows (when `rowStride > columns`) are left as they are.
public struct MutableMatrixView: ~Copyable, ~Escapable {
    /// The memory that holds the rows.
    public var elements: MutableSpan<Float>
    /// Number of rows.
    public let rows: Int
    /// Number of elements of a row.
    public let columns: Int
    /// Distance between the starts of two rows, in elements.
    public let rowStride: Int

    /// Views `elements` as `rows` x `columns`, `rowStride` elements between the starts of two rows (default: `columns`).
    ///
    /// - Precondition: `0 <= columns <= rowStride` and the last row ends inside `elements`.
    @_lifetime(copy elements)
    public init(_ elements: consuming MutableSpan<Float>, rows: Int, columns: Int, rowStride: Int? = nil) {
        let stride = rowStride ?? columns
        requireInside(count: elements.count, rows: rows, columns: columns, rowStride: stride)
        self.elements = elements
        self.rows = rows
        self.columns = columns
        self.rowStride = stride
    }
}

private func requireInside(count: Int, rows: Int, columns: Int, rowStride: Int) {
    require(
        rows >= 0 && columns >= 0 && rowStride >= columns,
        "a view of \(rows) rows of \(columns) elements, row stride \(rowStride): needs rows >= 0, 0 <= columns <= stride"
    )
    let needed = rows == 0 ? 0 : (rows - 1) * rowStride + columns
    require(
        needed <= count,
        "a view of \(rows) x \(columns), row stride \(rowStride), spans \(needed) elements; the memory has \(count)")
}
