/// Rows of results with the machine they belong to, as JSON, CSV or a table.
public struct BenchmarkReport: Sendable {
    /// Where they were measured.
    public let machine: MachineCard
    /// What else a reader must know, one line each: the version of a rival, its compiler flags.
    public let notes: [String]
    /// The results.
    public let rows: [BenchmarkRow]

    /// A report of `rows`.
    public init(_ rows: [BenchmarkRow], machine: MachineCard = .current, notes: [String] = []) {
        self.machine = machine
        self.notes = notes
        self.rows = rows
    }

    /// An object of `machine`, `notes` and `rows`, an object each.
    ///
    /// Keys of a row: family, operation, contestant, instruction_set, n, m, d, concentration, threads, samples,
    /// median_ms, min_ms, useful_gflops, peak_gflops, percent_of_peak, gigabytes_per_second, nanoseconds_per_element,
    /// ratio_to_naive, ratio_to_rival, naive_rows; `null` where a figure does not apply. ``BenchmarkRow`` tells what
    /// they mean.
    public var json: String {
        let lines = rows.map { "    " + jsonObject($0.fields) }.joined(separator: ",\n")
        return """
            {
              "machine": \(jsonObject(machine.fields)),
              "notes": \(FieldValue.list(notes).json),
              "rows": [
            \(lines)
              ]
            }
            """
    }

    /// The machine and the notes as comment lines, the names of the columns (the keys of ``json``), one line per row.
    public var csv: String {
        var lines = machine.fields.map { "# \($0.key): \($0.value.plain)" } + notes.map { "# \($0)" }
        if let first = rows.first { lines.append(first.fields.map(\.key).joined(separator: ",")) }
        lines += rows.map { row in row.fields.map(\.value.csv).joined(separator: ",") }
        return lines.joined(separator: "\n") + "\n"
    }
}
