internal import CFFTW
internal import Synchronization

/// Memory that FFTW's vector instructions like, all zero at first.
final class FourierMemory: @unchecked Sendable {
    let start: UnsafeMutablePointer<Double>
    let count: Int

    init(count: Int) {
        self.count = count
        start = fftw_alloc_real(max(1, count))
        start.update(repeating: 0, count: count)
    }

    deinit { fftw_free(start) }
}

/// FFTW makes plans one at a time; executing them needs no lock.
private let planner = Mutex(())

/// A plan of FFTW, destroyed with the value that holds it.
final class FourierPlan: @unchecked Sendable {
    let plan: fftw_plan

    init(_ make: () -> fftw_plan?) {
        plan = planner.withLock { _ in make()! }
    }

    deinit { planner.withLock { _ in fftw_destroy_plan(plan) } }
}

/// Transforms of interleaved real sequences to coefficients of cosines or sines, in place.
struct RealTransform: Sendable {
    enum Kind: Sendable {
        /// `y_k = x_0 + (-1)^k x_(n-1) + 2 sum of x_p cos(pi k p / (n - 1))` (REDFT00).
        case cosine
        /// `y_k = 2 sum of x_p sin(pi (k + 1) (p + 1) / (n + 1))` (RODFT00).
        case sine
    }

    private let plan: FourierPlan

    /// - Parameters:
    ///   - count: n.
    ///   - stride: distance of the elements of a sequence.
    ///   - lanes: number of sequences, `laneStride` apart.
    ///   - memory: where it might be executed.
    init(
        _ kind: Kind, count: Int, stride: Int, lanes: Int, laneStride: Int = 1, _ memory: UnsafeMutablePointer<Double>
    ) {
        plan = FourierPlan {
            var (size, kind) = (Int32(count), kind == .cosine ? FFTW_REDFT00 : FFTW_RODFT00)
            return fftw_plan_many_r2r(
                1, &size, Int32(lanes), memory, nil, Int32(stride), Int32(laneStride), memory, nil, Int32(stride),
                Int32(laneStride), &kind, FFTW_ESTIMATE | FFTW_UNALIGNED)
        }
    }

    func execute(_ memory: UnsafeMutablePointer<Double>) { fftw_execute_r2r(plan.plan, memory, memory) }
}

/// Transforms of interleaved real sequences on a circle to complex coefficients, and back.
struct CircleTransform: Sendable {
    private let forward: FourierPlan
    private let backward: FourierPlan

    /// - Parameters:
    ///   - count: n, even.
    ///   - lanes: sequences, whose elements stand side by side.
    init(count: Int, lanes: Int) {
        let real = FourierMemory(count: count * lanes)
        let complex = FourierMemory(count: (count / 2 + 1) * lanes * 2)
        forward = FourierPlan {
            var size = Int32(count)
            return complex.start.withMemoryRebound(to: fftw_complex.self, capacity: complex.count / 2) {
                fftw_plan_many_dft_r2c(
                    1, &size, Int32(lanes), real.start, nil, Int32(lanes), 1, $0, nil, Int32(lanes), 1,
                    FFTW_ESTIMATE | FFTW_UNALIGNED)
            }
        }
        backward = FourierPlan {
            var size = Int32(count)
            return complex.start.withMemoryRebound(to: fftw_complex.self, capacity: complex.count / 2) {
                fftw_plan_many_dft_c2r(
                    1, &size, Int32(lanes), $0, nil, Int32(lanes), 1, real.start, nil, Int32(lanes), 1,
                    FFTW_ESTIMATE | FFTW_UNALIGNED)
            }
        }
    }

    /// `y_m = sum over q of x_q e^(-2 pi i m q / n)`, m = 0...n/2.
    func forward(_ real: UnsafeMutablePointer<Double>, _ complex: UnsafeMutablePointer<Double>) {
        UnsafeMutableRawPointer(complex).withMemoryRebound(to: fftw_complex.self, capacity: 1) {
            fftw_execute_dft_r2c(forward.plan, real, $0)
        }
    }

    /// `x_q = y_0 + 2 Re sum of y_m e^(2 pi i m q / n)`; destroys y.
    func backward(_ complex: UnsafeMutablePointer<Double>, _ real: UnsafeMutablePointer<Double>) {
        UnsafeMutableRawPointer(complex).withMemoryRebound(to: fftw_complex.self, capacity: 1) {
            fftw_execute_dft_c2r(backward.plan, $0, real)
        }
    }
}
