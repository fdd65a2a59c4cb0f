/// How a series of a plot is drawn: its colour, its dashes and the shape of its points.
struct PlotSeriesStyle {
    /// Chosen for distance from each other, seen normally and with the three kinds of colour blindness, and for
    /// contrast with white and with black.
    private static let colors = ["#3a81f6", "#b84412", "#0c7b60", "#e356a2", "#9f8d0e", "#8b4eb3"]
    private static let dashes = ["none", "7 4", "2 3", "9 3 2 3"]
    /// Series of up to this many points show every point.
    private static let largestMarkedCount = 30

    private let index: Int
    private let form: LinePlot.Form
    /// Whether every point is shown.
    let isMarked: Bool

    /// The style of `series`, number `index` of its plot.
    init(_ series: LinePlot.Series, index: Int) {
        self.index = index
        form = series.form
        isMarked =
            switch form {
            case .line: series.points.count <= Self.largestMarkedCount
            case .reference: false
            case .dots: true
            }
    }

    /// Whether points are joined.
    var hasLine: Bool { form != .dots }

    private var color: String { Self.colors[index % Self.colors.count] }

    /// The line along `path`.
    func line(_ path: String) -> Markup {
        .element(
            "path",
            [
                "d": path, "fill": "none", "stroke": color, "stroke-width": form == .reference ? "1" : "2",
                "stroke-linejoin": "round",
                "stroke-dasharray": Self.dashes[index / Self.colors.count % Self.dashes.count],
            ])
    }

    /// Circles, squares, triangles or diamonds around `points`, or dots.
    func markers(_ points: [LinePlot.Point]) -> Markup {
        form == .dots ? dots(points) : .element("path", ["d": points.map(outline).joined(), "fill": color])
    }

    /// Lines without length and with round ends: the shortest way to write thousands of dots.
    private func dots(_ points: [LinePlot.Point]) -> Markup {
        .element(
            "path",
            [
                "d": points.map { "M\(PlotText.number($0.x)) \(PlotText.number($0.y))h0" }.joined(), "fill": "none",
                "stroke": color, "stroke-width": points.count > Self.largestMarkedCount ? "3" : "6",
                "stroke-linecap": "round", "stroke-opacity": "0.6",
            ])
    }

    private func outline(around point: LinePlot.Point) -> String {
        func start(_ x: Double, _ y: Double) -> String {
            "M\(PlotText.number(point.x + x)) \(PlotText.number(point.y + y))"
        }
        return switch index % 4 {
        case 0: start(-3.5, 0) + "a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z"
        case 1: start(-3.2, -3.2) + "h6.4v6.4h-6.4z"
        case 2: start(0, -4.4) + "l4.2 7.4h-8.4z"
        default: start(0, -4.6) + "l4.6 4.6l-4.6 4.6l-4.6 -4.6z"
        }
    }
}
