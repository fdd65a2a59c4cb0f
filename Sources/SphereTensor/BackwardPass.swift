internal import SphereKernels

/// What an operation's pullback works with: the gradient of its result, and where the gradients of its operands go.
public final class BackwardPass {
    private let inputs: [GraphNode?]
    private let gradients: GradientStore
    private var upstreamMemory: TensorMemory

    /// The pass through `node`, whose gradient has arrived.
    init(of node: GraphNode, inputs: [GraphNode?], gradients: GradientStore) {
        self.inputs = inputs
        upstreamMemory = gradients.takeGradient(of: node)
        self.gradients = gradients
    }

    /// dL/dy of the result y, as many elements as it has.
    public var upstream: TensorMemory { upstreamMemory }

    /// dL/dy as memory that may be written to: itself where nobody else holds it, otherwise a copy.
    public func takeUpstream() -> TensorMemory {
        if isKnownUniquelyReferenced(&upstreamMemory) { return upstreamMemory }
        return upstreamMemory.copy()
    }

    /// Whether anybody wants the gradient of the operand with this index.
    public func needsGradient(of input: Int) -> Bool { inputs[input] != nil }

    /// Adds `gradient` to that of an operand; nobody may write to it any more.
    public func add(_ gradient: TensorMemory, to input: Int) {
        guard let node = inputs[input] else { return }
        gradients.add(gradient, to: node)
    }

    /// Calls `body` with memory for the gradient of an operand, unless nobody wants it.
    ///
    /// `accumulates` tells whether `body` must add to what is there; otherwise it must write every element.
    public func accumulate(
        into input: Int, _ body: (_ gradient: inout MutableSpan<Float>, _ accumulates: Bool) -> Void
    ) {
        guard let node = inputs[input] else { return }
        gradients.accumulate(into: node, body)
    }
}

/// The gradients that have arrived at nodes so far.
final class GradientStore {
    private var memories: [ObjectIdentifier: TensorMemory] = [:]
    /// Nodes with a gradient, a heap with the latest one at the front.
    private(set) var waiting: [GraphNode] = []

    func add(_ gradient: TensorMemory, to node: GraphNode) {
        require(
            gradient.count == node.count, "a gradient of \(gradient.count) elements for a tensor of \(node.count)")
        if node.parameter == nil, memories[ObjectIdentifier(node)] == nil {
            memories[ObjectIdentifier(node)] = gradient
            push(node)
            return
        }
        accumulate(into: node) { target, accumulates in
            target.withUnsafeMutableBufferPointer { target in
                guard let sums = target.baseAddress else { return }
                if accumulates {
                    addElements(gradient.start, to: sums, count: target.count)
                } else {
                    sums.update(from: gradient.start, count: target.count)
                }
            }
        }
    }

    func accumulate(into node: GraphNode, _ body: (inout MutableSpan<Float>, Bool) -> Void) {
        if let parameter = node.parameter {
            parameter.accumulateGradient(body)
            return
        }
        let key = ObjectIdentifier(node)
        guard var memory = memories.removeValue(forKey: key) else {
            let memory = TensorMemory(count: node.count)
            memory.withMutableSpan { body(&$0, false) }
            memories[key] = memory
            push(node)
            return
        }
        // A gradient that an addition passed on to both operands belongs to neither.
        if !isKnownUniquelyReferenced(&memory) { memory = memory.copy() }
        memory.withMutableSpan { body(&$0, true) }
        memories[key] = memory
    }

    /// The gradient of a node that waited.
    func takeGradient(of node: GraphNode) -> TensorMemory { memories.removeValue(forKey: ObjectIdentifier(node))! }

    /// Takes the node that was made last among those with a gradient: all its users have been visited.
    func popLatest() -> GraphNode? {
        guard !waiting.isEmpty else { return nil }
        waiting.swapAt(0, waiting.count - 1)
        let node = waiting.removeLast()
        var parent = 0
        while true {
            var largest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < waiting.count {
                if waiting[child].number > waiting[largest].number { largest = child }
            }
            if largest == parent { return node }
            waiting.swapAt(parent, largest)
            parent = largest
        }
    }

    private func push(_ node: GraphNode) {
        waiting.append(node)
        var child = waiting.count - 1
        while child > 0, waiting[(child - 1) / 2].number < waiting[child].number {
            waiting.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }
}

/// Adds `source` to `target`, element by element.
func addElements(_ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int) {
    for i in 0..<count { target[i] += source[i] }
}
