internal import SphereKernels
public import SphereTensor

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Loops of Gaussian blurring mean shift as a layer of a network, trained through.
///
/// Every loop moves all points x_i of an image towards each other (``MeanShiftPlan``):
///
///     K_ij = exp(kappa (x_i . x_j - 1)),    u_i = (1 - eta) x_i + eta sum over j of K_ij x_j / sum over j of K_ij,    x'_i = u_i / |u_i|
///
/// Kong and Fowlkes, "Recurrent Pixel Embedding for Instance Grouping", CVPR 2018, equation 3; there kappa is fixed and a loss sits on
/// every loop. Here kappa may be learned, through its logarithm. The gradient is the exact derivative with respect to points and
/// kappa. No N x N matrix is stored: T loops keep O(T N D).
///
/// With a ``mergeRadius``, points of an image that have met are evaluated as one with their number as its weight, forward and backward, which makes later loops
/// cheap; the sets are taken as fixed in the gradient. At a radius at the level of rounding, 1e-5, results are those of all points up to rounding.
public final class RecurrentMeanShift: Module {
    /// T, 0 or more.
    public let loops: Int
    /// eta, in (0, 1].
    public let stepSize: Float
    /// The chord within which points count as met; `nil`: every loop evaluates all points.
    public let mergeRadius: Float?
    /// log kappa, one element; trainable if the concentration is learned.
    public let logConcentration: Parameter
    /// kappa at the start and its logarithm, which stands for exactly that kappa: back from a rounded logarithm 100 would be 100.00001.
    private let start: (concentration: Float, logarithm: Float)
    private var storage: PlanStorage?

    /// A layer of `loops` loops.
    ///
    /// - Parameters:
    ///   - concentration: kappa at the start, more than 0 and at most ``MeanShiftPlan/largestConcentration``; 100 is the bandwidth
    ///     h = 0.1 of the released code (kappa = 1 / h^2).
    ///   - learnsConcentration: whether log kappa is a trainable parameter.
    ///   - stepSize: eta, in (0, 1].
    ///   - mergeRadius: the chord within which points count as met, in (0, 1); `nil`: none.
    /// - Precondition: the ranges above.
    public init(
        loops: Int = 5, concentration: Float = 100, learnsConcentration: Bool = false, stepSize: Float = 1,
        mergeRadius: Float? = nil
    ) {
        require(loops >= 0, "the number of loops must be 0 or more, found \(loops)")
        require(
            concentration > 0 && concentration <= MeanShiftPlan.largestConcentration,
            "concentration must be in (0, \(MeanShiftPlan.largestConcentration)], found \(concentration)")
        require(stepSize > 0 && stepSize <= 1, "step size must be in (0, 1], found \(stepSize)")
        if let mergeRadius {
            require(mergeRadius > 0 && mergeRadius < 1, "merge radius must be in (0, 1), found \(mergeRadius)")
        }
        self.loops = loops
        self.stepSize = stepSize
        self.mergeRadius = mergeRadius
        start = (concentration, Float(log(Double(concentration))))
        logConcentration = Parameter(shape: [1], elements: [start.logarithm], isTrainable: learnsConcentration)
    }

    /// kappa as it is now, at most ``MeanShiftPlan/largestConcentration``.
    public var concentration: Float { concentration(ofLogarithm: logConcentration.elements[0]) }

    /// kappa in the range of a step, whatever rounding and training have made of its logarithm.
    private func concentration(ofLogarithm logarithm: Float) -> Float {
        if logarithm == start.logarithm { return start.concentration }
        return min(max(Float(exp(Double(logarithm))), .leastNormalMagnitude), MeanShiftPlan.largestConcentration)
    }

    /// The points before the first loop and after every loop, `loops + 1` tensors of the shape of `points`.
    ///
    /// - Parameter points: unit rows along the last dimension. With three dimensions or more the first one counts images, each of
    ///   which is grouped on its own: [batch, height, width, D]; [N, D] is one image.
    /// - Precondition: at least two dimensions, D >= 1, no row longer than 1.005.
    /// - Complexity: O(T N^2 D) time for each image, and about three times that for the gradient; O(T N D) memory.
    public func callAsFunction(_ points: Tensor) -> [Tensor] {
        require(
            points.shape.count >= 2 && points.shape.last! >= 1,
            "points need a shape [..., N, D] with D >= 1, found \(points.shape)")
        let logConcentration = logConcentration.tensor
        var results = [points]
        for _ in 0..<loops { results.append(step(results.last!, logConcentration)) }
        return results
    }

