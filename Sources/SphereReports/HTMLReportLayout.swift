internal import SphereData

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The elements that an ``HTMLReport`` is made of.
enum HTMLReportLayout {
    /// From so many sections on there is a table of contents.
    private static let fewestListedSections = 3
    /// A gallery of up to so many pictures shows them large.
    private static let largestSmallGallery = 4
    /// Pictures whose sides are all below this are enlarged without smoothing.
    private static let smallestSmoothSide = 200

    static func document(_ report: HTMLReport) throws(ImageFileError) -> Markup {
        .element(
            "html", ["lang": "en"],
            [
                head(title: report.title),
                .element("body", [:], [header(report)] + [try main(report.sections)] + footer(report.parameters)),
            ])
    }

    private static func head(title: String) -> Markup {
        .element(
            "head", [:],
            [
                .element("meta", ["charset": "utf-8"]),
                .element("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
                .element("meta", ["name": "color-scheme", "content": "light dark"]),
                // The browser itself holds the report to loading nothing and running nothing.
                .element(
                    "meta",
                    [
                        "http-equiv": "Content-Security-Policy",
                        "content": "default-src 'none'; img-src data:; style-src 'unsafe-inline'",
                    ]),
                .element("title", [:], title),
                .element("style", [:], [.styleSheet(HTMLReportStyle.sheet)]),
            ])
    }

    private static func header(_ report: HTMLReport) -> Markup {
        var children = [Markup.element("h1", [:], report.title)]
        let paragraphs = paragraphs(report.introduction)
        if !paragraphs.isEmpty { children.append(.element("div", ["class": "introduction"], paragraphs)) }
        if report.sections.count >= fewestListedSections {
            let entries = report.sections.enumerated().map { index, section in
                Markup.element(
                    "li", [:], [.element("a", ["href": "#" + identifier(ofSection: index)], section.heading)])
            }
            children.append(.element("nav", ["aria-label": "Contents"], [.element("ol", [:], entries)]))
        }
        return .element("header", [:], children)
    }

    private static func footer(_ parameters: [HTMLReport.Parameter]) -> [Markup] {
        guard !parameters.isEmpty else { return [] }
        let entries = parameters.map { parameter in
            Markup.element(
                "div", [:], [.element("dt", [:], parameter.name), .element("dd", [:], parameter.value)])
        }
        return [.element("footer", [:], [.element("h2", [:], "Parameters"), .element("dl", [:], entries)])]
    }

    // MARK: - Sections

    private static func main(_ sections: [HTMLReport.Section]) throws(ImageFileError) -> Markup {
        var children: [Markup] = []
        for (index, section) in sections.enumerated() {
            var parts = [Markup.element("h2", [:], section.heading)] + paragraphs(section.text)
            for gallery in section.galleries { parts += try markup(of: gallery) }
            parts += section.tables.map(markup)
            children.append(.element("section", ["id": identifier(ofSection: index)], parts))
        }
        return .element("main", [:], children)
    }

    private static func identifier(ofSection index: Int) -> String { "section-\(index + 1)" }

    /// The paragraphs of `text`, which empty lines separate.
    private static func paragraphs(_ text: String) -> [Markup] {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .split { line in line.allSatisfy(\.isWhitespace) }
            .map { .element("p", [:], $0.joined(separator: "\n")) }
    }

    // MARK: - Figures

    private static func markup(of gallery: HTMLReport.Gallery) throws(ImageFileError) -> [Markup] {
        var (pictures, plots): ([Markup], [Markup]) = ([], [])
        for figure in gallery.figures {
            let caption = figure.caption.isEmpty ? [] : [Markup.element("figcaption", [:], figure.caption)]
            switch figure.content {
            case .picture(let image):
                pictures.append(.element("figure", [:], [try markup(of: image, in: figure)] + caption))
            case .plot(let plot):
                let drawing = LinePlotDrawing(plot).inline(label: figure.alternative)
                plots.append(.element("figure", [:], [.element("div", ["class": "plot"], [drawing])] + caption))
            }
        }
        var elements: [Markup] = []
        if !gallery.heading.isEmpty { elements.append(.element("h3", [:], gallery.heading)) }
        if !pictures.isEmpty {
            let size = pictures.count <= largestSmallGallery ? "large" : "small"
            elements.append(.element("div", ["class": "gallery \(size)"], pictures))
        }
        if !plots.isEmpty { elements.append(.element("div", ["class": "gallery plots"], plots)) }
        return elements
    }

    private static func markup(of image: Image<UInt8>, in figure: HTMLReport.Figure) throws(ImageFileError) -> Markup {
        let file = try PNGFile.encode(image, name: "picture \"\(figure.caption)\"")
        return .element(
            "img",
            [
                "src": "data:image/png;base64," + Data(file).base64EncodedString(), "alt": figure.alternative,
                "width": "\(image.width)", "height": "\(image.height)",
                "class": max(image.width, image.height) < smallestSmoothSide ? "pixels" : "photo",
            ])
    }

    // MARK: - Tables

    private static func markup(of table: HTMLReport.Table) -> Markup {
        let classes = table.header.indices.map { table.isNumeric(column: $0) ? "number" : "text" }
        func row(_ cells: [String], cell: (_ text: String, _ kind: String) -> Markup) -> Markup {
            .element("tr", [:], zip(cells, classes).map { cell($0, $1) })
        }
        let head = row(table.header) { .element("th", ["scope": "col", "class": $1], $0) }
        let body = table.rows.map { row($0) { .element("td", ["class": $1], $0) } }
        let caption = table.caption.isEmpty ? [] : [Markup.element("caption", [:], table.caption)]
        // Wide tables scroll on their own; the keyboard reaches them by the tab index.
        return .element(
            "div",
            [
                "class": "table", "role": "region", "tabindex": "0",
                "aria-label": table.caption.isEmpty ? "Table" : table.caption,
            ],
            [
                .element(
                    "table", [:], caption + [.element("thead", [:], [head]), .element("tbody", [:], body)])
            ])
    }
}
