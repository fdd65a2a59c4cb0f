import SphereKernels
import SphereReference
import SphereTensor
import Testing

@Suite("Tensor")
struct TensorTests {
    private static func random(_ shape: [Int], seed: UInt64) -> Tensor {
        var generator = SeededGenerator(seed: seed)
        return Tensor(shape: shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(generator.normal()) })
    }

    @Test("has the elements and the shape that it was given, in every shape of as many")
    func shapes() {
        let tensor = Tensor(shape: [2, 3], elements: [1, 2, 3, 4, 5, 6])
        #expect(tensor.reshaped(3, -1).shape == [3, 2])
        #expect(tensor.reshaped(-1).elements == [1, 2, 3, 4, 5, 6])
        #expect(tensor.matrix == Matrix([[1, 2, 3], [4, 5, 6]]))
        #expect(Tensor(7).scalar == 7 && Tensor(7).shape == [])
        #expect(Tensor(shape: [0, 3], elements: []).matrix.rows == 0)
    }

    @Test("arithmetic agrees with its definition, and its gradients with central differences")
    func arithmetic() {
        let (a, b) = (Self.random([3, 4], seed: 1), Self.random([3, 4], seed: 2))
        for ((x, y), (sum, rest)) in zip(zip(a.elements, b.elements), zip((a + b).elements, (a - b).elements)) {
            #expect(sum == x + y && rest == x - y)
        }
        #expect((a * b).elements == zip(a.elements, b.elements).map { $0 * $1 })
        #expect((2 * a).elements == a.elements.map { 2 * $0 })
        // Differences of float32 results: rounding 2^-24 over a step of 1e-2, with room for sums of 12 terms.
        let limit = 12 * 0x1p-24 / 1e-2
        for result in GradientCheck.check(at: [a, b], { $0[0] * $0[1] + 3 * ($0[0] - $0[1]) }) {
            #expect(result.relativeError < limit, "operand \(result.input)")
        }
        for result in GradientCheck.check(at: [a, b], { ($0[0] * $0[1] * $0[0]).sum() + $0[1].mean() }) {
            #expect(result.relativeError < limit, "operand \(result.input)")
        }
    }

    @Test("a gradient check finds a wrong gradient")
    func wrongGradient() {
        let results = GradientCheck.check(at: [Self.random([5], seed: 3)]) { inputs in
            let x = inputs[0]
            return Tensor.operation([x], shape: x.shape, memory: (x * x).detached().memory) { pass in
                // The gradient of x squared is 2 x, not 1.
                pass.add(pass.upstream, to: 0)
            }
        }
        #expect(results[0].relativeError > 0.1)
        // Nor does one that is no number pass.
        let none = GradientCheck.check(at: [Self.random([5], seed: 3)]) { inputs in
            let x = inputs[0]
            return Tensor.operation([x], shape: x.shape, memory: (x * x).detached().memory) { pass in
                pass.add(Tensor(shape: x.shape, repeating: .nan).memory, to: 0)
            }
        }
        #expect(none[0].relativeError == .infinity)
    }

    @Test("a value that is used twice gets the sum of both gradients, and shared memory stays as it is")
    func reuse() {
        let x = Self.random([4], seed: 4).requiringGradient()
        let y = x + x
        let gradients = (y * y + y).sum().backward()
        let expected = x.elements.map { 8 * $0 + 2 }
        for (found, wanted) in zip(gradients[x].elements, expected) {
            #expect(abs(found - wanted) <= 8 * abs(wanted) * 0x1p-24)
        }
    }

    @Test("gradients of parameters add up until they are cleared; frozen ones get none")
    func parameters() {
        let weights = Parameter(shape: [3], elements: [1, 2, 3])
        let frozen = Parameter(shape: [3], repeating: 2, isTrainable: false)
        for _ in 0..<2 { (weights.tensor * frozen.tensor).sum().backward() }
        #expect(weights.gradient == [4, 4, 4])
        #expect(frozen.gradient == nil)
        weights.clearGradient()
        #expect(weights.gradient == nil)
        (weights.tensor * weights.tensor).sum().backward()
        #expect(weights.gradient == [2, 4, 6])
        weights.update { elements, gradient in
            for i in elements.indices { elements[i] -= gradient[i] }
        }
        #expect(weights.elements == [-1, -2, -3])
    }

    @Test("nothing is noted for constants or without gradients")
    func constants() {
        let weights = Parameter(shape: [1], elements: [1])
        #expect(!(Tensor(shape: [1], elements: [2]) + Tensor(shape: [1], elements: [3])).requiresGradient)
        #expect((weights.tensor + weights.tensor).requiresGradient)
        #expect(!weights.tensor.detached().requiresGradient)
        TensorExecution.withoutGradients {
            let sum = weights.tensor + weights.tensor
            #expect(!sum.requiresGradient)
        }
    }

    @Test("selected rows are those rows, and their gradients arrive where they came from")
    func selectedRows() {
        let x = Self.random([2, 2, 3], seed: 5)
        let rows = [3, 0, 3]
        let selected = x.selectingRows(rows)
        #expect(selected.shape == [3, 3])
        #expect(selected.elements == rows.flatMap { Array(x.elements[3 * $0..<3 * $0 + 3]) })
        #expect(x.selectingRows([]).shape == [0, 3])
        for result in GradientCheck.check(at: [x], { $0[0].selectingRows(rows) * $0[0].selectingRows([1, 1, 3]) }) {
            #expect(result.relativeError < 12 * 0x1p-24 / 1e-2)
        }
    }
}
