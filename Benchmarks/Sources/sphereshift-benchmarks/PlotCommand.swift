import ArgumentParser
import Foundation
import SphereReports

/// Draws the results.
struct PlotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plot",
        abstract: "Draws the rates of every family against N and against D, and times against N, as SVG.",
        discussion: """
            Reads FAMILY.csv and FAMILY_sizes.csv of the results folder; what is not there is not drawn. Rates are those of \
            one thread.
              swift run --package-path Benchmarks -c release sphereshift-benchmarks plot
            """)

    @Option(help: "Folder of the CSV files.")
    var results = "Benchmarks/results"

    @Option(help: "Folder for the SVG files.")
    var output = "docs/figures"

    func run() throws {
        let folder = URL(filePath: results, directoryHint: .isDirectory)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".csv") && !$0.hasPrefix("peers-") }
            .sorted()
        guard !names.isEmpty else { throw ValidationError("\(results): no results to draw, run the benchmarks first") }
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        for name in names {
            let file = try ResultsFile(folder.appending(path: name))
            let stem = String(name.dropLast(".csv".count))
            let plots =
                stem.hasSuffix(RunCommand.sizesSuffix)
                ? SizePlots(String(stem.dropLast(RunCommand.sizesSuffix.count)), file).plots
                : RatePlots(stem, file).plots
            for (name, plot) in plots {
                let path = "\(output)/\(name).svg"
                try plot.write(to: path)
                print(path)
            }
        }
    }
}
