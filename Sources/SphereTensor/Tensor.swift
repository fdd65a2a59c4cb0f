public import SphereKernels

/// An array of float32 of any rank, row-major, that never changes; the values that networks compute with.
///
/// Maps of pixels have the shape [batch, height, width, channels]. Operations make new tensors and, where an operand has a
/// gradient (a ``Parameter`` or ``requiringGradient()``), note how to propagate gradients back through them
/// (``backward(from:)``). Copies share the elements.
///
/// A tensor belongs to one thread; the operations themselves run on the threads of ``TensorExecution/current``.
public struct Tensor {
    /// The sizes of the dimensions, the last one contiguous; none for a scalar.
    public let shape: [Int]
    private(set) var value: TensorValue
    let holder: TensorValue.Holder
    /// How gradients go on from here, `nil` for a constant.
    let node: GraphNode?

    init(shape: [Int], value: TensorValue, node: GraphNode?) {
        require(
            shape.elementCount == value.count,
            "a tensor of shape \(shape) has \(shape.elementCount) elements, \(value.count) were given")
        self.shape = shape
        self.value = value
        self.node = node
        if let holder = value.holder {
            self.holder = holder
        } else {
            holder = TensorValue.Holder()
            value.holder = holder
        }
    }

    /// A constant of the given shape and elements.
    ///
    /// - Precondition: `elements` has as many elements as the shape.
    public init(shape: [Int], elements: [Float]) {
        self.init(shape: shape, memory: TensorMemory(elements.span))
    }

    /// A constant that takes `memory` over: nobody may write to it any more.
    ///
    /// - Precondition: `memory` has as many elements as the shape.
    public init(shape: [Int], memory: TensorMemory) {
        self.init(shape: shape, value: TensorValue(memory), node: nil)
    }

    /// A constant whose elements are all `value`.
    public init(shape: [Int], repeating value: Float) {
        let memory = TensorMemory(count: shape.elementCount)
        memory.fill(value)
        self.init(shape: shape, memory: memory)
    }

    /// A constant without dimensions.
    public init(_ scalar: Float) {
        self.init(shape: [], repeating: scalar)
    }

    /// The rows of a matrix, shape [rows, columns].
    public init(_ matrix: Matrix) {
        self.init(shape: [matrix.rows, matrix.columns], elements: matrix.elements)
    }

    /// Number of elements.
    public var count: Int { value.count }

    /// The memory that holds the elements.
    public var memory: TensorMemory { value.memory }

    /// The elements as memory that may be written to: this tensor's own, where nobody else has it, or a copy.
    consuming func ownMemory() -> TensorMemory {
        if isKnownUniquelyReferenced(&value), let memory = value.takeFromLastHandle() { return memory }
        return memory.copy()
    }

    /// The elements, copied.
    public var elements: [Float] {
        let memory = memory
        return [Float](UnsafeBufferPointer(start: memory.start, count: memory.count))
    }

    /// The element of a tensor that has only one.
    ///
    /// - Precondition: the tensor has one element.
    public var scalar: Float {
        require(count == 1, "a scalar is asked of a tensor of shape \(shape), which has \(count) elements")
        return memory.start[0]
    }

    /// The elements as a matrix whose columns are the last dimension.
    public var matrix: Matrix {
        let columns = shape.last ?? 1
        return Matrix(rows: columns == 0 ? 0 : count / columns, columns: columns, elements: elements)
    }

    /// Whether operations on this tensor note how to propagate gradients.
    public var requiresGradient: Bool { node != nil }

    /// The same elements as a variable: ``backward(from:)`` returns its gradient.
    public func requiringGradient() -> Tensor {
        Tensor(shape: shape, value: value, node: GraphNode(variableOf: count))
    }

    /// The same elements as a constant: gradients end here.
    public func detached() -> Tensor {
        Tensor(shape: shape, value: value, node: nil)
    }

    /// The same elements in another shape; one size may be -1 and follows from the others.
    ///
    /// - Precondition: the number of elements stays the same.
    public func reshaped(_ sizes: Int...) -> Tensor { reshaped(to: sizes) }

    /// The same elements in another shape; one size may be -1 and follows from the others.
    ///
    /// - Precondition: the number of elements stays the same.
    public func reshaped(to sizes: [Int]) -> Tensor {
        var sizes = sizes
        if let free = sizes.firstIndex(of: -1) {
            sizes[free] = 1
            let others = sizes.elementCount
            sizes[free] = others == 0 ? 0 : count / others
        }
        require(sizes.elementCount == count, "a tensor of shape \(shape) in the shape \(sizes)")
        return Tensor(shape: sizes, value: value, node: node)
    }
}

extension [Int] {
    /// The number of elements of a tensor of this shape.
    var elementCount: Int {
        reduce(1) {
            require($1 >= 0, "the sizes of a shape must be 0 or more, found \(self)")
            return $0 * $1
        }
    }
}
