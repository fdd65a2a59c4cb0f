internal import SphereKernels

/// Operations that are benchmarked together, under the name that users type.
public enum BenchmarkFamily: String, CaseIterable, Sendable {
    /// The blurring mean-shift step.
    case step
    /// Mean shift of seeds on fixed points.
    case seeds
    /// Kernel sums.
    case sums
    /// Cosine similarity.
    case cosine
    /// The exponential function.
    case exp
    /// Row norms and normalisation.
    case norms
    /// Matrix products.
    case product

    /// What is measured, in one line.
    public var summary: String {
        switch self {
        case .step: "blurring mean-shift step of N points, 4 N^2 D flops"
        case .seeds: "mean-shift step of M seeds on N points, 4 M N D flops"
        case .sums: "kernel sums at M targets over N points, 2 M N D flops"
        case .cosine: "cosine similarity: paired rows, one to many, all pairs, symmetric; float32 and float64 sums"
        case .exp: "exponentials of N values in [-2 kappa, 0]"
        case .norms: "lengths of N rows, and rows divided by them"
        case .product: "matrix product of N x D and D x M (M = N by default), packed beforehand or not, 2 M N D flops"
        }
    }

    /// Its operations, in the order of the results.
    public var operations: [BenchmarkOperation] {
        switch self {
        case .step: [.step]
        case .seeds: [.seeds]
        case .sums: [.sums]
        case .cosine:
            CosineSimilarity.Accumulation.allCases.flatMap { accumulation -> [BenchmarkOperation] in
                [.paired(accumulation), .oneToMany(accumulation), .allPairs(accumulation), .symmetric(accumulation)]
            }
        case .exp: [.exponential]
        case .norms: [.norms, .normalize]
        case .product: [.product, .packedProduct]
        }
    }

    /// The family called `name`.
    ///
    /// - Throws: ``BenchmarkError/unknownFamily(name:)``.
    public static func named(_ name: String) throws(BenchmarkError) -> BenchmarkFamily {
        guard let family = BenchmarkFamily(rawValue: name) else { throw .unknownFamily(name: name) }
        return family
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
