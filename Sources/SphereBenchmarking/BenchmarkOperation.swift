public import SphereKernels
public import SphereLosses

/// The operations that are timed, with the shape of their result.
public enum BenchmarkOperation: Hashable, Sendable {
    /// One blurring mean-shift step of the points: N x D.
    case step
    /// One blurring mean-shift step of the points and its gradient, given that of the result (the targets): N x D.
    case forwardBackward
    /// One mean-shift step of M seeds on the points, which are set beforehand: M x D.
    case seeds
    /// Kernel sums at M targets, the points set beforehand: M x 1.
    case sums
    /// Cosines of corresponding rows of points and targets (M = N): N x 1.
    case paired(CosineSimilarity.Accumulation)
    /// Cosines of one target (M = 1) with every point: N x 1.
    case oneToMany(CosineSimilarity.Accumulation)
    /// Cosines of every point with every target: N x M.
    case allPairs(CosineSimilarity.Accumulation)
    /// Cosines of the points with one another: N x N.
    case symmetric(CosineSimilarity.Accumulation)
    /// Cosines of every target (default: every point) with its 10 nearest points, nearest first: M x 10.
    case nearestNeighbors
    /// Exponentials of the values kappa (c - 1), c uniform in [-1, 1], the exponents of a kernel: N x 1.
    case exponential
    /// Lengths of the points: N x 1.
    case norms
    /// The points divided by their lengths: N x D.
    case normalize
    /// The product of the points with the transposed targets: N x M.
    case product
    /// The same with the targets packed beforehand: N x M.
    case packedProduct
    /// A convolution of maps of N pixels and D channels to M, or one of its gradients: N x M; of weights a row of M for every element
    /// of the window and every one of D channels.
    ///
    /// The targets are the weights, a row of D for every element of the window and every one of M channels; for the gradient of the
    /// weights that of the output, N x M.
    case convolution(BenchmarkWindow, BenchmarkPass)
    /// Batch normalization of N pixels of D channels by their own statistics, rectified: N x D.
    case normalization
    /// Its gradient, given that of the result (the targets): N x D.
    case normalizationGradient
    /// A pooling or resizing of maps of N pixels and D channels, or its gradient, given that of the result (the targets).
    case mapOperation(BenchmarkMapOperation)
    /// The pair loss of N points in 10 groups and its gradient by one of the conventions: N x D.
    case pairLoss(PairLoss.Gradient)
    /// Two loops of the recurrent layer on the points and their gradient, given that of the result (the targets): N x D.
    case recurrent

    /// The name in the rows of results.
    public var name: String {
        switch self {
        case .step: "step"
        case .forwardBackward: "forward_backward"
        case .seeds: "seeds"
        case .sums: "sums"
        case .paired(let accumulation): "paired_\(accumulation)"
        case .oneToMany(let accumulation): "one_to_many_\(accumulation)"
        case .allPairs(let accumulation): "all_pairs_\(accumulation)"
        case .symmetric(let accumulation): "symmetric_\(accumulation)"
        case .nearestNeighbors: "nearest_neighbors"
        case .exponential: "exponential"
        case .norms: "norms"
        case .normalize: "normalize"
        case .product: "product"
        case .packedProduct: "packed_product"
        case .convolution(let window, let pass): "convolution_\(window.rawValue)_\(pass.rawValue)"
        case .normalization: "batch_normalization"
        case .normalizationGradient: "batch_normalization_gradient"
        case .mapOperation(let operation): operation.rawValue
        case .pairLoss(.exact): "pair_loss"
        case .pairLoss(let gradient): "pair_loss_\(gradient)"
        case .recurrent: "recurrent"
        }
    }

    /// The family it belongs to.
    public var family: BenchmarkFamily {
        switch self {
        case .step: .step
        case .forwardBackward: .gradient
        case .seeds: .seeds
        case .sums: .sums
        case .paired, .oneToMany, .allPairs, .symmetric: .cosine
        case .nearestNeighbors: .neighbors
        case .exponential: .exp
        case .norms, .normalize: .norms
        case .product, .packedProduct: .product
        case .convolution: .convolution
        case .normalization, .normalizationGradient: .normalization
        case .mapOperation: .maps
        case .pairLoss: .pairs
        case .recurrent: .recurrent
        }
    }

    /// Whether the result is an N x M matrix.
    public var storesMatrix: Bool {
        switch self {
        case .allPairs, .symmetric, .product, .packedProduct: true
        default: false
        }
    }

    /// Verifies and times every contestant on one input.
    ///
    /// The result of each contestant is compared with the naive twin's before anything is timed. The peak of each
    /// instruction set is measured right before and right after the contestants.
    ///
    /// - Parameters:
    ///   - settings: the sizes and the time.
    ///   - rivals: the contestants beside the kernels and the naive twin for an input; none for an operation that they
    ///     do not have.
    /// - Returns: the kernels, widest instruction set first, then the rivals, then the naive twin.
    /// - Throws: ``BenchmarkError/wrongResult(operation:contestant:row:error:limit:)``.
    public func run(
        _ settings: BenchmarkSettings = BenchmarkSettings(), rivals: (BenchmarkInput) -> [Contestant] = { _ in [] }
    ) throws(BenchmarkError) -> [BenchmarkRow] {
        settings.requireValid()
        return try benchmarkCase(settings).run(settings, rivals: rivals)
    }

    func benchmarkCase(_ settings: BenchmarkSettings) -> BenchmarkCase {
        switch self {
        case .step: .step(settings)
        case .forwardBackward: .forwardBackward(settings)
        case .seeds: .seeds(settings)
        case .sums: .sums(settings)
        case .paired(let accumulation): .paired(settings, accumulation)
        case .oneToMany(let accumulation): .oneToMany(settings, accumulation)
        case .allPairs(let accumulation): .allPairs(settings, accumulation)
        case .symmetric(let accumulation): .symmetric(settings, accumulation)
        case .nearestNeighbors: .nearestNeighbors(settings)
        case .exponential: .exponential(settings)
        case .norms: .norms(settings)
        case .normalize: .normalize(settings)
        case .product: .product(settings, isPacked: false)
        case .packedProduct: .product(settings, isPacked: true)
        case .convolution(let window, let pass): .convolution(settings, window, pass)
        case .normalization: .normalization(settings, isGradient: false)
        case .normalizationGradient: .normalization(settings, isGradient: true)
        case .mapOperation(let operation): .mapOperation(settings, operation)
        case .pairLoss(let gradient): .pairLoss(settings, gradient)
        case .recurrent: .recurrent(settings)
        }
    }
}
