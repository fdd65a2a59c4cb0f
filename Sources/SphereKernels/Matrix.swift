/// A dense row-major matrix of `Float`: `rows` vectors of `columns` elements each, one after the other.
///
/// The owned counterpart of ``MatrixView`` and ``MutableMatrixView``, and what the convenience overloads return.
/// Element (r, c) lies at `elements[r * columns + c]`. A value type: copies share storage until one is written to.
public struct Matrix: Sendable, Equatable {
    /// Number of rows, 0 or more.
    public let rows: Int
    /// Number of elements of a row, 0 or more.
    public let columns: Int
    /// The elements in row-major order, `rows * columns` of them.
    public private(set) var elements: [Float]

    /// Takes `elements` as a matrix of `rows` x `columns`.
    ///
    /// - Precondition: `rows` and `columns` are not negative and `elements.count == rows * columns`.
    public init(rows: Int, columns: Int, elements: [Float]) {
        require(rows >= 0 && columns >= 0, "a matrix of \(rows) x \(columns): both numbers must be 0 or more")
        require(
            elements.count == rows * columns,
            "a matrix of \(rows) x \(columns) has \(rows * columns) elements, \(elements.count) were given")
        self.rows = rows
        self.columns = columns
        self.elements = elements
    }

    /// A matrix of `rows` x `columns` in which every element is `value`.
    ///
    /// - Precondition: `rows` and `columns` are not negative.
    public init(rows: Int, columns: Int, repeating value: Float = 0) {
        require(rows >= 0 && columns >= 0, "a matrix of \(rows) x \(columns): both numbers must be 0 or more")
        self.init(rows: rows, columns: columns, elements: [Float](repeating: value, count: rows * columns))
    }

    /// A matrix whose rows are `rows`.
    ///
    /// - Precondition: all rows have the same number of elements.
    public init(_ rows: [[Float]]) {
        let columns = rows.first?.count ?? 0
        for (index, row) in rows.enumerated() {
            require(row.count == columns, "row 0 has \(columns) elements, row \(index) has \(row.count)")
        }
        self.init(rows: rows.count, columns: columns, elements: rows.flatMap { $0 })
    }

    /// The element in row `row` and column `column`.
    ///
    /// - Precondition: both lie inside the matrix.
    public subscript(row: Int, column: Int) -> Float {
        get {
            checkPosition(row, column)
            return elements[row * columns + column]
        }
        set {
            checkPosition(row, column)
            elements[row * columns + column] = newValue
        }
    }

    private func checkPosition(_ row: Int, _ column: Int) {
        require(
            row >= 0 && row < rows && column >= 0 && column < columns,
            "element (\(row), \(column)) of a matrix of \(rows) x \(columns)")
    }

    /// The elements of row `index`.
    ///
    /// - Precondition: `0 <= index < rows`.
    public func row(_ index: Int) -> ArraySlice<Float> {
        require(index >= 0 && index < rows, "row \(index) of a matrix of \(rows) rows")
        return elements[index * columns..<(index + 1) * columns]
    }

    /// The rows with the given indices, in their order.
    ///
    /// - Precondition: every index is a row of the matrix.
    public func selectingRows(_ indices: [Int]) -> Matrix {
        var selected: [Float] = []
        selected.reserveCapacity(indices.count * columns)
        for index in indices { selected += row(index) }
        return Matrix(rows: indices.count, columns: columns, elements: selected)
    }

    /// The matrix as an input of a kernel.
    public var view: MatrixView {
        @_lifetime(borrow self)
        get { MatrixView(elements.span, rows: rows, columns: columns) }
    }

    /// The matrix as an output of a kernel.
    public var mutableView: MutableMatrixView {
        @_lifetime(&self)
        mutating get { MutableMatrixView(elements.mutableSpan, rows: rows, columns: columns) }
    }
}
