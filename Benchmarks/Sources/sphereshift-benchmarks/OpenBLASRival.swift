import Glibc
import SphereBenchmarking
import SphereKernels

/// OpenBLAS as a contestant for matrix products, where the machine has it: loaded at run time, so that nothing depends on it.
///
/// It chooses its kernels by the processor; OPENBLAS_CORETYPE overrides that (Zen, SkylakeX, Cooperlake ...).
enum OpenBLASRival {
    private typealias Product =
        @convention(c) (
            Int32, Int32, Int32, Int32, Int32, Int32, Float, UnsafePointer<Float>, Int32, UnsafePointer<Float>, Int32,
            Float,
            UnsafeMutablePointer<Float>, Int32
        ) -> Void
    private typealias SetThreads = @convention(c) (Int32) -> Void
    private typealias CoreName = @convention(c) () -> UnsafePointer<CChar>

    private struct Library {
        let product: Product
        let setThreads: SetThreads
        let core: String
    }

    private static let library: Library? = {
        guard let handle = dlopen("libopenblas.so.0", RTLD_NOW), let product = dlsym(handle, "cblas_sgemm"),
            let setThreads = dlsym(handle, "openblas_set_num_threads"),
            let core = dlsym(handle, "openblas_get_corename")
        else { return nil }
        return Library(
            product: unsafeBitCast(product, to: Product.self),
            setThreads: unsafeBitCast(setThreads, to: SetThreads.self),
            core: String(cString: unsafeBitCast(core, to: CoreName.self)()))
    }()

    /// What was loaded, for the head of result files.
    static var description: String { library.map { "OpenBLAS, core \($0.core)" } ?? "no OpenBLAS on this machine" }

    /// OpenBLAS on `input`; none where it has no counterpart or is missing.
    static func contestants(for input: BenchmarkInput) -> [Contestant] {
        guard let library, [.product, .packedProduct].contains(input.operation) else { return [] }
        let (a, b) = (input.points.elements, input.targets.elements)
        let (n, m, d) = (Int32(input.points.rows), Int32(input.targets.rows), Int32(input.points.columns))
        return [
            Contestant(name: "openblas", tolerance: 2) {
                library.setThreads(Int32(input.threads))
                input.output.update { result in
                    var result = result.mutableView
                    result.elements.withUnsafeMutableBufferPointer {
                        // 101: row-major; 111 and 112: as it is and transposed.
                        library.product(101, 111, 112, n, m, d, 1, a, d, b, d, 0, $0.baseAddress!, m)
                    }
                }
            }
        ]
    }
}
