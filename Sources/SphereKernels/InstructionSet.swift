internal import CInstructionSets

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The instruction sets the kernels are compiled for, narrowest first.
///
/// One is chosen at run time: the widest that the processor and the operating system support, or the one named by the
/// environment variable `SPHERESHIFT_INSTRUCTION_SET` (`baseline`, `avx2` or `avx512`), or, call by call, the one in
/// ``Execution/instructionSet``.
public enum InstructionSet: String, Sendable, CaseIterable, Comparable {
    /// What every processor of the architecture has: SSE2 on x86-64, NEON on arm64.
    case baseline
    /// AVX2 and FMA.
    case avx2
    /// AVX-512 F, BW, CD, DQ and VL (x86-64-v4).
    case avx512

    /// Whether `a` is narrower than `b`.
    public static func < (a: InstructionSet, b: InstructionSet) -> Bool {
        a.order < b.order
    }

    private var order: Int {
        switch self {
        case .baseline: 0
        case .avx2: 1
        case .avx512: 2
        }
    }

    /// Whether this processor and operating system support it and the package was built with it.
    public var isAvailable: Bool {
        Self.available.contains(self)
    }

    /// The instruction sets that can be used here, narrowest first; `baseline` is always among them.
    public static let available: [InstructionSet] = {
        var sets: [InstructionSet] = [.baseline]
        #if canImport(KernelsAVX512)
        let found = sphereshift_instruction_sets()
        if found & UInt32(SPHERESHIFT_AVX2) != 0 { sets.append(.avx2) }
        if found & UInt32(SPHERESHIFT_AVX512) != 0 { sets.append(.avx512) }
        #endif
        return sets
    }()

    /// The widest instruction set that can be used here.
    public static var widest: InstructionSet { available[available.count - 1] }

    /// Name of the environment variable that overrides the choice.
    public static let environmentVariable = "SPHERESHIFT_INSTRUCTION_SET"

    /// What an override asked for that cannot be given.
    public enum SelectionError: Error, Equatable, CustomStringConvertible {
        /// The name is not one of an instruction set.
        case unknown(name: String)
        /// The processor, the operating system or the build lacks it.
        case unavailable(InstructionSet, available: [InstructionSet])

        /// What was asked for and what there is, in one line.
        public var description: String {
            switch self {
            case .unknown(let name):
                let names = InstructionSet.allCases.map(\.rawValue).joined(separator: ", ")
                return "unknown instruction set '\(name)', expected one of \(names)"
            case .unavailable(let set, let available):
                let names = available.map(\.rawValue).joined(separator: ", ")
                return "instruction set '\(set.rawValue)' is not available here, available: \(names)"
            }
        }
    }

    /// The instruction set called `name`, if it can be used here.
    ///
    /// - Throws: ``SelectionError``.
    public static func named(_ name: String) throws(SelectionError) -> InstructionSet {
        guard let set = InstructionSet(rawValue: name) else { throw .unknown(name: name) }
        guard set.isAvailable else { throw .unavailable(set, available: available) }
        return set
    }

    /// The instruction set that kernels use unless told otherwise: the environment's choice, else ``widest``.
    ///
    /// - Throws: ``SelectionError`` if the environment names one that cannot be used.
    public static func fromEnvironment() throws(SelectionError) -> InstructionSet {
        guard let value = getenv(environmentVariable) else { return widest }
        let name = String(cString: value)
        return name.isEmpty ? widest : try named(name)
    }

    /// ``fromEnvironment()``, read once.
    ///
    /// A name that cannot be used stops the program with a message.
    public static let selected: InstructionSet = {
        do {
            return try fromEnvironment()
        } catch {
            fatalError("\(environmentVariable): \(error)")
        }
    }()

    /// The processor's own name, empty where it is not known.
    public static let processorName: String = {
        var name = [CChar](repeating: 0, count: 64)
        sphereshift_processor_name(&name, UInt32(name.count))
        let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self).split(separator: " ").joined(separator: " ")
    }()
}
