public import SphereData

/// Curves and dots in a coordinate system, drawn as SVG: convergence, learning curves, timings, one measure against another.
///
/// Both axes end at round numbers around the data (1, 2 or 5 times a power of ten apart; powers of ten on a
/// logarithmic scale). Points whose coordinates are NaN, infinite or beyond 1e280, and on a logarithmic scale 0 or
/// less, are left out and interrupt the line; a point alone between two gaps is drawn as a marker, and so is every
/// point of a short series. Series differ in colour and marker, from the seventh on also in dashes; the six colours
/// keep a contrast of 3 on white as well as on black and stay apart for colour-blind eyes. Texts that are too long for
/// their place are cut with an ellipsis.
public struct LinePlot: Equatable, Sendable {
    /// How numbers become lengths.
    public enum Scale: Sendable {
        /// Equal differences are equal lengths.
        case linear
        /// Equal ratios are equal lengths; only positive numbers are shown.
        case logarithmic
    }

    /// A point of a series.
    public struct Point: Equatable, Sendable {
        /// The coordinates, in the units of the axes.
        public var x, y: Double

        /// The point (x, y).
        public init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }
    }

    /// What is drawn of the points of a series.
    public enum Form: Sendable {
        /// A line through them; in a short series every point is marked.
        case line
        /// A thin line without markers, to compare the others with.
        case reference
        /// A dot at each, no line: a scatter plot.
        case dots
    }

    /// The points that have one name and one look.
    public struct Series: Equatable, Sendable {
        /// The name in the legend.
        public var name: String
        /// The points in the order in which the line visits them.
        public var points: [Point]
        /// What is drawn of them.
        public var form: Form

        /// The line through `points`, or what `form` says.
        public init(_ name: String, points: [Point], form: Form = .line) {
            self.name = name
            self.points = points
            self.form = form
        }

        /// The line through `values` at x = 0, 1, 2, and so on.
        public init(_ name: String, values: [Double]) {
            self.init(name, points: values.enumerated().map { Point(x: Double($0), y: $1) })
        }
    }

    /// One direction of the plot.
    public struct Axis: Equatable, Sendable {
        /// What is measured and in which unit.
        public var label: String
        /// How numbers become lengths.
        public var scale: Scale

        /// An axis with `label`, linear unless told otherwise.
        public init(_ label: String, scale: Scale = .linear) {
            self.label = label
            self.scale = scale
        }
    }

    /// The line above the plot; empty for none.
    public var title: String
    /// The horizontal axis.
    public var x: Axis
    /// The vertical axis.
    public var y: Axis
    /// The lines; the legend names them in this order if there are several.
    public var series: [Series]

    /// A plot of `series`.
    public init(title: String = "", x: Axis, y: Axis, series: [Series]) {
        self.title = title
        self.x = x
        self.y = y
        self.series = series
    }

    /// The plot as an SVG document, dark where the reader prefers dark.
    ///
    /// - Complexity: O(points).
    public func svg() -> String {
        var document = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        LinePlotDrawing(self).document().write(to: &document)
        return document + "\n"
    }

    /// Writes the SVG document to the file at `path`, which appears when it is complete.
    ///
    /// - Complexity: O(points).
    /// - Throws: `FileError.cannotWrite`; an older file is then untouched.
    public func write(to path: String) throws(FileError) {
        try AtomicFile.write(Array(svg().utf8), to: path)
    }
}
