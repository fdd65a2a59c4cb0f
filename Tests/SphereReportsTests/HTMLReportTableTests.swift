import SphereReports
import TestSupport
import Testing

@Suite("HTMLReport.Table") struct HTMLReportTableTests {
    private func isNumeric(_ cells: [String]) -> Bool {
        HTMLReport.Table(header: ["a"], rows: cells.map { [$0] }).isNumeric(column: 0)
    }

    @Test(
        "aligns columns of numbers to the right",
        arguments: [
            ["1", "-3", "+4.5"], ["1,024", "12,000,000"], ["2.5e-7"], ["97 %", "3%"], ["1.6×"], ["0.91 ± 0.02", "1"],
            ["−4", ""], ["–", "3", "—", "-"], ["nan", "inf"], ["1\u{202F}000"],
        ])
    func numbers(cells: [String]) {
        #expect(isNumeric(cells))
    }

    @Test(
        "aligns everything else to the left",
        arguments: [[], [""], ["–"], ["1", "a"], ["3 ms"], ["1 ± 2 ± 3"], ["±"], ["%"], ["1.2.3"], ["−"]])
    func texts(cells: [String]) {
        #expect(!isNumeric(cells))
    }

    @Test("marks header and cells of a column alike, every row with all its cells")
    func markup() throws {
        let table = HTMLReport.Table(header: ["name", "n"], rows: [["a", "1"], ["", "2"]], caption: "counts")
        let report = HTMLReport(title: "", sections: [.init("s", tables: [table, .init(header: [], rows: [])])])
        let document = try MarkupDocument(report.html())
        #expect(document.all("th").map { $0.attributes["class"] } == ["text", "number"])
        #expect(document.all("th").allSatisfy { $0.attributes["scope"] == "col" && $0.path.contains("thead") })
        #expect(document.all("td").map { $0.attributes["class"] } == ["text", "number", "text", "number"])
        #expect(document.all("td").map(\.text) == ["a", "1", "", "2"])
        #expect(document.all("td").allSatisfy { $0.path.suffix(2) == ["tbody", "tr"] })
        #expect(document.all("caption").map(\.text) == ["counts"])
        #expect(document.all("table").count == 2)
    }

    @Test("traps on a row with too few cells, with both numbers in the message")
    func ragged() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = HTMLReport.Table(header: ["a", "b"], rows: [["1", "2"], ["3"]])
        }
        #expect(messages(of: result).contains("row 1 of a table of 2 columns has 1 cells"))
    }
}
