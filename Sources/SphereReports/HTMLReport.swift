public import SphereData

/// A report as one HTML file that needs nothing else: pictures and plots are inside, and no script runs.
///
/// Light or dark as the reader's system is set, readable on narrow screens and on paper. All texts are plain text; what
/// looks like markup in them is shown as it is written.
///
/// ```swift
/// let frames = loops.enumerated().map { loop, picture in
///     HTMLReport.Figure(picture, caption: "loop \(loop)", alternative: "Embedding after loop \(loop) as colours")
/// }
/// let report = HTMLReport(title: "Grouping", sections: [.init("Pixel embedding", figures: frames)])
/// try report.write(to: "report.html")
/// ```
public struct HTMLReport: Equatable, Sendable {
    /// A setting that the report was made with, for the footer.
    public struct Parameter: Equatable, Sendable {
        /// What was set.
        public var name: String
        /// What it was set to, with its unit.
        public var value: String

        /// The setting `name` at `value`.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The heading of the page and the name of its window.
    public var title: String
    /// Paragraphs below the title, separated by empty lines; empty for none.
    public var introduction: String
    /// The parts of the report; from three on, a table of contents leads to them.
    public var sections: [Section]
    /// The settings in the footer; none without any.
    public var parameters: [Parameter]

    /// A report of `sections`.
    public init(title: String, introduction: String = "", sections: [Section], parameters: [Parameter] = []) {
        self.title = title
        self.introduction = introduction
        self.sections = sections
        self.parameters = parameters
    }

    /// The HTML document.
    ///
    /// - Complexity: O(pixels + points + characters).
    /// - Throws: `ImageFileError.cannotEncode` for a picture without pixels, with its caption.
    public func html() throws(ImageFileError) -> String {
        var document = "<!DOCTYPE html>\n"
        try HTMLReportLayout.document(self).write(to: &document)
        return document + "\n"
    }

    /// Writes the HTML document to the file at `path`, which appears when it is complete.
    ///
    /// - Complexity: O(pixels + points + characters).
    /// - Throws: `ImageFileError.cannotEncode` as ``html()``, `ImageFileError.file` if the file cannot be written. An
    ///   older file is then untouched.
    public func write(to path: String) throws(ImageFileError) {
        let bytes = Array(try html().utf8)
        do { try AtomicFile.write(bytes, to: path) } catch { throw .file(error) }
    }
}
