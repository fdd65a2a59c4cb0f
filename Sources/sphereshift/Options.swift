import ArgumentParser
import SphereGrouping
import SphereKernels
import SphereTheory

/// How a command runs.
struct ExecutionOptions: ParsableArguments {
    /// Every thread has memory of its own.
    static let mostThreads = 1024

    @Option(help: ArgumentHelp("Threads to use (default: all processors).", valueName: "n"))
    var threads: Int?

    @Option(
        help: ArgumentHelp("Instruction set: baseline, avx2 or avx512 (default: the widest here).", valueName: "name"))
    var instructionSet: String?

    func validate() throws {
        if let threads, !(1...Self.mostThreads).contains(threads) {
            throw ValidationError("--threads must be in 1...\(Self.mostThreads), found \(threads)")
        }
        do {
            if let instructionSet { _ = try InstructionSet.named(instructionSet) }
        } catch {
            throw ValidationError("--instruction-set: \(error)")
        }
    }

    var execution: Execution {
        Execution(threads: threads, instructionSet: instructionSet.flatMap(InstructionSet.init))
    }
}

/// The form of the results.
struct FormatOptions: ParsableArguments {
    @Flag(help: "Print the result as JSON.")
    var json = false
}

/// The kernel's width, in one of its names.
struct ConcentrationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Concentration kappa of the kernel exp(kappa (cos - 1)), or auto: from the angles between neighbours (default).",
            valueName: "kappa|auto"))
    var concentration: String?

    @Option(help: ArgumentHelp("Bandwidth h instead: kappa = 1 / h^2.", valueName: "h"))
    var bandwidth: Double?

    @Option(help: ArgumentHelp("Margin alpha of the loss instead: kappa = 3 / (1 - alpha).", valueName: "alpha"))
    var margin: Double?

    func validate() throws {
        if [concentration != nil, bandwidth != nil, margin != nil].filter({ $0 }).count > 1 {
            throw ValidationError("give one of --concentration, --bandwidth and --margin, they name the same number")
        }
        if let concentration, concentration != "auto" {
            guard let value = Double(concentration), value >= 1e-6, value <= 1e6 else {
                throw ValidationError(
                    "--concentration must be auto or a number in [1e-6, 1e6], found '\(concentration)'")
            }
        }
        if let bandwidth, !(bandwidth >= 1e-3 && bandwidth <= 1e3) {
            throw ValidationError("--bandwidth must be in [0.001, 1000], found \(bandwidth)")
        }
        if let margin, !(margin >= 0 && margin <= 0.999999) {
            throw ValidationError("--margin must be in [0, 0.999999], found \(margin)")
        }
    }

    /// What was asked for, `nil` if nothing was.
    var choice: ConcentrationChoice? {
        if let bandwidth { return .bandwidth(bandwidth) }
        if let margin { return .margin(margin) }
        guard let concentration else { return nil }
        return Double(concentration).map { .fixed(Concentration($0)) } ?? .automatic
    }
}

/// When to stop.
struct IterationOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Make this many iterations.", valueName: "t"))
    var iterations: Int?

    @Flag(help: "Iterate until the groups have collapsed, at most 100 times (default).")
    var untilConverged = false

    @Option(
        help: ArgumentHelp("How far a point moves towards the mean of its neighbours, in (0, 1].", valueName: "eta"))
    var stepSize: Float = 1

    func validate() throws {
        if let iterations, iterations < 0 {
            throw ValidationError("--iterations must be 0 or more, found \(iterations)")
        }
        if iterations != nil && untilConverged {
            throw ValidationError("give one of --iterations and --until-converged")
        }
        if !(stepSize > 0 && stepSize <= 1) {
            throw ValidationError("--step-size must be in (0, 1], found \(stepSize)")
        }
    }

    var rule: MeanShift.Iterations {
        iterations.map { .count($0) } ?? .untilConverged()
    }
}

/// How groups are read off.
struct ReadOutOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Shifted points with at least this cosine are in one group (default: that of one bandwidth).",
            valueName: "c"))
    var mergeCosine: Double?

    @Option(
        help: ArgumentHelp(
            "Lower concentration at which groups that meet, weighted by their sizes, become one (default: none do).",
            valueName: "kappa"))
    var coarseConcentration: Double?

    @Option(
        help: ArgumentHelp(
            "Groups of fewer points are small (default: fragments far smaller than the others join the nearest).",
            valueName: "n"))
    var minimumSize: Int?

    @Option(help: ArgumentHelp("What happens to groups below --minimum-size.", valueName: "join|unlabelled"))
    var smallGroups: SmallGroupRule = .join

    @Flag(help: "Keep every group, however small.")
    var keepFragments = false

    enum SmallGroupRule: String, ExpressibleByArgument, CaseIterable {
        case join
        case unlabelled
    }

    func validate() throws {
        if let mergeCosine, !(mergeCosine >= -1 && mergeCosine <= 1) {
            throw ValidationError("--merge-cosine must be in [-1, 1], found \(mergeCosine)")
        }
        if let coarseConcentration,
            !(coarseConcentration >= 1e-6 && coarseConcentration <= Double(MeanShiftPlan.largestConcentration))
        {
            throw ValidationError(
                "--coarse-concentration must be in [1e-6, \(MeanShiftPlan.largestConcentration)], found \(coarseConcentration)"
            )
        }
        if let minimumSize, minimumSize < 1 {
            throw ValidationError("--minimum-size must be 1 or more, found \(minimumSize)")
        }
        if keepFragments && minimumSize != nil {
            throw ValidationError("give one of --keep-fragments and --minimum-size")
        }
        if smallGroups == .unlabelled && minimumSize == nil {
            throw ValidationError("--small-groups unlabelled needs --minimum-size")
        }
    }

    var readOut: ReadOut {
        let rule: ReadOut.SmallGroups =
            switch (minimumSize, smallGroups) {
            case (nil, _): keepFragments ? .keep : .joinFragments
            case (let size?, .join): .join(fewerThan: size)
            case (let size?, .unlabelled): .unlabelled(fewerThan: size)
            }
        return ReadOut(
            mergeCosine: mergeCosine, coarseConcentration: coarseConcentration.map { Concentration($0) },
            smallGroups: rule)
    }
}
