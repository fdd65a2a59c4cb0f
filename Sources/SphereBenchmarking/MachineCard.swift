public import SphereKernels

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Where figures were measured: without it they mean nothing.
public struct MachineCard: Sendable, Hashable {
    /// The processor's own name, empty where it is not known.
    public let processor: String
    /// Instruction sets that the kernels can use here.
    public let instructionSets: [InstructionSet]
    /// Processors that are online.
    public let processorCount: Int
    /// Operating system, its release and the architecture.
    public let system: String
    /// The Swift compiler that built this module.
    public let compiler: String
    /// Whether this module was built with optimisation.
    ///
    /// The kernels always are, the naive twins are not in a debug build.
    public let isOptimised: Bool

    /// This machine and build.
    public static let current = MachineCard(
        processor: InstructionSet.processorName, instructionSets: InstructionSet.available,
        processorCount: Execution.processorCount, system: systemName, compiler: compilerName,
        isOptimised: !_isDebugAssertConfiguration())

    /// What makes the figures worthless, if anything does: to be shown to the user.
    public var warning: String? {
        isOptimised ? nil : "WARNING: built without optimisation, the times mean nothing (use: swift run -c release)"
    }

    private static var systemName: String {
        var name = utsname()
        guard uname(&name) == 0 else { return "" }
        func text(_ field: Any) -> String {
            let characters = Mirror(reflecting: field).children.lazy.compactMap { $0.value as? CChar }
            return String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        return [text(name.sysname), text(name.release), text(name.machine)].joined(separator: " ")
    }

    /// The compiler tells its version to conditions only.
    private static var compilerName: String {
        #if compiler(>=6.5)
        "Swift 6.5 or newer"
        #elseif compiler(>=6.4)
        "Swift 6.4"
        #elseif compiler(>=6.3)
        "Swift 6.3"
        #else
        "Swift 6.2"
        #endif
    }

    var fields: Fields {
        [
            ("processor", .text(processor)),
            ("instruction_sets", .list(instructionSets.map(\.rawValue))),
            ("processors", .integer(processorCount)),
            ("system", .text(system)),
            ("compiler", .text(compiler)),
            ("build", .text(isOptimised ? "optimised" : "debug")),
        ]
    }
}
