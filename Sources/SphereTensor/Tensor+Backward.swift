internal import SphereKernels

/// The gradients of the variables of a backward pass, see ``Tensor/backward(from:)``.
public struct TensorGradients {
    fileprivate var memories: [ObjectIdentifier: TensorMemory] = [:]

    /// dL/dv of a variable v (``Tensor/requiringGradient()``); 0 where L does not depend on it.
    public subscript(variable: Tensor) -> Tensor {
        guard let node = variable.node, node.isVariable else {
            fatalError("gradients are kept of variables only, found a tensor of shape \(variable.shape) that is none")
        }
        guard let memory = memories[ObjectIdentifier(node)] else { return Tensor(shape: variable.shape, repeating: 0) }
        return Tensor(shape: variable.shape, memory: memory)
    }
}

extension Tensor {
    /// Propagates gradients from this tensor back to the parameters and variables that it was computed from.
    ///
    /// Reverse-mode differentiation of L, the sum of this tensor's elements times `upstream`. Gradients of parameters are
    /// added to ``Parameter/gradient``; those of variables are returned. The operations on the way give up the memory that they
    /// hold, so a result can be propagated from only once.
    ///
    /// - Parameter upstream: dL/dy of this tensor y; `nil` is 1 for each element.
    /// - Precondition: this tensor requires a gradient, and `upstream` has its shape.
    @discardableResult
    public func backward(from upstream: Tensor? = nil) -> TensorGradients {
        guard let node else { fatalError("backward from a tensor of shape \(shape) that depends on no parameter") }
        let upstream = upstream ?? Tensor(shape: shape, repeating: 1)
        require(upstream.shape == shape, "a gradient of shape \(upstream.shape) for a tensor of shape \(shape)")
        let gradients = GradientStore()
        var result = TensorGradients()
        gradients.add(upstream.memory.copy(), to: node)
        while let node = gradients.popLatest() {
            if node.isVariable {
                result.memories[ObjectIdentifier(node)] = gradients.takeGradient(of: node)
                continue
            }
            guard let (inputs, pullback) = node.takePullback() else {
                fatalError("backward through an operation that a backward pass has been through before")
            }
            // Only the pass has the gradient: an operation may then write over it.
            pullback(BackwardPass(of: node, inputs: inputs, gradients: gradients))
        }
        return result
    }
}
