extension HTMLReport {
    /// A part of a report: a heading, text, figures and tables, in this order.
    public struct Section: Equatable, Sendable {
        /// The heading, also the entry in the table of contents.
        public var heading: String
        /// Paragraphs, separated by empty lines; empty for none.
        public var text: String
        /// Figures that belong side by side.
        public var galleries: [Gallery]
        /// The tables.
        public var tables: [Table]

        /// A section of several galleries.
        public init(_ heading: String, text: String = "", galleries: [Gallery], tables: [Table] = []) {
            self.heading = heading
            self.text = text
            self.galleries = galleries
            self.tables = tables
        }

        /// A section whose figures are one gallery.
        public init(_ heading: String, text: String = "", figures: [Figure] = [], tables: [Table] = []) {
            self.init(
                heading, text: text, galleries: figures.isEmpty ? [] : [Gallery(figures: figures)], tables: tables)
        }
    }

    /// Figures that belong side by side: the frames of successive loops, or a photo with its labels.
    ///
    /// As many stand in a row as the width allows, pictures first, plots (which are wider) below them.
    public struct Gallery: Equatable, Sendable {
        /// The heading above the figures; empty for none.
        public var heading: String
        /// The figures in reading order.
        public var figures: [Figure]

        /// The figures under a heading, or without one.
        public init(_ heading: String = "", figures: [Figure]) {
            self.heading = heading
            self.figures = figures
        }
    }
}
