import Foundation

/// The rows of a CSV file of results.
struct ResultsFile {
    /// One row: texts by the names of their columns.
    struct Row {
        fileprivate let fields: [String: Substring]

        /// The text of a column; empty if it has none.
        subscript(_ column: String) -> String { String(fields[column] ?? "") }

        /// The number of a column.
        func number(_ column: String) -> Double? { Double(self[column]) }
    }

    /// A file that is not as `BenchmarkReport.csv` writes it.
    struct NotResults: Error, CustomStringConvertible {
        let path: String
        let line: Int

        var description: String { "\(path): line \(line) has another number of fields than the names of the columns" }
    }

    let rows: [Row]

    /// Reads the file at `url`; names and numbers need no quotes, so a comma always ends a field.
    init(_ url: URL) throws {
        let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n").enumerated()
            .filter { !$0.element.hasPrefix("#") }
        let columns = lines.first?.element.split(separator: ",").map(String.init) ?? []
        rows = try lines.dropFirst().map { index, line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count == columns.count else { throw NotResults(path: url.path, line: index + 1) }
            return Row(fields: Dictionary(uniqueKeysWithValues: zip(columns, fields)))
        }
    }

    /// Those of one thread, without the naive twin, whose rates would lie on the axis.
    var shown: [Row] { rows.filter { $0["threads"] == "1" && $0["contestant"] != "naive" } }
}

extension Sequence where Element: Hashable {
    /// The different elements, in the order in which they first come.
    var unique: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
