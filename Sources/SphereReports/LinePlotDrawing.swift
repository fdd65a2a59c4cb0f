/// Where everything of a ``LinePlot`` goes, and the SVG elements for it.
///
/// Lengths are in units of the view box; at the usual size in a report one unit is about one pixel.
struct LinePlotDrawing {
    private static let width = 560.0
    private static let plotHeight = 270.0
    private static let styleSheet = """
        :root{color:#1c2128;background:#fff}\
        @media (prefers-color-scheme:dark){:root{color:#e6e8eb;background:#15181d}}
        """

    private let plot: LinePlot
    private let xAxis, yAxis: PlotAxis
    private let legend: PlotLegend
    private let left, right, legendTop, top: Double

    init(_ plot: LinePlot) {
        self.plot = plot
        xAxis = PlotAxis(covering: plot.series.flatMap { $0.points.map(\.x) }, scale: plot.x.scale)
        yAxis = PlotAxis(covering: plot.series.flatMap { $0.points.map(\.y) }, scale: plot.y.scale)
        left = 10 + (plot.y.label.isEmpty ? 0 : 22) + Self.longestLabel(yAxis)
        // Half of the last number stands beyond the end of the axis.
        right = Self.width - max(14, PlotText.width(of: xAxis.ticks.last!.label) / 2 + 4)
        legend = PlotLegend(plot.series, left: left, right: right)
        legendTop = plot.title.isEmpty ? 12 : 40
        top = legendTop + legend.height
    }

    private var bottom: Double { top + Self.plotHeight }
    private var height: Double { bottom + (plot.x.label.isEmpty ? 30 : 52) }

    // MARK: - The document

    /// The plot as a file of its own.
    func document() -> Markup {
        root(
            label: plot.title.isEmpty ? "\(plot.y.label) over \(plot.x.label)" : plot.title,
            sheet: [.element("style", [:], [.styleSheet(Self.styleSheet)])])
    }

    /// The plot as a part of an HTML document, in the text colour of its surroundings.
    ///
    /// - Parameter label: what a reader who cannot see it is told.
    func inline(label: String) -> Markup {
        root(label: label, sheet: [])
    }

    private func root(label: String, sheet: [Markup]) -> Markup {
        .element(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": "0 0 \(PlotText.number(Self.width)) \(PlotText.number(height))", "role": "img",
                "aria-label": label, "font-family": "system-ui, sans-serif",
                "font-size": PlotText.number(PlotText.size), "fill": "currentColor",
            ],
            sheet + title() + horizontalAxis() + verticalAxis() + legend.markup(y: legendTop) + lines())
    }

    private func title() -> [Markup] {
        guard !plot.title.isEmpty else { return [] }
        return [
            .element(
                "text",
                [
                    "x": PlotText.number(left), "y": "22", "font-size": PlotText.number(PlotText.titleSize),
                    "font-weight": "600",
                ], PlotText.fitted(plot.title, width: right - left, size: PlotText.titleSize))
        ]
    }

    // MARK: - Axes

    private func horizontalAxis() -> [Markup] {
        // Numbers that would run into each other are shown for every second tick, or fewer.
        let space = (right - left) / Double(xAxis.ticks.count - 1)
        let stride = Int(((Self.longestLabel(xAxis) + 10) / space).rounded(.up))
        var elements: [Markup] = []
        for (index, tick) in xAxis.ticks.enumerated() {
            guard let x = horizontal(tick.value) else { continue }
            elements.append(segment(x, top, x, bottom, opacity: Self.gridOpacity))
            if index % stride == 0 { elements.append(text(tick.label, x: x, y: bottom + 19, anchor: "middle")) }
        }
        elements.append(segment(left, bottom, right, bottom, opacity: Self.axisOpacity))
        if !plot.x.label.isEmpty {
            let label = PlotText.fitted(plot.x.label, width: right - left)
            elements.append(axisLabel(label, x: (left + right) / 2, y: bottom + 43, degrees: 0))
        }
        return elements
    }

    private func verticalAxis() -> [Markup] {
        var elements: [Markup] = []
        for tick in yAxis.ticks {
            guard let y = vertical(tick.value) else { continue }
            elements.append(segment(left, y, right, y, opacity: Self.gridOpacity))
            elements.append(text(tick.label, x: left - 8, y: y + PlotText.baseline, anchor: "end"))
        }
        elements.append(segment(left, top, left, bottom, opacity: Self.axisOpacity))
        if !plot.y.label.isEmpty {
            let label = PlotText.fitted(plot.y.label, width: Self.plotHeight)
            elements.append(axisLabel(label, x: 16, y: (top + bottom) / 2, degrees: -90))
        }
        return elements
    }

    private static let gridOpacity = "0.13"
    private static let axisOpacity = "0.5"

    private func segment(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, opacity: String) -> Markup {
        .element(
            "line",
            [
                "x1": PlotText.number(x1), "y1": PlotText.number(y1), "x2": PlotText.number(x2),
                "y2": PlotText.number(y2), "stroke": "currentColor", "stroke-opacity": opacity,
            ])
    }

    private func text(_ text: String, x: Double, y: Double, anchor: String) -> Markup {
        .element(
            "text",
            [
                "x": PlotText.number(x), "y": PlotText.number(y), "text-anchor": anchor, "fill-opacity": "0.75",
            ], text)
    }

    private func axisLabel(_ text: String, x: Double, y: Double, degrees: Int) -> Markup {
        .element(
            "text",
            [
                "x": PlotText.number(x), "y": PlotText.number(y), "text-anchor": "middle",
                "transform": "rotate(\(degrees) \(PlotText.number(x)) \(PlotText.number(y)))",
            ], text)
    }

    private static func longestLabel(_ axis: PlotAxis) -> Double {
        axis.ticks.reduce(0) { max($0, PlotText.width(of: $1.label)) }
    }

    // MARK: - Lines

    private func lines() -> [Markup] {
        let drawn = plot.series.enumerated().flatMap { index, series in line(of: series, index: index) }
        guard drawn.isEmpty else { return drawn }
        return [text("no data", x: (left + right) / 2, y: (top + bottom) / 2, anchor: "middle")]
    }

    private func line(of series: LinePlot.Series, index: Int) -> [Markup] {
        let style = PlotSeriesStyle(series, index: index)
        // The points between two gaps.
        let runs = series.points.map(place).split(separator: nil).map { $0.compactMap(\.self) }
        let path = runs.filter { style.hasLine && $0.count > 1 }.map { run in
            "M" + run.map { "\(PlotText.number($0.x)) \(PlotText.number($0.y))" }.joined(separator: "L")
        }.joined()
        let marked = runs.filter { style.isMarked || $0.count == 1 }.flatMap(\.self)
        return (path.isEmpty ? [] : [style.line(path)]) + (marked.isEmpty ? [] : [style.markers(marked)])
    }

    // MARK: - Coordinates

    /// Where a point of the data is drawn; `nil` if an axis cannot show it.
    private func place(of point: LinePlot.Point) -> LinePlot.Point? {
        guard let x = horizontal(point.x), let y = vertical(point.y) else { return nil }
        return LinePlot.Point(x: x, y: y)
    }

    private func horizontal(_ value: Double) -> Double? {
        xAxis.fraction(value).map { left + $0 * (right - left) }
    }

    private func vertical(_ value: Double) -> Double? {
        yAxis.fraction(value).map { bottom - $0 * (bottom - top) }
    }
}
