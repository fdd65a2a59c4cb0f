import SphereBenchmarking
import SphereKernels

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

    /// Pixels, outputs and inputs of layers: the toy network's first and last stage on one map, and ResNet-50's last but one.
    private static let layers: [(pixels: Int, outputs: Int, inputs: Int)] = [
        (4096, 16, 16), (4096, 128, 128), (4096, 256, 256),
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
        if family == .convolution || family == .normalization || family == .maps {
            return layers.map {
                BenchmarkSettings(
                    points: $0.pixels, targets: $0.outputs, dimension: $0.inputs, threads: threads, timing: timing)
            }
        }
        guard family == .exp else {
            return sizes.filter { $0.points <= largestSize(of: family) }.map {
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

    /// N = 1 to 20000 in steps of a tenth of a decade, with powers of two and their neighbours: a plot of the times shows
    /// where one size costs more than those around it.
    static func sweep(
        of family: BenchmarkFamily
    ) -> [(settings: BenchmarkSettings, operations: [BenchmarkOperation])] {
        let tenths = [1.0, 1.26, 1.58, 2, 2.51, 3.16, 3.98, 5.01, 6.31, 7.94]
        let steps = [1.0, 10, 100, 1000, 10_000].flatMap { decade in tenths.map { Int(($0 * decade).rounded()) } }
        let powers = [64, 256, 1024, 4096].flatMap { [$0 - 1, $0, $0 + 1] } + [8192, 16_384, 20_000]
        return Set(steps + powers).filter { $0 <= min(20_000, largestSize(of: family)) }.sorted().map { points in
            let timing = TimingPlan(seconds: 0.2, minimumRounds: 3, naiveSeconds: 0.05)
            let settings = BenchmarkSettings(
                points: points, dimension: 16, threads: 1, instructionSets: [.widest], timing: timing)
            return (settings, family.operations.filter { points <= largestMatrix || !$0.storesMatrix })
        }
    }

    /// N up to which a family is measured: naive gradients have no part that could stand for the whole, and all of one takes a
    /// minute at 16384; the recurrent layer's goes through two loops.
    private static func largestSize(of family: BenchmarkFamily) -> Int {
        switch family {
        case .gradient, .pairs: 4096
        case .recurrent: 1024
        default: .max
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
