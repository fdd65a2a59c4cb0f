/// A table in plain text, its columns as wide as their widest cell.
struct TextTable<Row> {
    /// One column: its title and the cell of a row.
    struct Column {
        let title: String
        let isText: Bool
        let cell: (Row) -> String

        /// - Parameter isText: whether cells start at the left; numbers end at the right.
        init(_ title: String, isText: Bool = false, cell: @escaping (Row) -> String) {
            self.title = title
            self.isText = isText
            self.cell = cell
        }
    }

    let columns: [Column]

    /// The titles and one line per row, two spaces between the columns.
    func text(_ rows: [Row]) -> String {
        let lines = [columns.map(\.title)] + rows.map { row in columns.map { $0.cell(row) } }
        let widths = columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            let cells = columns.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - line[column].count)
                return columns[column].isText ? line[column] + padding : padding + line[column]
            }
            let text = cells.joined(separator: "  ")
            return text.prefix(through: text.lastIndex { $0 != " " } ?? text.startIndex) + "\n"
        }.joined()
    }
}
