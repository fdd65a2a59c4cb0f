import ArgumentParser
import Foundation
import SphereBenchmarking
import SphereKernels

/// The program.
@main
struct SphereShiftBenchmarks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sphereshift-benchmarks", abstract: "Benchmarks of the kernels, and figures of their results.",
        subcommands: [RunCommand.self, PlotCommand.self], defaultSubcommand: RunCommand.self)
}

/// Runs the benchmark families against Eigen.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Times the kernels against Eigen and the naive twins.",
        discussion: """
            Prints a table per family and writes FAMILY.csv to the output folder. Run it from the folder of the main \
            package, on a machine that does nothing else:
              swift run --package-path Benchmarks -c release sphereshift-benchmarks
              swift run --package-path Benchmarks -c release sphereshift-benchmarks --families step,cosine --threads 1
              swift run --package-path Benchmarks -c release sphereshift-benchmarks --sizes
              swift run --package-path Benchmarks sphereshift-benchmarks --quick
            """)

    @Option(help: "Families to run, separated by commas: \(Self.allFamilies). Default: all.")
    var families: String?

    @Option(help: "Numbers of threads, separated by commas. Default: 1,2, or 1 on a single processor.")
    var threads: String?

    @Option(help: "Seconds for the rounds of one input.")
    var seconds: Double = 1

    @Option(help: "Folder for the CSV files. Default: Benchmarks/results; none with --quick.")
    var output: String?

    @Option(help: "A line for the head of the CSV files, such as the commit. May be repeated.")
    var note: [String] = []

    @Flag(help: "Instead of the families' inputs N = 1 to 20000 at D = 16, one thread; default family: step.")
    var sizes = false

    @Flag(help: "Small inputs, hardly timed: proves that everything builds, agrees and runs.")
    var quick = false

    private static let allFamilies = BenchmarkFamily.allCases.map(\.rawValue).joined(separator: ",")

    func validate() throws {
        _ = try chosenFamilies
        _ = try chosenThreads
        guard seconds >= 0 && seconds.isFinite else {
            throw ValidationError("--seconds must be 0 or more, found \(seconds)")
        }
        if let warning = MachineCard.current.warning, !quick { throw ValidationError(warning) }
    }

    func run() throws {
        let notes = note + ["rival: \(EigenRival.description)", "rival: \(OpenBLASRival.description)"]
        for family in try chosenFamilies {
            let report = BenchmarkReport(try sizes ? sweep(family) : rows(of: family), notes: notes)
            print("\(family.rawValue): \(family.summary)\n\(report.table)")
            let name = family.rawValue + (sizes ? Self.sizesSuffix : "")
            if let folder = output ?? (quick ? nil : "Benchmarks/results") { try write(report, to: folder, name: name) }
        }
    }

    private func rows(of family: BenchmarkFamily) throws -> [BenchmarkRow] {
        var rows: [BenchmarkRow] = []
        for threads in try chosenThreads {
            let inputs =
                quick
                ? Grid.quickInputs(of: family, threads: threads)
                : Grid.inputs(of: family, threads: threads, timing: TimingPlan(seconds: seconds))
            for (settings, operations) in inputs {
                for operation in operations {
                    report(operation, settings)
                    rows += try operation.run(
                        settings,
                        rivals: { input in
                            EigenRival.contestants(for: input) + OpenBLASRival.contestants(for: input)
                        })
                }
            }
        }
        return rows
    }

    /// Ends the name of the file of ``sizes``.
    static let sizesSuffix = "_sizes"

    /// All sizes of `family`, on one thread.
    private func sweep(_ family: BenchmarkFamily) throws -> [BenchmarkRow] {
        var rows: [BenchmarkRow] = []
        for (settings, operations) in quick ? Grid.quickInputs(of: family, threads: 1) : Grid.sweep(of: family) {
            for operation in operations {
                report(operation, settings)
                rows += try operation.run(settings, rivals: EigenRival.contestants(for:))
            }
        }
        return rows
    }

    private func report(_ operation: BenchmarkOperation, _ settings: BenchmarkSettings) {
        let line =
            "\(operation.name), N = \(settings.points), D = \(settings.dimension), kappa = \(settings.concentration), "
            + "threads = \(settings.threads)\n"
        FileHandle.standardError.write(Data(line.utf8))
    }

    private func write(_ report: BenchmarkReport, to folder: String, name: String) throws {
        let folder = URL(filePath: folder, directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(report.csv.utf8).write(to: folder.appending(path: "\(name).csv"), options: .atomic)
    }

    private var chosenFamilies: [BenchmarkFamily] {
        get throws {
            guard let families else { return sizes ? [.step] : BenchmarkFamily.allCases }
            return try families.split(separator: ",").map { try BenchmarkFamily.named(String($0)) }
        }
    }

    private var chosenThreads: [Int] {
        get throws {
            guard let threads else { return Execution.processorCount > 1 ? [1, 2] : [1] }
            return try threads.split(separator: ",").map { text in
                guard let count = Int(text), count >= 1 else {
                    throw ValidationError("--threads: '\(text)' is not a number of threads, 1 or more")
                }
                return count
            }
        }
    }
}
