import ArgumentParser
import SphereBenchmarking
import SphereFastSummation
import SphereKernels
import SphereRecipes

/// `sphereshift benchmark`: rates of the kernels on this machine.
struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Time the kernels beside their naive twins, as a share of the processor's peak.",
        discussion: """
            Results are verified first, then all contestants (every instruction set and the naive twin) take turns. Useful \
            GFLOP/s count the multiplications and additions of the definition; the peak is that of the same process.

            Families:
            \(BenchmarkFamily.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))
              loops: ten loops of the recurrent layer and their gradient, once, with the peak memory; no naive twin, any n
              summation: a step by fast summation beside exact ones, d at most 3, uniform and clustered points; any n
              training: a training step of the paper's toy network, with 819 and with all 4,096 pixels in a loss

            Examples:
              sphereshift benchmark step -n 4096 -d 16
              sphereshift benchmark cosine -n 2000 -d 64 --threads 2 --json
              sphereshift benchmark loops -n 65536 -d 16 --threads 2
              sphereshift benchmark summation -n 262144 -d 3
              sphereshift benchmark training --threads 2 --json
              sphereshift benchmark
            """)

    @Argument(
        help: ArgumentHelp("What to time (default: every family).", valueName: "family"),
        transform: Subject.init)
    var subject: Subject?

    /// What is timed.
    enum Subject {
        /// A family of kernels.
        case family(BenchmarkFamily)
        /// The loops of the recurrent layer.
        case loops
        /// A step by fast summation.
        case summation
        /// A training step.
        case training

        init(name: String) throws {
            switch name {
            case "loops":
                self = .loops
                return
            case "summation":
                self = .summation
                return
            case "training":
                self = .training
                return
            default: break
            }
            do {
                self = .family(try BenchmarkFamily.named(name))
            } catch {
                throw ValidationError("\(error)")
            }
        }
    }

    private var family: BenchmarkFamily? {
        if case .family(let family) = subject { family } else { nil }
    }

    @Option(name: .customShort("n"), help: ArgumentHelp("Number of points.", valueName: "n"))
    var points = 4096

    @Option(
        name: .customShort("m"),
        help: ArgumentHelp("Number of seeds or targets (default: a quarter of n).", valueName: "m"))
    var targets: Int?

    @Option(name: .customShort("d"), help: ArgumentHelp("Number of coordinates.", valueName: "d"))
    var dimension = 16

    @Option(help: ArgumentHelp("Concentration of the kernel.", valueName: "kappa"))
    var concentration: Float = 100

    @Option(help: ArgumentHelp("Threads.", valueName: "n"))
    var threads = 1

    @Option(help: ArgumentHelp("Only this instruction set: baseline, avx2 or avx512.", valueName: "name"))
    var instructionSet: String?

    @Option(help: ArgumentHelp("Seconds of timing for each operation.", valueName: "s"))
    var seconds = 1.0

    @Option(help: ArgumentHelp("Only this operation of the family.", valueName: "name"))
    var operation: String?

    @Option(
        help: ArgumentHelp(
            """
            Take turns with other programs: verify one operation, write its points.npy, targets.npy and result.npy to \
            this folder, then answer lines on stdin: "sample" with the seconds of one evaluation, "peak" with the \
            multiply-add peak in 10^9 per second.
            """, valueName: "folder"))
    var turns: String?

    @OptionGroup var format: FormatOptions

    func validate() throws {
        func check(_ name: String, _ value: Int?, _ limit: Int) throws {
            if let value, value < 1 || value > limit {
                throw ValidationError("\(name) must be in 1...\(limit), found \(value)")
            }
        }
        try check("-n", points, 1 << 24)
        try check("-m", targets, 1 << 24)
        try check("-d", dimension, 1 << 16)
        try check("--threads", threads, ExecutionOptions.mostThreads)
        let chosen: BenchmarkOperation?
        do {
            if (operation != nil || turns != nil) && family == nil {
                throw ValidationError("--operation and --turns need a family")
            }
            chosen = operation == nil && turns == nil ? nil : try family?.operation(named: operation)
        } catch let error as BenchmarkError {
            throw ValidationError("\(error)")
        }
        // All pairs of the cosine family and products store N x N results.
        if chosen?.storesMatrix ?? (subject == nil || family == .cosine || family == .product) {
            try check("-n (all pairs are stored)", points, 1 << 15)
        }
        if !(concentration > 0 && concentration <= 1e6) {
            throw ValidationError("--concentration must be in (0, 1e6], found \(concentration)")
        }
        if case .summation = subject, dimension > 3 {
            throw ValidationError("-d of fast summation must be in 1...3, found \(dimension)")
        }
        if !(seconds >= 0 && seconds <= 3600) {
            throw ValidationError("--seconds must be in [0, 3600], found \(seconds)")
        }
        do {
            if let instructionSet { _ = try InstructionSet.named(instructionSet) }
        } catch {
            throw ValidationError("--instruction-set: \(error)")
        }
    }

    func run() throws {
        if let warning = MachineCard.current.warning { Terminal.note("sphereshift: warning: \(warning)") }
        if case .training = subject {
            return try TrainingBenchmarkOutput.run(threads: threads, instructionSet: instructionSet, json: format.json)
        }
        if case .loops = subject {
            let benchmark = LoopsBenchmark(
                points: points, dimension: dimension, concentration: Float(concentration))
            return try LoopsBenchmarkOutput.run(
                benchmark, threads: threads, instructionSet: instructionSet, json: format.json)
        }
        if case .summation = subject {
            let benchmark = SummationBenchmark(points: points, dimension: dimension, concentration: concentration)
            return try SummationBenchmarkOutput.run(
                benchmark, threads: threads, instructionSet: instructionSet, json: format.json)
        }
        let settings = BenchmarkSettings(
            points: points, targets: targets, dimension: dimension, concentration: concentration, threads: threads,
            instructionSets: instructionSet.flatMap(InstructionSet.init).map { [$0] } ?? InstructionSet.available,
            timing: TimingPlan(seconds: seconds))
        if let turns {
            let operation = try family!.operation(named: operation)
            return try BenchmarkTurnsServer(BenchmarkTurns(operation, settings), folder: turns).run()
        }
        var rows: [BenchmarkRow] = []
        let families = family.map { [$0] } ?? BenchmarkFamily.allCases
        var bar = ProgressBar("benchmark")
        for (index, family) in families.enumerated() {
            bar.update(index, of: families.count, note: family.rawValue)
            let operations = try operation.map { [try family.operation(named: $0)] } ?? family.operations
            for operation in operations { rows += try operation.run(settings) }
        }
        bar.finish()
        let report = BenchmarkReport(rows)
        print(format.json ? report.json : report.table)
    }
}
