import EigenRivals
import SphereBenchmarking
import SphereKernels

/// Eigen (C++) as a contestant, with threads and scratch memory that live as long as the contestant.
final class EigenRival {
    /// Versions and vector instructions, for the head of result files.
    static var description: String { String(cString: eigen_rivals_description()) + ", flags -O3 -march=native" }

    /// How many times the kernels' error limit Eigen may be off.
    ///
    /// Its exponential (3.4, AVX-512) was found right to 1.4 ulp down to -20 and 4.5 ulp down to -87.3, where the
    /// kernels keep to 1; elsewhere twice the limit leaves room for another order of sums.
    private static func tolerance(in operation: BenchmarkOperation) -> Double {
        operation == .exponential ? 5 : 2
    }

    private let context: OpaquePointer

    private init(threads: Int) {
        context = eigen_rivals_create(threads)
    }

    deinit {
        eigen_rivals_destroy(context)
    }

    /// Eigen on `input`; none where it has no counterpart (float32 products summed in float64, nearest neighbours).
    static func contestants(for input: BenchmarkInput) -> [Contestant] {
        var contestants: [Contestant] = []
        if let evaluate = evaluation(of: input) {
            contestants.append(contestant("eigen", input, evaluate))
        }
        if input.operation == .step {
            let (points, n, d) = (input.points.elements, input.points.rows, input.points.columns)
            let sums = Scratch(count: n)
            contestants.append(
                contestant("eigen-row-blocks", input) {
                    eigen_rivals_mean_shift_row_blocks(
                        $0, points, n, points, n, d, input.concentration!, $1, sums.start)
                })
        }
        return contestants
    }

    private static func contestant(
        _ name: String, _ input: BenchmarkInput, _ evaluate: @escaping Evaluation
    ) -> Contestant {
        let rival = EigenRival(threads: input.threads)
        return Contestant(name: name, tolerance: tolerance(in: input.operation)) {
            input.output.update { result in
                var result = result.mutableView
                result.elements.withUnsafeMutableBufferPointer { evaluate(rival.context, $0.baseAddress!) }
            }
        }
    }

    private typealias Evaluation = (_ context: OpaquePointer, _ result: UnsafeMutablePointer<Float>) -> Void

    private static func evaluation(of input: BenchmarkInput) -> Evaluation? {
        let (points, targets) = (input.points.elements, input.targets.elements)
        let (n, m, d) = (input.points.rows, input.targets.rows, input.points.columns)
        switch input.operation {
        case .step:
            let sums = Scratch(count: n)
            return { eigen_rivals_mean_shift($0, points, n, points, n, d, input.concentration!, $1, sums.start) }
        case .seeds:
            let sums = Scratch(count: m)
            return { eigen_rivals_mean_shift($0, targets, m, points, n, d, input.concentration!, $1, sums.start) }
        case .sums:
            return { eigen_rivals_kernel_sums($0, targets, m, points, n, d, input.concentration!, $1) }
        case .paired(.float32):
            return { eigen_rivals_paired_cosines($0, points, targets, n, d, $1) }
        case .oneToMany(.float32):
            return { eigen_rivals_one_to_many_cosines($0, targets, points, n, d, $1) }
        case .allPairs(.float32):
            return { eigen_rivals_all_pairs_cosines($0, points, n, targets, m, d, $1) }
        case .symmetric(.float32):
            return { eigen_rivals_all_pairs_cosines($0, points, n, points, n, d, $1) }
        case .exponential:
            return { eigen_rivals_exponential($0, points, n, $1) }
        case .norms:
            return { eigen_rivals_norms($0, points, n, d, $1) }
        case .normalize:
            return { eigen_rivals_normalize($0, points, n, d, $1) }
        case .product, .packedProduct:
            return { eigen_rivals_product($0, points, n, targets, m, d, $1) }
        case .forwardBackward, .paired(.float64), .oneToMany(.float64), .allPairs(.float64), .symmetric(.float64),
            .nearestNeighbors, .convolution, .normalization, .normalizationGradient, .mapOperation, .pairLoss,
            .recurrent:
            return nil
        }
    }
}

/// Memory for a result that is computed but not compared.
private final class Scratch {
    let start: UnsafeMutablePointer<Float>

    init(count: Int) {
        start = .allocate(capacity: count)
    }

    deinit {
        start.deallocate()
    }
}
