public import SphereKernels

/// A dense row-major matrix of `Double`, what the naive twins compute.
public struct ReferenceMatrix: Sendable, Equatable {
    /// Number of rows.
    public let rows: Int
    /// Number of elements of a row.
    public let columns: Int
    /// The elements in row-major order.
    public var elements: [Double]

    /// A matrix of `rows` x `columns` in which every element is 0.
    public init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        elements = [Double](repeating: 0, count: rows * columns)
    }

    /// A matrix of `rows` x `columns` with the given elements in row-major order.
    public init(rows: Int, columns: Int, _ elements: [Double]) {
        require(
            elements.count == rows * columns,
            "a matrix of \(rows) x \(columns) has \(rows * columns) elements, \(elements.count) were given")
        self.rows = rows
        self.columns = columns
        self.elements = elements
    }

    /// The elements of `matrix`, exactly.
    public init(_ matrix: Matrix) {
        rows = matrix.rows
        columns = matrix.columns
        elements = matrix.elements.map(Double.init)
    }

    /// The element in row `row` and column `column`.
    public subscript(row: Int, column: Int) -> Double {
        get { elements[row * columns + column] }
        set { elements[row * columns + column] = newValue }
    }

    /// The elements rounded to float32.
    public var rounded: Matrix {
        Matrix(rows: rows, columns: columns, elements: elements.map(Float.init))
    }
}
