internal import SphereKernels
internal import SphereReference

/// Gradients against central differences: the check to run on every operation, layer and loss of your own.
///
/// For a function f of tensors x_1 ... x_m, with a fixed random u of the shape of f and L = sum of u f, the derivative of L along a
/// random direction v of one x_k is taken twice: from the gradient, dL/dx_k . v, and from differences of L,
///
///     D(h) = (L(x_k + h v) - L(x_k - h v)) / 2h,    D = (4 D(h) - D(2h)) / 3
///
/// whose error is O(h^4) and the rounding of f over h. In float32 a right gradient agrees to about 1e-4.
public struct GradientCheck {
    /// What was found for one operand.
    public struct Result: Sendable, Hashable {
        /// The operand's index.
        public let input: Int
        /// The largest difference of both derivatives over the directions, relative to |dL/dx|; v has elements of variance 1.
        ///
        /// Infinity where one of them is NaN.
        public let relativeError: Double
    }

    /// Checks the gradient of `function` at `inputs`, one after the other with the rest as constants.
    ///
    /// `function` must be smooth within `step` of the inputs: a rectifier whose operand is closer to zero fails rightly.
    ///
    /// - Parameters:
    ///   - step: h, relative to the root mean square of an operand's elements (to 1 where they are all zero).
    ///   - directions: how many v are tried for each operand.
    ///   - seed: of u and v.
    /// - Complexity: 1 + 4 `directions` evaluations for each operand.
    public static func check(
        at inputs: [Tensor], step: Float = 1e-2, directions: Int = 4, seed: UInt64 = 1,
        _ function: ([Tensor]) -> Tensor
    ) -> [Result] {
        require(
            step > 0 && directions >= 1,
            "a gradient check needs step > 0 and directions >= 1, found \(step) and \(directions)")
        var deviates = SeededGenerator(seed: seed)
        return inputs.indices.map { index in
            var operands = inputs.map { $0.detached() }
            let variable = operands[index].requiringGradient()
            operands[index] = variable
            let result = function(operands)
            let weights = (0..<result.count).map { _ in Float(deviates.normal()) }
            let gradient =
                result.requiresGradient
                ? result.backward(from: Tensor(shape: result.shape, elements: weights))[variable].elements
                : [Float](repeating: 0, count: variable.count)
            let length = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            let point = variable.elements
            let square = point.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(1, point.count))
            let h = Double(step) * (square > 0 ? square.squareRoot() : 1)

            func loss(_ direction: [Float], _ distance: Double) -> Double {
                operands[index] = Tensor(
                    shape: variable.shape,
                    elements: zip(point, direction).map { Float(Double($0) + distance * Double($1)) })
                return zip(function(operands).elements, weights).reduce(0) { $0 + Double($1.0) * Double($1.1) }
            }
            var worst = 0.0
            for _ in 0..<directions {
                let direction = (0..<point.count).map { _ in Float(deviates.normal()) }
                let expected = zip(gradient, direction).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
                let (near, far) = (
                    (loss(direction, h) - loss(direction, -h)) / (2 * h),
                    (loss(direction, 2 * h) - loss(direction, -2 * h)) / (4 * h)
                )
                let difference = abs((4 * near - far) / 3 - expected)
                let error = length > 0 ? difference / length : difference
                // NaN is the worst of all, and stays.
                if !(error <= worst) { worst = error.isNaN ? .infinity : error }
            }
            return Result(input: index, relativeError: worst)
        }
    }
}
