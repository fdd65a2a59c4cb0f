package import SphereKernels

extension Execution {
    /// Runs on one thread (or `threads`) with the instruction set of a test's case.
    package init(for set: InstructionSet, threads: Int = 1) {
        self.init(threads: threads, instructionSet: set)
    }
}
