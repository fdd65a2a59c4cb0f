import SphereData
import SphereReports
import Testing

@Suite struct HTMLReportTests {
    private static let hostile = "<script>alert('x')</script> \"quoted\" & 'more' &amp; <!-- --> ]]> \u{1F980}"

    private func image(_ width: Int, _ height: Int, channels: Int) -> Image<UInt8> {
        let samples = (0..<width * height * channels).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ channels) }
        return Image(width: width, height: height, channels: channels, samples: samples)
    }

    private var plot: LinePlot {
        LinePlot(
            title: Self.hostile, x: .init(Self.hostile), y: .init(Self.hostile),
            series: [.init(Self.hostile, values: [1, 2]), .init("b", values: [3, 1])])
    }

    /// A report in which every text is hostile and every kind of content occurs.
    private var fullReport: HTMLReport {
        let text = Self.hostile
        let section = HTMLReport.Section(
            text, text: text,
            galleries: [
                .init(
                    text,
                    figures: [
                        .init(image(3, 2, channels: 3), caption: text), .init(plot, caption: text),
                        .init(image(4, 4, channels: 1), caption: "", alternative: text),
                    ])
            ], tables: [.init(header: [text, "n"], rows: [[text, "1"]], caption: text)])
        return HTMLReport(
            title: text, introduction: text, sections: [section, section, section],
            parameters: [.init(text, text)])
    }

    /// Bytes of base64 text, decoded independently of the library that encoded them.
    private func base64(_ text: Substring) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let digits = Dictionary(uniqueKeysWithValues: alphabet.enumerated().map { ($1, $0) })
        var (bytes, bits, count): ([UInt8], Int, Int) = ([], 0, 0)
        for character in text.utf8 where character != UInt8(ascii: "=") {
            bits = (bits << 6 | digits[character]!) & 0xFFFF
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        return bytes
    }

    @Test("is well-formed when empty, with a title and nothing else")
    func empty() throws {
        let document = try MarkupDocument(HTMLReport(title: "Nothing", sections: []).html())
        #expect(document.all("h1").map(\.text) == ["Nothing"])
        #expect(document.all("title").map(\.text) == ["Nothing"])
        #expect(document.all("main").map(\.text) == [""])
        for absent in ["nav", "section", "footer", "p", "figure"] { #expect(document.all(absent).isEmpty) }
    }

    @Test("is well-formed with everything in it, and shows hostile texts as they are")
    func hostileTexts() throws {
        let document = try MarkupDocument(fullReport.html())
        for name in ["title", "h1", "h3", "caption", "dt", "dd", "a", "th", "td"] {
            #expect(document.all(name).contains { $0.text == Self.hostile }, "\(name)")
        }
        #expect(document.all("p").map(\.text) == [String](repeating: Self.hostile, count: 4))
        #expect(document.all("figcaption").map(\.text) == [String](repeating: Self.hostile, count: 6))
        #expect(document.all("img").allSatisfy { $0.attributes["alt"] == Self.hostile })
        #expect(document.all("svg").allSatisfy { $0.attributes["aria-label"] == Self.hostile })
        #expect(document.all("svg").allSatisfy { $0.text.contains(Self.hostile.prefix(30)) })
    }

    @Test("needs nothing from outside: no scripts, no links, no addresses, and a policy that forbids them")
    func selfContained() throws {
        let document = try MarkupDocument(fullReport.html())
        let allowed: Set<String> = [
            "html", "head", "meta", "title", "style", "body", "header", "nav", "ol", "li", "a", "main", "section", "h1",
            "h2", "h3", "p", "div", "figure", "figcaption", "img", "table", "caption", "thead", "tbody", "tr", "th",
            "td", "footer", "dl", "dt", "dd", "svg", "text", "line", "path",
        ]
        #expect(Set(document.elements.map(\.name)).subtracting(allowed) == [])
        for element in document.elements {
            #expect(element.attributes["src"]?.hasPrefix("data:image/png;base64,") ?? true)
            #expect(element.attributes["href"]?.hasPrefix("#section-") ?? true)
            #expect(!element.attributes.keys.contains { $0.hasPrefix("on") || $0 == "style" })
        }
        let sheet = try #require(document.all("style").first?.text)
        #expect(document.all("style").count == 1 && !sheet.contains("url(") && !sheet.contains("@import"))
        let policy = document.all("meta").first { $0.attributes["http-equiv"] == "Content-Security-Policy" }
        #expect(policy?.attributes["content"]?.hasPrefix("default-src 'none'") == true)
    }

    @Test("has unique identifiers, and every entry of the contents leads to one")
    func identifiers() throws {
        let document = try MarkupDocument(fullReport.html())
        let identifiers = document.elements.compactMap { $0.attributes["id"] }
        #expect(identifiers == ["section-1", "section-2", "section-3"])
        #expect(document.all("a").map { $0.attributes["href"] } == identifiers.map { "#" + $0 })
        let short = HTMLReport(title: "", sections: [.init("a"), .init("b")])
        #expect(try MarkupDocument(short.html()).all("nav").isEmpty)
    }

    @Test("holds pictures that decode to the same pixels", arguments: 1...4)
    func pictures(channels: Int) throws {
        let images = [
            image(1, 1, channels: channels), image(13, 7, channels: channels), image(8, 201, channels: channels),
        ]
        let figures = images.map { HTMLReport.Figure($0, caption: "a") }
        let document = try MarkupDocument(HTMLReport(title: "", sections: [.init("a", figures: figures)]).html())
        let elements = document.all("img")
        #expect(elements.count == images.count)
        for (element, image) in zip(elements, images) {
            let source = try #require(element.attributes["src"])
            let file = base64(source.dropFirst("data:image/png;base64,".count))
            #expect(try PNGFile.decode(file, name: "figure").samples == .eightBit(image))
            #expect(
                element.attributes["width"] == "\(image.width)" && element.attributes["height"] == "\(image.height)")
        }
    }

    @Test("enlarges small pictures without smoothing, and large ones not")
    func pixels() throws {
        let figures = [image(199, 10, channels: 1), image(10, 200, channels: 1)].map {
            HTMLReport.Figure($0, caption: "")
        }
        let document = try MarkupDocument(HTMLReport(title: "", sections: [.init("a", figures: figures)]).html())
        #expect(document.all("img").map { $0.attributes["class"] } == ["pixels", "photo"])
        #expect(document.all("figcaption").isEmpty)
    }

    @Test("keeps the frames of a gallery in order and side by side, small when there are many")
    func galleries() throws {
        func classes(_ count: Int) throws -> [String?] {
            let frames = (0..<count).map { HTMLReport.Figure(image(2, 2, channels: 3), caption: "loop \($0)") }
            let section = HTMLReport.Section("a", galleries: [.init("frames", figures: frames)])
            let document = try MarkupDocument(HTMLReport(title: "", sections: [section]).html())
            #expect(document.all("figcaption").map(\.text) == (0..<count).map { "loop \($0)" })
            #expect(document.all("figure").allSatisfy { $0.path.suffix(2) == ["section", "div"] })
            return document.all("div").map { $0.attributes["class"] }
        }
        #expect(try classes(4) == ["gallery large"])
        #expect(try classes(6) == ["gallery small"])
        let document = try MarkupDocument(fullReport.html())
        let galleries = document.all("div").compactMap { $0.attributes["class"] }.filter { $0.hasPrefix("gallery") }
        #expect(galleries.prefix(2) == ["gallery large", "gallery plots"])
    }

    @Test("splits texts into paragraphs at empty lines")
    func paragraphs() throws {
        let text = "one\ntwo\n\n \t\r\n\nthree\r\n\r\nfour\n"
        let section = HTMLReport.Section("a", text: text)
        let document = try MarkupDocument(HTMLReport(title: "", introduction: text, sections: [section]).html())
        #expect(document.all("p").map(\.text) == ["one\ntwo", "three", "four", "one\ntwo", "three", "four"])
    }

    @Test("replaces characters that HTML and XML forbid")
    func forbiddenCharacters() throws {
        // Control characters and noncharacters, which literals do not allow.
        let forbidden = [0, 8, 0xB, 0x1B, 0x7F, 0x85, 0xFDD0, 0xFFFE, 0x1FFFF, 0x10FFFF].map {
            Unicode.Scalar($0 as UInt32)!
        }
        let title = forbidden.reduce("") { $0 + "a" + String($1) } + "\r\t\n\u{FFFD}é"
        let html = try HTMLReport(title: title, sections: []).html()
        let expected = forbidden.reduce("") { text, _ in text + "a\u{FFFD}" } + "\r\t\n\u{FFFD}é"
        #expect(try MarkupDocument(html).all("h1").map(\.text) == [expected])
        #expect(html.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" || $0 == "\t" })
    }

    @Test("is the same every time it is rendered")
    func deterministic() throws {
        #expect(try fullReport.html() == fullReport.html())
    }

    @Test("refuses a picture without pixels, by its caption, and leaves an older file alone")
    func emptyPicture() throws {
        let directory = TemporaryDirectory()
        let path = directory.file("report.html")
        try AtomicFile.write([1], to: path)
        let figure = HTMLReport.Figure(Image<UInt8>(width: 0, height: 4, channels: 3), caption: "loop 3")
        let report = HTMLReport(title: "", sections: [.init("a", figures: [figure])])
        #expect(
            throws: ImageFileError.cannotEncode(
                path: "picture \"loop 3\"", reason: "PNG has no pictures of 0 x 4 pixels")
        ) { try report.write(to: path) }
        #expect(try FileContents.read(path) == [1])
        #expect(directory.names == ["report.html"])
    }

    @Test("writes what it renders, and reports what stands in the way")
    func writing() throws {
        let directory = TemporaryDirectory()
        try fullReport.write(to: directory.file("report.html"))
        #expect(try FileContents.read(directory.file("report.html")) == Array(fullReport.html().utf8))
        #expect(directory.names == ["report.html"])
        let missing = directory.file("missing/report.html")
        #expect(
            throws: ImageFileError.file(.cannotWrite(path: missing, reason: "No such file or directory"))
        ) { try fullReport.write(to: missing) }
    }
}
