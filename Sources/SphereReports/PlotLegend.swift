/// The names of the series of a plot, in rows above it; nothing for a single series.
struct PlotLegend {
    private static let rowHeight = 22.0
    /// Length of the piece of line in front of a name, and the gaps behind the line and the name.
    private static let lineWidth = 26.0
    private static let lineGap = 6.0
    private static let nameGap = 18.0

    private struct Entry {
        let name: String
        let style: PlotSeriesStyle
        let x: Double
        let row: Int
    }

    private let entries: [Entry]

    /// The legend of `series` between `left` and `right`.
    init(_ series: [LinePlot.Series], left: Double, right: Double) {
        var (x, row) = (left, 0)
        entries = (series.count > 1 ? series : []).enumerated().map { index, series in
            let name = PlotText.fitted(series.name, width: right - left - Self.lineWidth - Self.lineGap)
            let width = Self.lineWidth + Self.lineGap + PlotText.width(of: name)
            if x > left && x + width > right { (x, row) = (left, row + 1) }
            defer { x += width + Self.nameGap }
            return Entry(name: name, style: PlotSeriesStyle(series, index: index), x: x, row: row)
        }
    }

    /// The height of all rows.
    var height: Double { Double((entries.last?.row ?? -1) + 1) * Self.rowHeight }

    /// The legend with the middle of its first row at `y`.
    func markup(y: Double) -> [Markup] {
        entries.flatMap { entry in
            let y = y + Double(entry.row) * Self.rowHeight
            let end = entry.x + Self.lineWidth
            let line = entry.style.line(
                "M\(PlotText.number(entry.x)) \(PlotText.number(y))H\(PlotText.number(end))")
            let middle = LinePlot.Point(x: (entry.x + end) / 2, y: y)
            let name = Markup.element(
                "text",
                ["x": PlotText.number(end + Self.lineGap), "y": PlotText.number(y + PlotText.baseline)], entry.name)
            return (entry.style.hasLine ? [line] : [])
                + (entry.style.isMarked ? [entry.style.markers([middle])] : []) + [name]
        }
    }
}
