import SphereData
import SphereReports
import Testing

@Suite struct LinePlotTests {
    private func plot(
        _ series: [LinePlot.Series], x: LinePlot.Scale = .linear, y: LinePlot.Scale = .linear, title: String = ""
    ) -> LinePlot {
        LinePlot(title: title, x: .init("time", scale: x), y: .init("loss", scale: y), series: series)
    }

    private func document(_ plot: LinePlot) throws -> MarkupDocument { try MarkupDocument(plot.svg()) }

    /// The numbers in an attribute.
    private func numbers(_ text: String) -> [Double?] {
        text.split { !($0.isNumber || $0 == "-" || $0 == "." || $0 == "e" || $0 == "n" || $0 == "i" || $0 == "f") }
            .map { Double($0) }
    }

    /// The lines of the series: the stroked paths below the legend.
    private func lines(_ document: MarkupDocument) -> [MarkupDocument.Element] {
        document.all("path").filter { $0.attributes["fill"] == "none" && !$0.attributes["d"]!.contains("H") }
    }

    private func markers(_ document: MarkupDocument) -> [MarkupDocument.Element] {
        document.all("path").filter { $0.attributes["fill"] != "none" }
    }

    private func points(of line: MarkupDocument.Element) -> [[LinePlot.Point]] {
        line.attributes["d"]!.split(separator: "M").map { run in
            run.split(separator: "L").map { pair in
                let numbers = pair.split(separator: " ").map { Double($0)! }
                return LinePlot.Point(x: numbers[0], y: numbers[1])
            }
        }
    }

