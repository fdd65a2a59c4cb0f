internal import SphereKernels

extension HTMLReport {
    /// A table of text and numbers.
    ///
    /// A column of numbers is aligned to the right. It is one if every cell of it is a number ("-3", "1,024", "2.5e-7",
    /// "97 %", "1.6×", "0.91 ± 0.02"), empty or a dash, and at least one is a number.
    public struct Table: Equatable, Sendable {
        /// The line above the table; empty for none.
        public let caption: String
        /// The names of the columns.
        public let header: [String]
        /// The rows, each with one cell per column.
        public let rows: [[String]]

        /// A table of `rows` under `header`.
        ///
        /// - Precondition: every row has as many cells as the header.
        public init(header: [String], rows: [[String]], caption: String = "") {
            for (index, row) in rows.enumerated() {
                require(
                    row.count == header.count,
                    "row \(index) of a table of \(header.count) columns has \(row.count) cells")
            }
            self.caption = caption
            self.header = header
            self.rows = rows
        }

        /// Whether column `index` is aligned to the right.
        package func isNumeric(column index: Int) -> Bool {
            let filled = rows.map { $0[index] }.filter { !["", "-", "–", "—"].contains($0) }
            return !filled.isEmpty && filled.allSatisfy(Self.isNumber)
        }

        /// Whether `cell` is a number, with a unit of ratio or an uncertainty or without.
        private static func isNumber(_ cell: String) -> Bool {
            let parts = cell.split(separator: "±", omittingEmptySubsequences: false)
            return parts.count <= 2
                && parts.allSatisfy { part in
                    var digits = part.filter { $0 != " " && $0 != "," && $0 != "\u{202F}" }
                    if let unit = digits.last, ["%", "×"].contains(unit) { digits.removeLast() }
                    if digits.first == "−" { digits = "-" + digits.dropFirst() }
                    return Double(digits) != nil
                }
        }
    }
}
