#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Mean-shift steps on the unit sphere with the von Mises-Fisher kernel: points set once, any number of steps and sums.
///
/// For points x_1 ... x_N on the unit sphere of R^D with weights w_j and a concentration kappa, at a target y:
///
///     d(y)  = sum over j of w_j exp(kappa (x_j . y - 1))                                    kernel sum
///     m(y)  = sum over j of w_j exp(kappa (x_j . y - 1)) x_j / d(y)                         weighted mean
///     y'    = ((1 - eta) y + eta m(y)) / |(1 - eta) y + eta m(y)|                           step of size eta
///
/// With y running over the points themselves this is one loop of Gaussian blurring mean shift (``blur``; Kong and Fowlkes,
/// "Recurrent Pixel Embedding for Instance Grouping", CVPR 2018, equation 3); with other targets, seeds climbing on
/// fixed points (``shift``). The N x N matrix of kernel values is never stored: memory is O((N + M) D).
///
/// All packed operands and scratch belong to the plan; a step allocates nothing. Results are the same for every number of
/// threads, bit for bit. Error limits: docs/accuracy.md.
///
/// ## Defined results
/// - A point with NaN or infinity takes no part in any sum. A target with NaN or infinity stays as it is, with the sum NaN.
/// - Kernel values below 2^-126 (an angle of 66 degrees at kappa = 150) count as exactly 0.
/// - A target without any kernel weight around it, or whose step is the zero vector, stays where it is.
/// - The zero vector is a legal point: its cosine with everything is 0.
///
/// Steps take directions, not raw embeddings: normalise rows first (``RowNorms``). Lengths up to 1 + 0.005 are taken as they are.
public struct MeanShiftPlan: ~Copyable {
    /// The most points that fit.
    public let capacity: Int
    /// Number of coordinates of a point.
    public let dimension: Int
    /// Threads and instruction set.
    public let execution: Execution
    /// The number of points that are set.
    public internal(set) var pointCount: Int
    /// Sum of the weights of the points that are set and take part.
    ///
    /// - Complexity: O(N).
    public var totalWeight: Double { (0..<pointCount).reduce(0) { $0 + Double(blocks.weights.start[$1]) } }

    let kernels: KernelTable
    /// The points that are set.
    let blocks: PackedBlocks
    let scratch: StepScratch
    /// What blurring needs beside, made by the first call.
    var symmetricSums: SymmetricSums?
    /// What gradients need beside, made by the first call.
    var gradientSums: GradientSums?

    /// What ``blur(_:weights:concentration:stepSize:into:)`` and its gradient do with tiles of points that are too far apart to matter.
    public enum NegligibleTiles: Sendable, Hashable, CaseIterable {
        /// Evaluates them.
        case evaluate
        /// Skips those that it can prove negligible in the order of the rows.
        case skip
        /// Brings the points into an order by clusters first, in which more are; the order of the results is that of the rows.
        case skipInClusterOrder
    }

    /// What blurring and its gradient do with tiles of points that are too far apart to matter.
    ///
    /// A tile is skipped when bounds prove that all skipped ones together stay below 2^-24 of the sum of every row, half a
    /// unit in the last place: for kappa = 100, blocks of points that are more than about 45 degrees apart. In a gradient they stay
    /// below 2^-24 of the upstream gradient.
    public var negligibleTiles: NegligibleTiles = .skipInClusterOrder

    /// The share of the tiles that the last blurring step or gradient evaluated, 0 to 1.
    public internal(set) var evaluatedShare = 1.0

    /// Memory for at most `capacity` points of `dimension` coordinates.
    ///
    /// The first ``blur(_:weights:concentration:stepSize:into:)`` takes as much again for its sums, 12 N for the order, and up to 16 MiB for bounds;
    /// the first gradient once more.
    ///
    /// - Precondition: `capacity >= 0` and `dimension >= 1`.
    /// - Complexity: about 12 N D + 4 N bytes (D rounded up to full vectors for 4 N D of them), and at most 300 KiB + 400 D bytes
    ///   per thread.
    public init(capacity: Int, dimension: Int, on execution: Execution = .default) {
        require(capacity >= 0, "capacity of a mean-shift plan must be 0 or more, found \(capacity)")
        require(dimension >= 1, "dimension of a mean-shift plan must be 1 or more, found \(dimension)")
        self.capacity = capacity
        self.dimension = dimension
        self.execution = execution
        pointCount = 0
        kernels = execution.instructionSet.kernels
        blocks = PackedBlocks(capacity: capacity, dimension: dimension, kernels)
        scratch = StepScratch(kernels, dimension: dimension, workers: execution.threads)
    }

