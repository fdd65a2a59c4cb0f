internal import SphereKernels
internal import SphereLosses

/// Operations that are benchmarked together, under the name that users type.
public enum BenchmarkFamily: String, CaseIterable, Sendable {
    /// The blurring mean-shift step.
    case step
    /// The blurring mean-shift step and its gradient.
    case gradient
    /// Mean shift of seeds on fixed points.
    case seeds
    /// Kernel sums.
    case sums
    /// Cosine similarity.
    case cosine
    /// Nearest neighbours by cosine, which store no matrix of cosines and run where that would not fit.
    case neighbors
    /// The exponential function.
    case exp
    /// Row norms and normalisation.
    case norms
    /// Matrix products.
    case product
    /// Convolutions and their gradients.
    case convolution
    /// Batch normalization and its gradient.
    case normalization
    /// Pooling and resizing of maps, and their gradients.
    case maps
    /// The pair loss and its gradient.
    case pairs
    /// The recurrent layer, forward and backward.
    case recurrent

    /// What is measured, in one line.
    public var summary: String {
        switch self {
        case .step: "blurring mean-shift step of N points, 4 N^2 D flops"
        case .gradient: "blurring step of N points and its gradient, counted as 4 N^2 D flops like the step alone"
        case .seeds: "mean-shift step of M seeds on N points, 4 M N D flops"
        case .sums: "kernel sums at M targets over N points, 2 M N D flops"
        case .cosine: "cosine similarity: paired rows, one to many, all pairs, symmetric; float32 and float64 sums"
        case .neighbors: "10 nearest neighbors by cosine of M rows (default: the points) among N points, 2 M N D flops"
        case .exp: "exponentials of N values in [-2 kappa, 0]"
        case .norms: "lengths of N rows, and rows divided by them"
        case .product: "matrix product of N x D and D x M (M = N by default), packed beforehand or not, 2 M N D flops"
        case .convolution:
            "convolutions of N pixels of D channels to M (default: D), and gradients; 64 x 64 maps if they divide N"
        case .normalization: "batch normalization and rectifier of N pixels of D channels, and gradient"
        case .maps: "3 x 3 pooling of stride 2 and twofold bilinear resizing of N pixels of D channels, and gradients"
        case .pairs: "pair loss of N points in 10 groups and its gradients, all pairs, 4 N^2 D flops"
        case .recurrent:
            "2 loops of the recurrent layer and their gradient, counted as 8 N^2 D flops like the loops alone"
        }
    }

    /// Its operations, in the order of the results.
    public var operations: [BenchmarkOperation] {
        switch self {
        case .step: [.step]
        case .gradient: [.forwardBackward]
        case .seeds: [.seeds]
        case .sums: [.sums]
        case .cosine:
            CosineSimilarity.Accumulation.allCases.flatMap { accumulation -> [BenchmarkOperation] in
                [.paired(accumulation), .oneToMany(accumulation), .allPairs(accumulation), .symmetric(accumulation)]
            }
        case .neighbors: [.nearestNeighbors]
        case .exp: [.exponential]
        case .norms: [.norms, .normalize]
        case .product: [.product, .packedProduct]
        case .convolution:
            BenchmarkWindow.allCases.flatMap { window in BenchmarkPass.allCases.map { .convolution(window, $0) } }
        case .normalization: [.normalization, .normalizationGradient]
        case .maps: BenchmarkMapOperation.allCases.map { .mapOperation($0) }
        case .pairs: PairLoss.Gradient.allCases.map { .pairLoss($0) }
        case .recurrent: [.recurrent]
        }
    }

    /// The family called `name`.
    ///
    /// - Throws: ``BenchmarkError/unknownFamily(name:)``.
    public static func named(_ name: String) throws(BenchmarkError) -> BenchmarkFamily {
        guard let family = BenchmarkFamily(rawValue: name) else { throw .unknownFamily(name: name) }
        return family
    }

    /// The operation called `name` (``BenchmarkOperation/name``), or the only one if there is no name.
    ///
    /// - Throws: ``BenchmarkError/unknownOperation(name:family:)``.
    public func operation(named name: String?) throws(BenchmarkError) -> BenchmarkOperation {
        let found = operations.filter { name == nil || $0.name == name }
        guard found.count == 1 else { throw .unknownOperation(name: name ?? "", family: self) }
        return found[0]
    }

    /// Runs its operations one after the other, see ``BenchmarkOperation/run(_:rivals:)``.
    ///
    /// - Throws: ``BenchmarkError/wrongResult(operation:contestant:row:error:limit:)``.
    public func run(
        _ settings: BenchmarkSettings = BenchmarkSettings(), rivals: (BenchmarkInput) -> [Contestant] = { _ in [] }
    ) throws(BenchmarkError) -> [BenchmarkRow] {
        var rows: [BenchmarkRow] = []
        for operation in operations { rows += try operation.run(settings, rivals: rivals) }
        return rows
    }
}
