public import SphereKernels

/// The sizes of a benchmark's input and how it is run.
public struct BenchmarkSettings: Sendable {
    /// N: points, rows or values.
    public var points: Int
    /// M: seeds, targets of kernel sums, rows of the second operand of all pairs.
    ///
    /// `nil`: a quarter of N for seeds and sums, N for all pairs.
    public var targets: Int?
    /// D, the number of coordinates.
    ///
    /// Exponentials have none and ignore it.
    public var dimension: Int
    /// kappa of the kernel, and of the arguments of exponentials.
    public var concentration: Float
    /// Threads of every contestant but the naive twin, which has one.
    public var threads: Int
    /// The instruction sets that are timed, each a contestant.
    public var instructionSets: [InstructionSet]
    /// How long is timed.
    public var timing: TimingPlan

    /// Settings for N = `points` and D = `dimension`.
    ///
    /// - Precondition: all numbers are positive, every instruction set is available and there is at least one.
    public init(
        points: Int = 4096, targets: Int? = nil, dimension: Int = 16, concentration: Float = 100, threads: Int = 1,
        instructionSets: [InstructionSet] = InstructionSet.available, timing: TimingPlan = TimingPlan()
    ) {
        self.points = points
        self.targets = targets
        self.dimension = dimension
        self.concentration = concentration
        self.threads = threads
        self.instructionSets = instructionSets
        self.timing = timing
        requireValid()
    }

    /// Stops the program on settings that cannot be run; the properties may have changed since `init`.
    func requireValid() {
        require(points >= 1, "points of a benchmark must be 1 or more, found \(points)")
        require(targets ?? 1 >= 1, "targets of a benchmark must be 1 or more, found \(targets ?? 1)")
        require(dimension >= 1, "dimension of a benchmark must be 1 or more, found \(dimension)")
        require(
            concentration > 0 && concentration < .infinity,
            "concentration of a benchmark must be finite and above 0, found \(concentration)")
        require(threads >= 1, "threads of a benchmark must be 1 or more, found \(threads)")
        require(!instructionSets.isEmpty, "a benchmark needs an instruction set, found none")
        for set in instructionSets {
            require(set.isAvailable, "instruction set \(set) is not available, available: \(InstructionSet.available)")
        }
    }
}
