public import SphereKernels

/// How the operations on tensors run.
public enum TensorExecution {
    /// Threads and instruction set of the operations.
    ///
    /// Results do not depend on the number of threads. Set for a piece of the program by `TensorExecution.$current.withValue(Execution(threads: 1)) { ... }`.
    @TaskLocal public static var current: Execution = .default

    /// Whether operations note how to propagate gradients, even of parameters.
    @TaskLocal public static var recordsGradients = true

    /// Calls `body` with nothing being noted for gradients: inference needs less memory.
    public static func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
        try $recordsGradients.withValue(false, operation: body)
    }
}
