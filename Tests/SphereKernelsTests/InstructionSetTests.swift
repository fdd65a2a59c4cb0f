import SphereKernels
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite("Instruction sets") struct InstructionSetTests {
    @Test("are ordered, and the baseline is always available")
    func order() {
        #expect(InstructionSet.available.first == .baseline)
        #expect(InstructionSet.available == InstructionSet.available.sorted())
        #expect(InstructionSet.available.contains(.selected))
        #expect(InstructionSet.widest == InstructionSet.available.max())
    }

    // The tests of the kernels run with every available instruction set; a missing one shows here as skipped.

    @Test("include avx2, whose kernels are tested", .enabled(if: InstructionSet.avx2.isAvailable, "no avx2 here"))
    func avx2() {
        #expect(Execution(for: .avx2).instructionSet == .avx2)
    }

    @Test("include avx512, whose kernels are tested", .enabled(if: InstructionSet.avx512.isAvailable, "no avx512 here"))
    func avx512() {
        #expect(Execution(for: .avx512).instructionSet == .avx512)
    }

    @Test("are found by name, and unknown or missing ones are named in the error")
    func names() throws {
        #expect(try InstructionSet.named("baseline") == .baseline)
        #expect(throws: InstructionSet.SelectionError.unknown(name: "sse9")) { try InstructionSet.named("sse9") }
        for set in InstructionSet.allCases where !set.isAvailable {
            #expect(throws: InstructionSet.SelectionError.self) { try InstructionSet.named(set.rawValue) }
        }
        #expect("\(InstructionSet.SelectionError.unknown(name: "sse9"))".contains("'sse9', expected one of baseline"))
    }

    @Test("can be chosen by the environment")
    func environment() async {
        await #expect(processExitsWith: .success) {
            setenv(InstructionSet.environmentVariable, "baseline", 1)
            guard InstructionSet.selected == .baseline else { fatalError("not chosen") }
            guard Execution().instructionSet == .baseline else { fatalError("not used") }
        }
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            setenv(InstructionSet.environmentVariable, "mmx", 1)
            _ = InstructionSet.selected
        }
        #expect(messages(of: result).contains("SPHERESHIFT_INSTRUCTION_SET: unknown instruction set 'mmx'"))
    }

    @Test("reach a positive peak, more with wider vectors")
    func peak() {
        let rates = InstructionSet.available.map { FloatingPointPeak.measure($0, repetitions: 3) }
        // A rate that a loop which was optimised away or not run could not have: 0.1 to 1000 GFLOP/s.
        #expect(rates.allSatisfy { $0 > 1e8 && $0 < 1e12 } || keepsToSmallSizes)
    }

    @Test("trap when 0 threads are asked for")
    func noThreads() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Execution(threads: 0)
        }
        #expect(messages(of: result).contains("threads must be 1 or more, found 0"))
    }
}
