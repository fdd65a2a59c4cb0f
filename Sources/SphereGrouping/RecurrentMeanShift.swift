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
public final class RecurrentMeanShift: Module {
    /// T, 0 or more.
    public let loops: Int
    /// eta, in (0, 1].
    public let stepSize: Float
    /// log kappa, one element; trainable if the concentration is learned.
    public let logConcentration: Parameter
    private var storage: PlanStorage?

    /// A layer of `loops` loops.
    ///
    /// - Parameters:
    ///   - concentration: kappa at the start, more than 0 and at most ``MeanShiftPlan/largestConcentration``; 100 is the bandwidth
    ///     h = 0.1 of the released code (kappa = 1 / h^2).
    ///   - learnsConcentration: whether log kappa is a trainable parameter.
    ///   - stepSize: eta, in (0, 1].
    /// - Precondition: the ranges above.
    public init(loops: Int = 5, concentration: Float = 100, learnsConcentration: Bool = false, stepSize: Float = 1) {
        require(loops >= 0, "the number of loops must be 0 or more, found \(loops)")
        require(
            concentration > 0 && concentration <= MeanShiftPlan.largestConcentration,
            "concentration must be in (0, \(MeanShiftPlan.largestConcentration)], found \(concentration)")
        require(stepSize > 0 && stepSize <= 1, "step size must be in (0, 1], found \(stepSize)")
        self.loops = loops
        self.stepSize = stepSize
        logConcentration = Parameter(
            shape: [1], elements: [Float(log(Double(concentration)))], isTrainable: learnsConcentration)
    }

    /// kappa as it is now.
    public var concentration: Float { Float(exp(Double(logConcentration.elements[0]))) }

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
        let concentration = Float(exp(Double(logConcentration.scalar)))
        let stepSize = stepSize
        let storage = plan(rows: rows, dimension: dimension)
        let result = TensorMemory(count: points.count)
        var sums: [[Float]] = []
        var lengths: [[Float]] = []
        let source = points.memory
        for image in 0..<images {
            storage.blur(
                source, image: image, concentration: concentration, stepSize: stepSize, into: result)
            sums.append(storage.step.sums)
            lengths.append(storage.step.lengths)
        }
        let saved = points.saved
        let shifted = Tensor(shape: points.shape, memory: result).saved
        return Tensor.operation([points, logConcentration], shape: points.shape, memory: result) { pass in
            var slope = 0.0
            let gradient = TensorMemory(count: saved.memory.count)
            for image in 0..<images {
                storage.step.sums = sums[image]
                storage.step.lengths = lengths[image]
                slope += storage.gradient(
                    from: saved.memory, to: shifted.memory, upstream: pass.upstream, image: image,
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

/// A mean-shift plan with the results of its steps and gradients, whose memory all loops and images share.
private final class PlanStorage {
    private var plan: MeanShiftPlan
    var step: MeanShiftStep
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
        _ points: TensorMemory, image: Int, concentration: Float, stepSize: Float, into result: TensorMemory
    ) {
        let range = range(image)
        let view = MatrixView(points.span.extracting(range), rows: rows, columns: dimension)
        plan.blur(view, concentration: concentration, stepSize: stepSize, into: &step)
        result.withMutableSpan { target in
            let shifted = step.shifted.elements
            for i in shifted.indices { target[range.lowerBound + i] = shifted[i] }
        }
    }

    /// Writes dL/dx of one image and returns its part of dL/dkappa.
    ///
    /// ``step`` has the sums and lengths of the image.
    func gradient(
        from points: TensorMemory, to shifted: TensorMemory, upstream: TensorMemory, image: Int, concentration: Float,
        stepSize: Float, into result: TensorMemory
    ) -> Double {
        let range = range(image)
        let rowsAfter = shifted.span.extracting(range)
        step.shifted = Matrix(rows: rows, columns: dimension, elements: rowsAfter.indices.map { rowsAfter[$0] })
        plan.gradient(
            of: step, from: MatrixView(points.span.extracting(range), rows: rows, columns: dimension),
            concentration: concentration, stepSize: stepSize,
            upstream: MatrixView(upstream.span.extracting(range), rows: rows, columns: dimension), into: &gradient)
        result.withMutableSpan { target in
            let points = gradient.points.elements
            for i in points.indices { target[range.lowerBound + i] = points[i] }
        }
        return gradient.concentration
    }
}
