import SphereReports

/// Rates of one family against N and against D.
///
/// A family of one operation has a line for each contestant, one of several a line for each operation on the widest
/// instruction set. Above them is the multiply-add peak where the family counts products.
struct RatePlots {
    /// What is drawn upwards.
    private struct Measure {
        let column, label: String
        let hasPeak: Bool

        static let products = Measure(column: "useful_gflops", label: "useful GFLOP/s", hasPeak: true)
        static let bytes = Measure(column: "gigabytes_per_second", label: "GB/s", hasPeak: false)
        static let values = Measure(column: "nanoseconds_per_element", label: "ns per value", hasPeak: false)
    }

    private let family: String
    private let rows: [ResultsFile.Row]
    private let measure: Measure

    init(_ family: String, _ file: ResultsFile) {
        self.family = family
        let rows = file.shown
        // Norms read every number once: memory is their limit, and the peak is far away.
        let candidates: [Measure] = family == "norms" ? [] : [.products, .values]
        measure = candidates.first { measure in rows.contains { $0.number(measure.column) != nil } } ?? .bytes
        self.rows = rows
    }

    /// The plots with the names of their files; none along an axis where all results have the same size.
    var plots: [(name: String, plot: LinePlot)] {
        // Seeds are a quarter of N, so M is fixed only together with N, and a fixed share of N otherwise.
        [
            plot(along: "d", name: "D", fixed: { ", N = \($0["n"])" + Self.others($0, share: false) }),
            plot(
                along: "n", name: "N",
                fixed: {
                    ($0["nanoseconds_per_element"].isEmpty ? ", D = \($0["d"])" : "") + Self.others($0, share: true)
                }),
        ].compactMap { $0 }
    }

    /// What else has to be the same for all points of a line.
    private static func others(_ row: ResultsFile.Row, share: Bool) -> String {
        var text = ""
        if let m = row.number("m"), m > 1, let n = row.number("n"), row["operation"] != "paired", m != n {
            // Products have shapes of their own, in which M is no share of N.
            text += share && n > m ? ", M = N / \(Int((n / m).rounded()))" : ", M = \(row["m"])"
        }
        if !row["concentration"].isEmpty { text += ", kappa = \(Int(row.number("concentration") ?? 0))" }
        return text
    }

    private func plot(
        along column: String, name: String, fixed: (ResultsFile.Row) -> String
    ) -> (name: String, plot: LinePlot)? {
        // The choice with the most points along the axis; the last of several, which is the largest concentration.
        let groups = Dictionary(grouping: rows, by: fixed)
        let counts = rows.map(fixed).unique.map { (key: $0, count: Set(groups[$0]!.map { $0[column] }).count) }
        guard let most = counts.map(\.count).max(), most > 1, let key = counts.last(where: { $0.count == most })?.key
        else { return nil }
        let chosen = groups[key]!
        let operations = chosen.map { $0["operation"] }.unique
        let widest = chosen[0]["contestant"]
        // First, so that it and the instruction sets have the same colours in all plots.
        var series = measure.hasPeak ? [ceiling(chosen, column)].compactMap { $0 } : []
        if operations.count == 1 {
            for contestant in chosen.map({ $0["contestant"] }).unique {
                series.append(line(contestant, chosen.filter { $0["contestant"] == contestant }, column))
            }
        } else {
            // More than six lines cannot be told apart: of the operations with float32 and float64 sums the former.
            for operation in operations where operations.count <= 6 || !operation.hasSuffix("_float64") {
                let rows = chosen.filter { $0["operation"] == operation && $0["contestant"] == widest }
                series.append(line(operation, rows, column))
            }
        }
        let subject = operations.count == 1 ? family : "\(family) (\(widest))"
        let plot = LinePlot(
            title: "\(subject)\(key), one thread", x: .init(name, scale: .logarithmic), y: .init(measure.label),
            series: series)
        return ("\(family)-by-\(column)", plot)
    }

    private func line(_ name: String, _ rows: [ResultsFile.Row], _ column: String) -> LinePlot.Series {
        let points = rows.compactMap { row in
            row.number(column).flatMap { x in row.number(measure.column).map { LinePlot.Point(x: x, y: $0) } }
        }
        return LinePlot.Series(name, points: points.sorted { $0.x < $1.x })
    }

    /// The largest peak that was measured for this family, from one end to the other.
    private func ceiling(_ chosen: [ResultsFile.Row], _ column: String) -> LinePlot.Series? {
        let x = chosen.compactMap { $0.number(column) }
        guard let peak = rows.compactMap({ $0.number("peak_gflops") }).max(), let first = x.min(), let last = x.max()
        else { return nil }
        return LinePlot.Series("peak", points: [.init(x: first, y: peak), .init(x: last, y: peak)])
    }
}
