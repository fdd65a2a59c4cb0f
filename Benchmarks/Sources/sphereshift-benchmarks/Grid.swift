import SphereBenchmarking

/// The inputs that are measured.
enum Grid {
    /// The inputs of `family` for one number of threads, each with the operations that run on it.
    static func inputs(
        of family: BenchmarkFamily, threads: Int, timing: TimingPlan
    ) -> [(settings: BenchmarkSettings, operations: [BenchmarkOperation])] {
        settings(of: family, threads: threads, timing: timing).map { settings in
            (settings, family.operations.filter { settings.points <= largestMatrix || !$0.storesMatrix })
        }
    }

    /// N up to which N x N results are computed: one of 16384 x 16384 would take 1 GiB.
    private static let largestMatrix = 4096

    /// Square, and with one size of 16 or 64 or those of a convolution: 9, 27 and 288 products into 32 and 48 channels.
    private static let products: [(rows: Int, columns: Int, inner: Int)] = [
        (1024, 1024, 1024), (4096, 4096, 16), (4096, 4096, 64), (4096, 16, 4096), (4096, 64, 4096), (16, 4096, 4096),
        (64, 4096, 4096), (4096, 32, 9), (4096, 48, 27), (4096, 32, 288), (4096, 9, 4096),
    ]

    /// The dimensions of the paper's embeddings and their neighbours at one N, and other N at the middle one of them.
    private static let sizes: [(points: Int, dimension: Int)] =
        [3, 8, 16, 32, 64].map { (4096, $0) } + [(1024, 16), (16_384, 16)]

    private static func settings(
        of family: BenchmarkFamily, threads: Int, timing: TimingPlan
    ) -> [BenchmarkSettings] {
        if family == .product {
            return products.map {
                BenchmarkSettings(
                    points: $0.rows, targets: $0.columns, dimension: $0.inner, threads: threads, timing: timing)
            }
        }
        guard family == .exp else {
            return sizes.map {
                BenchmarkSettings(points: $0.points, dimension: $0.dimension, threads: threads, timing: timing)
            }
        }
        // Values and results in the first-level cache, in the second, and beyond; few and most of them counting as 0.
        return [Float(10), 100].flatMap { concentration in
            [4096, 65_536, 1_048_576].map {
                BenchmarkSettings(points: $0, concentration: concentration, threads: threads, timing: timing)
            }
        }
    }

    /// Small inputs whose sizes are no multiple of anything: they prove that all contestants build, agree and run.
    static func quickInputs(
        of family: BenchmarkFamily, threads: Int
    ) -> [(settings: BenchmarkSettings, operations: [BenchmarkOperation])] {
        [3, 17].map { dimension in
            (BenchmarkSettings(points: 299, dimension: dimension, threads: threads, timing: .quick), family.operations)
        }
    }
}

extension BenchmarkOperation {
    /// Whether the result is an N x M matrix.
    fileprivate var storesMatrix: Bool {
        switch self {
        case .allPairs, .symmetric, .product, .packedProduct: true
        default: false
        }
    }
}
