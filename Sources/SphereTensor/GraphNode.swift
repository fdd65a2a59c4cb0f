internal import SphereKernels
internal import Synchronization

/// One operation of the graph that ``Tensor/backward(from:)`` walks: where its gradient goes.
final class GraphNode {
    /// Nodes are numbered in the order in which they are made; an operation's number is above those of its operands.
    let number: Int
    /// Elements of the result.
    let count: Int
    private(set) var inputs: [GraphNode?]
    private(set) var pullback: ((BackwardPass) -> Void)?
    /// The parameter whose value this is.
    let parameter: Parameter?
    /// Whether the caller of the backward pass wants the gradient that arrives here.
    let isVariable: Bool

    private static let counter = Atomic<Int>(0)

    init(inputs: [GraphNode?], count: Int, pullback: @escaping (BackwardPass) -> Void) {
        number = Self.counter.wrappingAdd(1, ordering: .relaxed).oldValue
        self.inputs = inputs
        self.count = count
        self.pullback = pullback
        parameter = nil
        isVariable = false
    }

    init(of parameter: Parameter) {
        number = Self.counter.wrappingAdd(1, ordering: .relaxed).oldValue
        inputs = []
        count = parameter.count
        self.parameter = parameter
        isVariable = false
    }

    init(variableOf count: Int) {
        number = Self.counter.wrappingAdd(1, ordering: .relaxed).oldValue
        inputs = []
        self.count = count
        parameter = nil
        isVariable = true
    }

    /// What the operation needs to go back, only once: the memory that it holds is free for the operations before it.
    func takePullback() -> (inputs: [GraphNode?], pullback: (BackwardPass) -> Void)? {
        guard let pullback else { return nil }
        defer {
            self.pullback = nil
            inputs = []
        }
        return (inputs, pullback)
    }
}
