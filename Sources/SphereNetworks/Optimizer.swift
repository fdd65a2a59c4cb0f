public import SphereTensor

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Changes parameters by their gradients.
public protocol Optimizer: AnyObject {
    /// Changes every trainable parameter that has a gradient.
    ///
    /// - Parameter learningRate: that of this step; each parameter's ``Parameter/learningRateFactor`` comes on top.
    func step(_ parameters: [Parameter], learningRate: Double)

    /// What the optimizer remembers of parameter `index`, for checkpoints: arrays of its number of elements.
    func state(of index: Int, count: Int) -> [[Float]]

    /// Takes back what ``state(of:count:)`` gave.
    func restore(_ state: [[Float]], of index: Int)

    /// Steps so far.
    var stepCount: Int { get set }
}

/// Stochastic gradient descent with momentum and weight decay.
///
///     v <- momentum v - (g + decay w),    w <- w + rate v
///
/// The rate multiplies the whole of v, as in the code of Kong and Fowlkes (CVPR 2018), so that a changed rate acts at once.
public final class StochasticGradientDescent: Optimizer {
    /// The share of v that a step keeps.
    public let momentum: Double
    /// The pull towards zero.
    public let weightDecay: Double
    /// Steps so far.
    public var stepCount = 0
    private var velocities: [Int: [Float]] = [:]

    /// An optimizer; the defaults are the paper's.
    public init(momentum: Double = 0.9, weightDecay: Double = 5e-4) {
        self.momentum = momentum
        self.weightDecay = weightDecay
    }

    /// Changes every trainable parameter that has a gradient, by the formula above.
    public func step(_ parameters: [Parameter], learningRate: Double) {
        stepCount += 1
        for (index, parameter) in parameters.enumerated() where parameter.isTrainable {
            let decay = Float(weightDecay) * parameter.weightDecayFactor
            let (momentum, rate) = (Float(momentum), Float(learningRate) * parameter.learningRateFactor)
            var velocity = velocities.removeValue(forKey: index) ?? [Float](repeating: 0, count: parameter.count)
            parameter.update { elements, gradient in
                guard !gradient.isEmpty else { return }
                for i in elements.indices {
                    velocity[i] = momentum * velocity[i] - (gradient[i] + decay * elements[i])
                    elements[i] += rate * velocity[i]
                }
            }
            velocities[index] = velocity
        }
    }

    /// What is remembered of parameter `index`, for checkpoints.
    public func state(of index: Int, count: Int) -> [[Float]] {
        [velocities[index] ?? [Float](repeating: 0, count: count)]
    }

    /// Takes back what ``state(of:count:)`` gave.
    public func restore(_ state: [[Float]], of index: Int) { velocities[index] = state[0] }
}

/// Adam (Kingma and Ba, ICLR 2015, algorithm 1) with decoupled weight decay (Loshchilov and Hutter, ICLR 2019).
///
///     m <- b1 m + (1 - b1) g,    v <- b2 v + (1 - b2) g^2
///     w <- w - rate (m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + epsilon) + decay w)
public final class Adam: Optimizer {
    /// b1.
    public let firstDecay: Double
    /// b2.
    public let secondDecay: Double
    /// Added to the root, against division by zero.
    public let epsilon: Double
    /// The pull towards zero.
    public let weightDecay: Double
    /// Steps so far.
    public var stepCount = 0
    private var moments: [Int: (first: [Float], second: [Float])] = [:]

    /// An optimizer; the defaults are those of the article.
    public init(firstDecay: Double = 0.9, secondDecay: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0)
    {
        self.firstDecay = firstDecay
        self.secondDecay = secondDecay
        self.epsilon = epsilon
        self.weightDecay = weightDecay
    }

    /// Changes every trainable parameter that has a gradient, by the formula above.
    public func step(_ parameters: [Parameter], learningRate: Double) {
        stepCount += 1
        let (firstPower, secondPower) = (pow(firstDecay, Double(stepCount)), pow(secondDecay, Double(stepCount)))
        let (b1, b2, epsilon) = (Float(firstDecay), Float(secondDecay), Float(epsilon))
        let (firstScale, secondScale) = (Float(1 / (1 - firstPower)), Float(1 / (1 - secondPower)))
        for (index, parameter) in parameters.enumerated() where parameter.isTrainable {
            let rate = Float(learningRate) * parameter.learningRateFactor
            let decay = Float(weightDecay) * parameter.weightDecayFactor
            var (first, second) =
                moments.removeValue(forKey: index)
                ?? ([Float](repeating: 0, count: parameter.count), [Float](repeating: 0, count: parameter.count))
            parameter.update { elements, gradient in
                guard !gradient.isEmpty else { return }
                for i in elements.indices {
                    let g = gradient[i]
                    first[i] = b1 * first[i] + (1 - b1) * g
                    second[i] = b2 * second[i] + (1 - b2) * g * g
                    let direction = first[i] * firstScale / ((second[i] * secondScale).squareRoot() + epsilon)
                    elements[i] -= rate * (direction + decay * elements[i])
                }
            }
            moments[index] = (first, second)
        }
    }

    /// What is remembered of parameter `index`, for checkpoints.
    public func state(of index: Int, count: Int) -> [[Float]] {
        guard let (first, second) = moments[index] else {
            return [[Float](repeating: 0, count: count), [Float](repeating: 0, count: count)]
        }
        return [first, second]
    }

    /// Takes back what ``state(of:count:)`` gave.
    public func restore(_ state: [[Float]], of index: Int) { moments[index] = (state[0], state[1]) }
}
