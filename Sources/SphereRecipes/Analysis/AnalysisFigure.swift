public import SphereData
public import SphereReports

/// A figure of an analysis, for a report and as a file of its own.
public struct AnalysisFigure: Sendable {
    /// What is shown.
    public enum Content: Sendable {
        /// Coordinates.
        case plot(LinePlot)
        /// An RGB picture.
        case picture(Image<UInt8>)
    }

    /// The name of its file without the extension.
    public let name: String
    /// What is shown.
    public let content: Content
    /// The line below it.
    public let caption: String

    /// The figure as a part of a report; pictures are made small enough for one.
    var figure: HTMLReport.Figure {
        switch content {
        case .plot(let plot): HTMLReport.Figure(plot, caption: caption)
        case .picture(let picture): HTMLReport.Figure(Thumbnail.photo(picture), caption: caption)
        }
    }

    /// Writes `NAME.svg` or `NAME.png` into `folder`, each of which appears when it is complete.
    ///
    /// - Returns: the path of the file.
    /// - Throws: `FileError` or `ImageFileError` where it cannot be written.
    @discardableResult
    public func write(to folder: String) throws -> String {
        switch content {
        case .plot(let plot):
            let path = "\(folder)/\(name).svg"
            try plot.write(to: path)
            return path
        case .picture(let picture):
            let path = "\(folder)/\(name).png"
            try PNGFile.write(picture, to: path)
            return path
        }
    }
}