    @Test(
        "has finite coordinates inside the picture, whatever the data",
        arguments: [
            [], [.nan], [3], [0], [-7, -7, -7], [1, .nan, 2], [.infinity, 1, -.infinity], [1e308, -1e308],
            [.leastNormalMagnitude, .leastNonzeroMagnitude], [1, 1 + 1e-15], [-1e280, 1e280], [1e280],
            [1e-280, 2e-280],
            [0.1, 0.2, 0.3], [1e15, 1e15 + 1],
        ] as [[Double]])
    func finite(values: [Double]) throws {
        for scale in [LinePlot.Scale.linear, .logarithmic] {
            let series = LinePlot.Series("a", points: zip(values, values.reversed()).map { .init(x: $0, y: $1) })
            for series in [[series], [series, series]] {
                let document = try document(plot(series, x: scale, y: scale, title: "t"))
                let box = numbers(document.all("svg")[0].attributes["viewBox"]!).compactMap { $0 }
                for element in document.elements where element.name != "svg" {
                    for (name, size) in [("x", box[2]), ("x1", box[2]), ("x2", box[2]), ("y", box[3]), ("y1", box[3])] {
                        guard let value = element.attributes[name] else { continue }
                        let number = try #require(Double(value), "\(name) of \(element.name) is \(value)")
                        #expect((0...size).contains(number), "\(name) of \(element.name) is \(value)")
                    }
                    if let path = element.attributes["d"] { #expect(!numbers(path).contains(nil), "\(path)") }
                }
                for point in lines(document).flatMap(points(of:)).joined() {
                    #expect((0...box[2]).contains(point.x) && (0...box[3]).contains(point.y))
                }
            }
        }
    }

    @Test("places points in proportion on linear axes")
    func linearPlaces() throws {
        let series = LinePlot.Series("a", points: [.init(x: 0, y: 10), .init(x: 1, y: 20), .init(x: 4, y: 30)])
        let line = points(of: try #require(lines(document(plot([series]))).first))[0]
        #expect(abs((line[1].x - line[0].x) * 3 - (line[2].x - line[1].x)) < 0.5)
        // Up is smaller.
        #expect(line[0].y > line[1].y && abs((line[0].y - line[1].y) - (line[1].y - line[2].y)) < 0.3)
    }

    @Test("places equal ratios at equal distances on logarithmic axes, and leaves out what is not positive")
    func logarithmicPlaces() throws {
        let values: [Double] = [1, 10, 100, 0, -5, 1000, 10000]
        let series = LinePlot.Series("a", points: values.map { .init(x: $0, y: $0) })
        let runs = points(of: try #require(lines(document(plot([series], x: .logarithmic, y: .logarithmic))).first))
        #expect(runs.map(\.count) == [3, 2])
        let places = Array(runs.joined())
        let steps = zip(places, places.dropFirst()).map { $1.x - $0.x }
        for step in steps { #expect(abs(step - steps[0]) < 0.3) }
    }

    @Test("interrupts the line at NaN, and draws a point between two gaps as a marker")
    func gaps() throws {
        var values = [Double](repeating: 1, count: 40)
        values[10] = .nan
        values[12] = .nan
        let document = try document(plot([.init("a", values: values)]))
        #expect(points(of: lines(document)[0]).map(\.count) == [10, 27])
        #expect(markers(document).count == 1)
        #expect(markers(document)[0].attributes["d"]!.filter { $0 == "M" }.count == 1)
    }

    @Test("shows every point of a short series, and of a long one none")
    func pointMarkers() throws {
        let short = try document(plot([.init("a", values: [1, 2, 3])]))
        #expect(markers(short).map { $0.attributes["d"]!.filter { $0 == "M" }.count } == [3])
        let long = try document(plot([.init("a", values: [Double](repeating: 2, count: 31))]))
        #expect(markers(long).isEmpty)
        let single = try document(plot([.init("a", values: [5])]))
        #expect(lines(single).isEmpty && markers(single).count == 1)
    }

    @Test("draws dots alone, and a thin line without markers to compare them with")
    func forms() throws {
        let values = (0..<40).map { LinePlot.Point(x: Double($0), y: Double($0 % 7)) }
        let document = try document(
            plot([
                .init("dots", points: values + [.init(x: .nan, y: 1)], form: .dots),
                .init("line", points: [.init(x: 0, y: 0), .init(x: 40, y: 7)], form: .reference),
            ]))
        let dots = document.all("path").filter { $0.attributes["stroke-linecap"] == "round" }
        // Those of the legend and of the plot.
        #expect(dots.map { $0.attributes["d"]!.filter { $0 == "h" }.count } == [1, 40])
        #expect(markers(document).isEmpty)
        #expect(lines(document).filter { $0.attributes["stroke-linecap"] == nil }.count == 1)
        #expect(lines(document).last!.attributes["stroke-width"] == "1")
        let empty = try self.document(plot([.init("dots", points: [], form: .dots)]))
        #expect(empty.all("text").contains { $0.text == "no data" })
    }

    @Test("says so when there is nothing to show")
    func noData() throws {
        for series in [[], [LinePlot.Series("a", values: [])], [.init("a", values: [.nan, .infinity])]] {
            #expect(try document(plot(series)).all("text").contains { $0.text == "no data" })
        }
        #expect(try !document(plot([.init("a", values: [1])])).all("text").contains { $0.text == "no data" })
    }

    @Test("names the series in their order when there are several")
    func legend() throws {
        let names = ["naive", "baseline", "a long name that the legend has to put into another row", "avx512", "x"]
        let document = try document(plot(names.map { .init($0, values: [1, 2]) }))
        let entries = document.all("text").filter { names.contains($0.text) }
        #expect(entries.map(\.text) == names)
        #expect(Set(entries.map { $0.attributes["y"] }).count > 1)
        let single = try self.document(plot([.init("alone", values: [1, 2])]))
        #expect(!single.all("text").contains { $0.text == "alone" })
        let endless = String(repeating: "m", count: 500)
        let cut = try self.document(plot([.init(endless, values: [1]), .init("b", values: [1])]))
        let name = try #require(cut.all("text").first { $0.text.hasPrefix("mm") }?.text)
        #expect(name.hasSuffix("m…") && (30...80).contains(name.count))
    }

    @Test("tells any two of the first 12 series apart by colour, marker or dashes")
    func seriesStyles() throws {
        let document = try document(plot((0..<12).map { .init("\($0)", values: [1, 2]) }))
        let styles = lines(document).map { "\($0.attributes["stroke"]!) \($0.attributes["stroke-dasharray"]!)" }
        #expect(styles.count == 12 && Set(styles).count == 12)
    }

    @Test("has colours that keep apart for all eyes and from white and black", arguments: Vision.allCases)
    func seriesColors(vision: Vision) throws {
        let document = try document(plot((0..<6).map { .init("\($0)", values: [1, 2]) }))
        let colors = lines(document).map { line in
            let code = Int(line.attributes["stroke"]!.dropFirst(), radix: 16)!
            return RGBColor(red: UInt8(code >> 16), green: UInt8(code >> 8 & 255), blue: UInt8(code & 255))
        }
        let seen = colors.map { OKLab($0, vision: vision) }
        for (i, color) in seen.enumerated() {
            for j in 0..<i { #expect(color.distance(to: seen[j]) > 0.09, "series \(j) and \(i)") }
        }
        for color in colors {
            // Relative luminance and contrast of WCAG 2; the dark page is #181c22.
            let light = color.shares.map { SRGBTransfer.linear[$0] }
            let luminance = 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]
            #expect(1.05 / (luminance + 0.05) > 3)
            #expect((luminance + 0.05) / (0.0114 + 0.05) > 3)
        }
    }

    @Test("escapes names, labels and title")
    func hostileTexts() throws {
        let hostile = "<script>&\"'"
        let plot = LinePlot(
            title: hostile, x: .init(hostile), y: .init(hostile),
            series: [.init(hostile, values: [1]), .init("b", values: [1])])
        let document = try document(plot)
        #expect(document.all("text").filter { $0.text == hostile }.count == 4)
        #expect(document.all("script").isEmpty)
        #expect(document.all("svg")[0].attributes["aria-label"] == hostile)
    }

    @Test("is a document of its own as a file, and takes the colours of the page inside a report")
    func surroundings() throws {
        let directory = TemporaryDirectory()
        let plot = plot([.init("a", values: [1, 2])])
        try plot.write(to: directory.file("plot.svg"))
        #expect(try FileContents.read(directory.file("plot.svg")) == Array(plot.svg().utf8))
        #expect(
            plot.svg().hasPrefix(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\""))
        #expect(plot.svg().contains("prefers-color-scheme"))
        #expect(try document(plot).all("svg")[0].attributes["aria-label"] == "loss over time")
        let report = HTMLReport(title: "", sections: [.init("s", figures: [.init(plot, caption: "c")])])
        let style = try MarkupDocument(report.html()).all("style")
        #expect(style.map(\.path) == [["html", "head"]])
        #expect(throws: FileError.cannotWrite(path: directory.path, reason: "Is a directory")) {
            try plot.write(to: directory.path)
        }
    }

    @Test("makes room for long numbers at the axes")
    func longNumbers() throws {
        let document = try document(plot([.init("a", points: [.init(x: 1, y: 1), .init(x: 1 + 1e-8, y: 1 + 1e-8)])]))
        let numbers = document.all("text").filter { Double($0.text) != nil }
        let along = numbers.filter { $0.attributes["text-anchor"] == "middle" }
        #expect(along.count >= 2)
        let places = along.map { Double($0.attributes["x"]!)! }
        for (first, second) in zip(places, places.dropFirst()) {
            #expect(second - first > 7 * Double(along[0].text.count))
        }
    }
}
