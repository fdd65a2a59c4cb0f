internal import SphereKernels
public import SphereTensor

/// A model that is being trained: steps of an optimizer, with a history of what was measured.
///
/// ```swift
/// let training = TrainingLoop(model, optimizer: Adam(), schedule: schedule, measures: ["loss"])
/// while let step = training.next {
///     let loss = ...                          // from data that `step` alone decides
///     training.advance(loss, measures: [Double(loss.scalar)])
/// }
/// ```
///
/// What a step draws at random must follow from the step's number; then ``save(to:settings:)`` and ``restore(from:settings:)`` continue a
/// training to the bit.
public final class TrainingLoop {
    /// What is trained.
    public let model: any Module
    /// How gradients change it.
    public let optimizer: any Optimizer
    /// The learning rate over the steps.
    public let schedule: LearningRateSchedule
    /// Names of what is measured in every step.
    public let measures: [String]
    /// The longest gradient, over all parameters, to which longer ones are shortened; `nil` for no limit.
    public let largestGradient: Double?
    /// The measures of all steps so far, one array for each name.
    public private(set) var history: [[Float]]
    /// Steps so far.
    public private(set) var step = 0

    /// A training that has not begun.
    ///
    /// - Precondition: names of measures are unique; `largestGradient` is more than 0.
    public init(
        _ model: any Module, optimizer: any Optimizer, schedule: LearningRateSchedule, measures: [String],
        largestGradient: Double? = nil
    ) {
        require(Set(measures).count == measures.count, "names of measures must be unique, found \(measures)")
        require(largestGradient ?? 1 > 0, "the largest gradient is \(largestGradient ?? 0): must be more than 0")
        self.model = model
        self.optimizer = optimizer
        self.schedule = schedule
        self.measures = measures
        self.largestGradient = largestGradient
        history = measures.map { _ in [] }
    }

    /// The number of the step to come, from 0; `nil` when the schedule has ended.
    public var next: Int? { step < schedule.steps ? step : nil }

    /// Changes the model by the gradient of `loss` and notes the measures.
    ///
    /// A gradient that is not finite changes nothing but is counted as a step.
    ///
    /// - Parameter measures: as many as there are names.
    /// - Returns: the length of the gradient before it was shortened.
    /// - Precondition: `loss` is a scalar that depends on the model's parameters, or on none of them (a batch without loss).
    @discardableResult
    public func advance(_ loss: Tensor, measures values: [Double]) -> Double {
        require(values.count == measures.count, "\(values.count) measures, the training has \(measures)")
        let parameters = model.parameters
        for parameter in parameters { parameter.clearGradient() }
        if loss.requiresGradient { loss.backward() }
        let length = parameters.reduce(0) { $0 + $1.squaredGradient }.squareRoot()
        if length.isFinite {
            if let largestGradient, length > largestGradient {
                for parameter in parameters { parameter.scaleGradient(by: Float(largestGradient / length)) }
            }
            optimizer.step(parameters, learningRate: schedule.rate(at: step))
        }
        for (index, value) in values.enumerated() { history[index].append(Float(value)) }
        step += 1
        return length
    }

    /// Takes over where a checkpoint stopped.
    func resume(at step: Int, history: [[Float]]) {
        self.step = step
        self.history = history
    }
}
