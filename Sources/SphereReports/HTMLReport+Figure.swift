public import SphereData

extension HTMLReport {
    /// A picture or plot with its caption.
    public struct Figure: Equatable, Sendable {
        /// What the figure shows.
        public enum Content: Equatable, Sendable {
            /// A picture, embedded as PNG; 1 channel is gray, 2 gray + alpha, 3 RGB, 4 RGBA.
            ///
            /// Pictures with sides below 200 are enlarged without smoothing: every pixel is seen.
            case picture(Image<UInt8>)
            /// A plot, embedded as SVG.
            case plot(LinePlot)
        }

        /// What the figure shows.
        public var content: Content
        /// The line below the figure; empty for none.
        public var caption: String
        /// What a reader who cannot see the figure is told.
        public var alternative: String

        /// A picture; `alternative` is the caption unless given.
        public init(_ picture: Image<UInt8>, caption: String, alternative: String? = nil) {
            content = .picture(picture)
            self.caption = caption
            self.alternative = alternative ?? caption
        }

        /// A plot; `alternative` is the caption unless given.
        public init(_ plot: LinePlot, caption: String, alternative: String? = nil) {
            content = .plot(plot)
            self.caption = caption
            self.alternative = alternative ?? caption
        }
    }
}
