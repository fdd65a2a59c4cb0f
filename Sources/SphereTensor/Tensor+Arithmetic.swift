internal import SphereKernels

extension Tensor {
    /// The sum of two tensors of one shape, element by element.
    ///
    /// - Precondition: the shapes are the same.
    public static func + (left: Tensor, right: Tensor) -> Tensor {
        requireSameShape(left, right, "+")
        let result = left.memory.copy()
        addElements(right.memory.start, to: result.start, count: result.count)
        return operation([left, right], shape: left.shape, memory: result) { pass in
            pass.add(pass.upstream, to: 0)
            pass.add(pass.upstream, to: 1)
        }
    }

    /// The difference of two tensors of one shape, element by element.
    ///
    /// - Precondition: the shapes are the same.
    public static func - (left: Tensor, right: Tensor) -> Tensor { left + -1 * right }

    /// The product of two tensors of one shape, element by element.
    ///
    /// - Precondition: the shapes are the same.
    public static func * (left: Tensor, right: Tensor) -> Tensor {
        requireSameShape(left, right, "*")
        let (a, b) = (left.saved, right.saved)
        return operation([left, right], shape: left.shape, memory: multiplied(left.memory, right.memory)) { pass in
            if pass.needsGradient(of: 0) { pass.add(multiplied(pass.upstream, b.memory), to: 0) }
            if pass.needsGradient(of: 1) { pass.add(multiplied(pass.upstream, a.memory), to: 1) }
        }
    }

    /// All elements times a constant.
    public static func * (scale: Float, tensor: Tensor) -> Tensor {
        operation([tensor], shape: tensor.shape, memory: scaled(tensor.memory, by: scale)) { pass in
            pass.add(scaled(pass.upstream, by: scale), to: 0)
        }
    }

    /// The sum of all elements, without dimensions; added up in double.
    public func sum() -> Tensor {
        let elements = memory
        var total = 0.0
        for i in 0..<elements.count { total += Double(elements.start[i]) }
        let result = TensorMemory(count: 1)
        result.start[0] = Float(total)
        let count = count
        return Tensor.operation([self], shape: [], memory: result) { pass in
            let gradient = TensorMemory(count: count)
            gradient.fill(pass.upstream.start[0])
            pass.add(gradient, to: 0)
        }
    }

    /// The mean of all elements, without dimensions.
    ///
    /// - Precondition: the tensor is not empty.
    public func mean() -> Tensor {
        require(count > 0, "the mean of a tensor of shape \(shape), which has no elements")
        return 1 / Float(count) * sum()
    }
}

private func requireSameShape(_ left: Tensor, _ right: Tensor, _ operation: String) {
    require(left.shape == right.shape, "\(operation) of tensors of the shapes \(left.shape) and \(right.shape)")
}

private func multiplied(_ a: TensorMemory, _ b: TensorMemory) -> TensorMemory {
    let result = TensorMemory(count: a.count)
    for i in 0..<a.count { result.start[i] = a.start[i] * b.start[i] }
    return result
}

private func scaled(_ a: TensorMemory, by scale: Float) -> TensorMemory {
    let result = TensorMemory(count: a.count)
    for i in 0..<a.count { result.start[i] = scale * a.start[i] }
    return result
}
