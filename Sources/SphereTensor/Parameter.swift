internal import SphereKernels

/// An array of float32 that training changes: the weights of a layer.
public final class Parameter {
    /// The sizes of the dimensions.
    public let shape: [Int]
    /// Whether operations note gradients for it; `false` for running statistics and frozen layers.
    public var isTrainable: Bool
    /// What an optimizer multiplies its learning rate with.
    public var learningRateFactor: Float = 1
    /// What an optimizer multiplies its weight decay with.
    public var weightDecayFactor: Float = 1

    private let memory: TensorMemory
    private var gradientMemory: TensorMemory?
    private var hasGradient = false

    /// A parameter with the given elements.
    ///
    /// - Precondition: `elements` has as many elements as the shape.
    public init(shape: [Int], elements: [Float], isTrainable: Bool = true) {
        require(
            shape.elementCount == elements.count,
            "a parameter of shape \(shape) has \(shape.elementCount) elements, \(elements.count) were given")
        self.shape = shape
        self.isTrainable = isTrainable
        memory = TensorMemory(elements.span)
    }

    /// A parameter whose elements are all `value`.
    public convenience init(shape: [Int], repeating value: Float, isTrainable: Bool = true) {
        self.init(
            shape: shape, elements: [Float](repeating: value, count: shape.elementCount), isTrainable: isTrainable)
    }

    /// Number of elements.
    public var count: Int { memory.count }

    /// The elements as the operand of operations, which note a gradient if it is trainable.
    ///
    /// It shares the parameter's memory: use it before the parameter changes.
    public var tensor: Tensor {
        Tensor(shape: shape, value: TensorValue(memory), node: isTrainable ? GraphNode(of: self) : nil)
    }

    /// The elements, copied.
    public var elements: [Float] {
        get { [Float](UnsafeBufferPointer(start: memory.start, count: count)) }
        set {
            require(newValue.count == count, "\(newValue.count) elements for a parameter of shape \(shape)")
            update { elements, _ in
                for i in 0..<newValue.count { elements[i] = newValue[i] }
            }
        }
    }

    /// The sum of the gradients since ``clearGradient()``; `nil` if none has arrived.
    public var gradient: [Float]? {
        guard hasGradient, let gradientMemory else { return nil }
        return [Float](UnsafeBufferPointer(start: gradientMemory.start, count: count))
    }

    /// Forgets the gradient; its memory stays for the next one.
    public func clearGradient() { hasGradient = false }

    /// The sum of the squares of the gradient's elements; 0 if none has arrived.
    public var squaredGradient: Double {
        guard hasGradient, let gradientMemory else { return 0 }
        let gradient = gradientMemory.span
        var sum = 0.0
        for i in gradient.indices { sum += Double(gradient[i]) * Double(gradient[i]) }
        return sum
    }

    /// Multiplies the gradient with `factor`.
    public func scaleGradient(by factor: Float) {
        guard hasGradient, let gradientMemory else { return }
        gradientMemory.withMutableSpan { gradient in
            for i in gradient.indices { gradient[i] *= factor }
        }
    }

    /// Changes the elements: `body` gets them, and the gradient (no elements if none has arrived).
    public func update(_ body: (_ elements: inout MutableSpan<Float>, _ gradient: Span<Float>) -> Void) {
        let gradient = hasGradient ? gradientMemory : nil
        memory.withMutableSpan { elements in
            if let gradient { body(&elements, gradient.span) } else { body(&elements, Span()) }
        }
    }

    func accumulateGradient(_ body: (inout MutableSpan<Float>, Bool) -> Void) {
        let target = gradientMemory ?? TensorMemory(count: count)
        gradientMemory = target
        target.withMutableSpan { body(&$0, hasGradient) }
        hasGradient = true
    }
}
