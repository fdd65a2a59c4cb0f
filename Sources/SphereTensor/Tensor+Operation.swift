internal import SphereKernels

extension Tensor {
    /// The result of an operation of your own, with its gradient.
    ///
    /// `pullback` is called at most once, with dL/dy of the result, and adds dL/dx of each operand x that needs it. What it holds on
    /// to lives until then: save operands as ``SavedTensor``, which costs nothing for those that can be computed again.
    ///
    ///     let saved = x.saved
    ///     let y = Tensor.operation([x], shape: x.shape, memory: squares) { pass in
    ///         pass.accumulate(into: 0) { gradient, accumulates in ... }
    ///     }
    ///
    /// - Parameters:
    ///   - inputs: the operands that may need a gradient.
    ///   - memory: the elements of the result; nobody may write to them any more.
    /// - Precondition: `memory` has as many elements as `shape`.
    public static func operation(
        _ inputs: [Tensor], shape: [Int], memory: TensorMemory, pullback: @escaping (BackwardPass) -> Void
    ) -> Tensor {
        operation(inputs, shape: shape, value: TensorValue(memory), pullback: pullback)
    }

    static func operation(
        _ inputs: [Tensor], shape: [Int], value: TensorValue, pullback: @escaping (BackwardPass) -> Void
    ) -> Tensor {
        Tensor(shape: shape, value: value, node: node(inputs, count: value.count, pullback: pullback))
    }

    private static func node(
        _ inputs: [Tensor], count: Int, pullback: @escaping (BackwardPass) -> Void
    ) -> GraphNode? {
        guard TensorExecution.recordsGradients, inputs.contains(where: \.requiresGradient) else { return nil }
        return GraphNode(inputs: inputs.map(\.node), count: count, pullback: pullback)
    }

    /// This tensor's elements for the backward pass.
    public var saved: SavedTensor { SavedTensor(value: value, shape: shape) }
}

/// The elements of an operand that an operation's gradient needs.
///
/// Keeps them, or, where they can be computed again cheaply, only what they are computed from.
public struct SavedTensor {
    let value: TensorValue
    /// The shape of the tensor.
    public let shape: [Int]

    /// The elements.
    public var memory: TensorMemory { value.memory }
}
