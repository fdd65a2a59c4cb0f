public import SphereKernels

/// An array of numbers with a shape, as it is read from or written to an NPY file.
///
/// Element (i, j, k) of shape (I, J, K) lies at `elements[(i * J + j) * K + k]`: row-major ("C") order, whatever the
/// order in the file. A shape of rank 0 is a single number. An extent may be 0; then there are no elements.
public struct NPYArray<Element: NPYElement>: Equatable, Sendable {
    /// Extent of every axis, at most ``NPYHeader/maximumRank`` of them.
    public let shape: [Int]
    /// The elements in row-major order.
    public let elements: [Element]

    /// Takes `elements` as an array of shape `shape`.
    ///
    /// - Precondition: no extent is negative, there are at most ``NPYHeader/maximumRank`` of them, and
    ///   `elements.count` is their product (1 for an empty shape).
    public init(shape: [Int], elements: [Element]) {
        require(shape.allSatisfy { $0 >= 0 }, "shape \(shape): extents must be 0 or more")
        require(
            shape.count <= NPYHeader.maximumRank,
            "a shape of \(shape.count) axes: at most \(NPYHeader.maximumRank) are possible")
        let byteCount = NPYHeader.byteCount(shape: shape, elementType: Element.npyElementType)
        require(
            byteCount == elements.count * Element.npyElementType.byteCount,
            "shape \(shape) does not fit the \(elements.count) elements given")
        self.shape = shape
        self.elements = elements
    }

    /// Element type in a file that holds every element exactly.
    public var elementType: NPYElementType { Element.npyElementType }
}

extension NPYArray where Element == Float {
    /// The rows and columns of `matrix` as an array of rank 2.
    public init(_ matrix: Matrix) {
        self.init(shape: [matrix.rows, matrix.columns], elements: matrix.elements)
    }
}