    /// One loop.
    private func step(_ points: Tensor, _ logConcentration: Tensor) -> Tensor {
        let dimension = points.shape.last!
        let images = points.shape.count > 2 ? points.shape[0] : 1
        let rows = images == 0 ? 0 : points.count / (images * dimension)
        let concentration = concentration(ofLogarithm: logConcentration.scalar)
        let stepSize = stepSize
        let storage = plan(rows: rows, dimension: dimension)
        let result = TensorMemory(count: points.count)
        let source = points.memory
        let records = (0..<images).map { image in
            storage.blur(
                source, image: image, concentration: concentration, stepSize: stepSize, mergeRadius: mergeRadius,
                into: result)
        }
        let saved = points.saved
        let shifted = Tensor(shape: points.shape, memory: result).saved
        return Tensor.operation([points, logConcentration], shape: points.shape, memory: result) { pass in
            var slope = 0.0
            let gradient = TensorMemory(count: saved.memory.count)
            for (image, record) in records.enumerated() {
                slope += storage.gradient(
                    of: record, from: saved.memory, to: shifted.memory, upstream: pass.upstream, image: image,
                    concentration: concentration, stepSize: stepSize, into: gradient)
            }
            pass.add(gradient, to: 0)
            // kappa = exp(log kappa).
            pass.accumulate(into: 1) { target, accumulates in
                target[0] = (accumulates ? target[0] : 0) + Float(slope * Double(concentration))
            }
        }
    }

    /// The plan for images of this size; the one of the last call if it fits.
    private func plan(rows: Int, dimension: Int) -> PlanStorage {
        let execution = TensorExecution.current
        if let storage, storage.fits(rows: rows, dimension: dimension, on: execution) { return storage }
        let made = PlanStorage(rows: rows, dimension: dimension, on: execution)
        storage = made
        return made
    }
}

/// What a loop of one image leaves for its gradient.
private enum LoopRecord {
    /// Of all points.
    case all(sums: [Float], lengths: [Float])
    /// Of points of which some have met.
    case merged(MergedPoints, MeanShiftStep)
}

/// A mean-shift plan with the results of its steps and gradients, whose memory all loops and images share.
private final class PlanStorage {
    private var plan: MeanShiftPlan
    private var step: MeanShiftStep
    private var gradient: MeanShiftGradient
    private let rows: Int
    private let dimension: Int

    init(rows: Int, dimension: Int, on execution: Execution) {
        self.rows = rows
        self.dimension = dimension
        plan = MeanShiftPlan(capacity: rows, dimension: dimension, on: execution)
        step = MeanShiftStep(rows: rows, dimension: dimension)
        gradient = MeanShiftGradient(rows: rows, dimension: dimension)
    }

    func fits(rows: Int, dimension: Int, on execution: Execution) -> Bool {
        self.rows == rows && self.dimension == dimension && plan.execution == execution
    }

    /// The elements of one image.
    private func range(_ image: Int) -> Range<Int> { image * rows * dimension..<(image + 1) * rows * dimension }

    func blur(
        _ points: TensorMemory, image: Int, concentration: Float, stepSize: Float, mergeRadius: Float?,
        into result: TensorMemory
    ) -> LoopRecord {
        let range = range(image)
        func write(_ shifted: [Float]) {
            result.withMutableSpan { target in
                for i in shifted.indices { target[range.lowerBound + i] = shifted[i] }
            }
        }
        if let mergeRadius, let merged = MergedPoints(matrix(points, range), radius: mergeRadius) {
            var step = MeanShiftStep(rows: merged.points.rows, dimension: dimension)
            plan.blur(
                merged.points.view, weights: merged.weights, concentration: concentration, stepSize: stepSize,
                into: &step)
            write(merged.spread(step.shifted.elements))
            return .merged(merged, step)
        }
        let view = MatrixView(points.span.extracting(range), rows: rows, columns: dimension)
        plan.blur(view, concentration: concentration, stepSize: stepSize, into: &step)
        write(step.shifted.elements)
        return .all(sums: step.sums, lengths: step.lengths)
    }

    private func matrix(_ memory: TensorMemory, _ range: Range<Int>) -> Matrix {
        let rowsAfter = memory.span.extracting(range)
        return Matrix(rows: rows, columns: dimension, elements: rowsAfter.indices.map { rowsAfter[$0] })
    }

    /// Writes dL/dx of one image and returns its part of dL/dkappa.
    func gradient(
        of record: LoopRecord, from points: TensorMemory, to shifted: TensorMemory, upstream: TensorMemory, image: Int,
        concentration: Float,
        stepSize: Float, into result: TensorMemory
    ) -> Double {
        let range = range(image)
        func write(_ gradients: [Float]) {
            result.withMutableSpan { target in
                for i in gradients.indices { target[range.lowerBound + i] = gradients[i] }
            }
        }
        switch record {
        case .all(let sums, let lengths): (step.sums, step.lengths) = (sums, lengths)
        case .merged(let merged, let step):
            var gradient = MeanShiftGradient(rows: merged.points.rows, dimension: dimension)
            plan.gradient(
                of: step, from: merged.points.view, weights: merged.weights, concentration: concentration,
                stepSize: stepSize, upstream: merged.summed(upstream.span.extracting(range)).view, into: &gradient)
            write(merged.gradients(gradient.points))
            return gradient.concentration
        }
        step.shifted = matrix(shifted, range)
        plan.gradient(
            of: step, from: MatrixView(points.span.extracting(range), rows: rows, columns: dimension),
            concentration: concentration, stepSize: stepSize,
            upstream: MatrixView(upstream.span.extracting(range), rows: rows, columns: dimension), into: &gradient)
        write(gradient.points.elements)
        return gradient.concentration
    }
}
