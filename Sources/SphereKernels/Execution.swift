#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// How an operation runs: on how many threads and with which instruction set.
///
/// Results do not depend on the thread count, bit for bit. They differ between instruction sets by rounding, within the
/// limits of docs/accuracy.md.
public struct Execution: Sendable, Hashable {
    /// Threads that share the work, 1 or more.
    public var threads: Int {
        didSet { require(threads >= 1, "threads must be 1 or more, found \(threads)") }
    }

    /// The instruction set of the kernels.
    public var instructionSet: InstructionSet {
        didSet { requireAvailable() }
    }

    /// Runs on `threads` threads with `instructionSet`.
    ///
    /// - Parameters:
    ///   - threads: 1 or more; `nil` takes as many as the machine has processors.
    ///   - instructionSet: `nil` takes ``InstructionSet/selected``.
    /// - Precondition: `threads >= 1` and the instruction set is available.
    public init(threads: Int? = nil, instructionSet: InstructionSet? = nil) {
        self.threads = threads ?? Self.processorCount
        self.instructionSet = instructionSet ?? .selected
        require(self.threads >= 1, "threads must be 1 or more, found \(self.threads)")
        requireAvailable()
    }

    private func requireAvailable() {
        require(
            instructionSet.isAvailable,
            "instruction set \(instructionSet) is not available, available: \(InstructionSet.available)")
    }

    /// All processors, the widest instruction set.
    public static var `default`: Execution { Execution() }

    /// Processors that are online.
    public static let processorCount: Int = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}