    // MARK: Points

    /// Makes `points` (N x D, unit rows) with weight 1 each the points of the following steps and sums.
    ///
    /// - Precondition: N <= ``capacity``, D = ``dimension``, no row longer than 1.005.
    /// - Complexity: O(N D).
    public mutating func setPoints(_ points: MatrixView) {
        setPoints(points, weightsAt: nil)
    }

    /// Makes `points` (N x D, unit rows) with the given weights (N, finite, 0 or more) the points of the following steps
    /// and sums.
    ///
    /// - Precondition: as ``setPoints(_:)``, and `weights` has N elements.
    /// - Complexity: O(N D).
    public mutating func setPoints(_ points: MatrixView, weights: Span<Float>) {
        checkWeights(weights, of: points)
        weights.withUnsafeBufferPointer { setPoints(points, weightsAt: $0.baseAddress) }
    }

    func checkWeights(_ weights: Span<Float>, of points: MatrixView) {
        require(weights.count == points.rows, "\(weights.count) weights for \(points.rows) points")
        for i in weights.indices {
            let weight = weights[i]
            require(weight >= 0 && weight < .infinity, "weight \(i) must be finite and 0 or more, found \(weight)")
        }
    }

    mutating func setPoints(_ points: MatrixView, weightsAt weights: UnsafePointer<Float>?) {
        set(points)
        let count = points.rows
        let (blocks, size) = (blocks, kernels.blockRows)
        nonisolated(unsafe) let weights = weights
        withRows(of: points) { rows in
            parallelFor(units: (count + size - 1) / size, threads: execution.threads) { _, block in
                blocks.pack(block: block, rows, count: count, weights: weights)
            }
        }
    }

    /// Notes that `points` are set.
    mutating func set(_ points: MatrixView) {
        require(
            points.columns == dimension, "points of dimension \(points.columns) for a plan of dimension \(dimension)")
        require(points.rows <= capacity, "\(points.rows) points for a plan of capacity \(capacity)")
        pointCount = points.rows
    }

    /// Stops the program if `step` does not fit `targets`.
    func requireResult(_ step: MeanShiftStep, of targets: MatrixView, _ stepSize: Float) {
        require(
            step.shifted.rows == targets.rows && step.shifted.columns == targets.columns,
            "targets of \(targets.rows) x \(targets.columns) shifted into "
                + "\(step.shifted.rows) x \(step.shifted.columns)")
        require(
            step.sums.count == targets.rows && step.lengths.count == targets.rows,
            "\(step.sums.count) sums and \(step.lengths.count) lengths for \(targets.rows) targets")
        require(stepSize > 0 && stepSize <= 1, "step size must be in (0, 1], found \(stepSize)")
    }

    /// kappa / ln 2, the factor from a cosine to a power of two.
    func exponentScale(_ concentration: Float) -> Float {
        require(
            concentration >= 0 && concentration <= Self.largestConcentration,
            "concentration must be in 0...\(Self.largestConcentration), found \(concentration)")
        return Float(Double(concentration) * 1.4426950408889634)
    }

    /// The largest concentration of a step or sum: 5e6.
    ///
    /// Far above what float32 cosines can resolve: neighbouring ones differ by a factor of 1.35 in the kernel there.
    public static let largestConcentration: Float = 5e6

    /// What the kernels' sums have to be multiplied with: they evaluate the kernel times 2^(s - s') for an integer s'
    /// (KernelSource/KernelValue.swift), which cancels in every mean.
    func kernelUnit(_ scale: Float) -> Float {
        Float(exp2(Double(scale.rounded(.toNearestOrEven)) - Double(scale)))
    }
}
