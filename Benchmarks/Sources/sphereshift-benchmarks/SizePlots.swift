import SphereReports

/// Times of one operation at many sizes: a cliff is a size that costs more than those around it.
struct SizePlots {
    private let family: String
    private let rows: [ResultsFile.Row]

    init(_ family: String, _ file: ResultsFile) {
        self.family = family
        rows = file.shown
    }

    /// The time of a call, and the time in parts of N^2, each with the name of its file.
    var plots: [(name: String, plot: LinePlot)] {
        rows.map { $0["operation"] }.unique.flatMap { operation in
            let own = rows.filter { $0["operation"] == operation }
            let d = own.first?["d"] ?? ""
            let title = "\(operation), D = \(d), one thread"
            return [
                (
                    "\(operation)-time",
                    LinePlot(
                        title: title, x: .init("N", scale: .logarithmic),
                        y: .init("milliseconds", scale: .logarithmic),
                        series: series(own) { $1 })
                ),
                (
                    "\(operation)-time-per-pair",
                    LinePlot(
                        title: title, x: .init("N", scale: .logarithmic),
                        y: .init("nanoseconds per pair of points", scale: .logarithmic),
                        series: series(own) { $1 * 1e6 / ($0 * $0) })
                ),
            ]
        }
    }

    /// A line for each contestant through `value(N, smallest milliseconds)`.
    private func series(_ rows: [ResultsFile.Row], _ value: (Double, Double) -> Double) -> [LinePlot.Series] {
        rows.map { $0["contestant"] }.unique.map { contestant in
            LinePlot.Series(
                contestant,
                points: rows.filter { $0["contestant"] == contestant }.compactMap { row in
                    guard let n = row.number("n"), let time = row.number("min_ms") else { return nil }
                    return LinePlot.Point(x: n, y: value(n, time))
                })
        }
    }
}
