import SphereEvaluation
import SphereReports

/// The scores of a task in the form in which they are printed.
struct EvaluationOutput: Encodable {
    /// A number with its key in JSON and its name in tables.
    struct Score {
        let key: String
        let name: String
        let value: MetricValue
        /// Whether it has a value without any truth: a time, a number of proposals.
        let isSideNote: Bool

        init(_ key: String, _ name: String, _ value: MetricValue, isSideNote: Bool = false) {
            self.key = key
            self.name = name
            self.value = value
            self.isSideNote = isSideNote
        }
    }

    /// The scores of a class or of an image.
    struct Row {
        let name: String
        let scores: [Score]
    }

    let task: String
    let title: String
    var images: Int
    var scores: [Score]
    /// More numbers of JSON, such as counts.
    var counts: [(key: String, value: Int)] = []
    var classes: [Row] = []
    var rows: [Row] = []
    var plots: [LinePlot] = []
    /// What was set, for JSON and the report.
    var settings: [(key: String, value: String)] = []

    /// Why not one score has a value, `nil` if one has.
    var reasonOfNoScore: UndefinedReason? {
        scores.contains { !$0.isSideNote && $0.value.value != nil } ? nil : scores.first?.value.reason
    }

    /// Writes and prints the scores.
    ///
    /// - Parameter source: where the truth is from.
    /// - Throws: `InputError` if not one score has a value, before anything is written.
    func finish(of source: String, report path: String?, json: Bool) throws {
        if let reason = reasonOfNoScore { throw InputError("\(source): no score has a value: \(reason)") }
        if let path { try report.write(to: path) }
        print(json ? try JSON.text(self) : table)
    }

    private var imageCount: String { "\(images) image\(images == 1 ? "" : "s")" }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(task, forKey: Key("task"))
        try container.encode(images, forKey: Key("images"))
        for count in counts { try container.encode(count.value, forKey: Key(count.key)) }
        try Self.encode(scores, to: &container)
        if !classes.isEmpty { try Self.encode(classes, to: container.nestedUnkeyedContainer(forKey: Key("per_class"))) }
        if !rows.isEmpty { try Self.encode(rows, to: container.nestedUnkeyedContainer(forKey: Key("per_image"))) }
        var set = container.nestedContainer(keyedBy: Key.self, forKey: Key("settings"))
        for setting in settings { try set.encode(setting.value, forKey: Key(setting.key)) }
    }

    private static func encode(_ scores: [Score], to container: inout KeyedEncodingContainer<Key>) throws {
        for score in scores { try container.encode(score.value, forKey: Key(score.key)) }
        let undefined = scores.filter { $0.value.reason != nil }
        if undefined.isEmpty { return }
        var reasons = container.nestedContainer(keyedBy: Key.self, forKey: Key("undefined"))
        for score in undefined { try reasons.encode(score.value.reason!.description, forKey: Key(score.key)) }
    }

    private static func encode(_ rows: [Row], to container: any UnkeyedEncodingContainer) throws {
        var container = container
        for row in rows {
            var nested = container.nestedContainer(keyedBy: Key.self)
            try nested.encode(row.name, forKey: Key("name"))
            try encode(row.scores, to: &nested)
        }
    }

    /// Rows beyond this many are left to JSON and the report.
    private static let longestTable = 40

    var table: String {
        var summary = TextTable(header: ["\(title), \(imageCount)", ""])
        for score in scores { summary.add([score.name, Self.text(score.value)]) }
        for count in counts { summary.add([count.key.replacing("_", with: " "), "\(count.value)"]) }
        var text = summary.text
        for (rows, what) in [(classes, "class"), (self.rows, "image")] {
            guard let first = rows.first, rows.count <= Self.longestTable else { continue }
            var table = TextTable(header: [what] + first.scores.map(\.key))
            for row in rows {
                table.add([row.name] + row.scores.map { $0.value.value.map { $0.text(digits: 4) } ?? "-" })
            }
            text += "\n\n" + table.text
        }
        return text
    }

    private static func text(_ value: MetricValue) -> String {
        switch value {
        case .defined(let value): value.text(digits: 4)
        case .undefined(let reason): "undefined: \(reason)"
        }
    }

    var report: HTMLReport {
        var sections = [
            HTMLReport.Section(
                "Scores", figures: plots.map { HTMLReport.Figure($0, caption: $0.title) },
                tables: [.init(header: ["score", "value"], rows: scores.map { [$0.name, Self.text($0.value)] })])
        ]
        for (rows, heading) in [(classes, "Classes"), (self.rows, "Images")] {
            guard let first = rows.first else { continue }
            sections.append(
                HTMLReport.Section(
                    heading,
                    tables: [
                        .init(
                            header: ["name"] + first.scores.map(\.name),
                            rows: rows.map { row in
                                [row.name] + row.scores.map { $0.value.value.map { $0.text(digits: 4) } ?? "–" }
                            })
                    ]))
        }
        return HTMLReport(
            title: title, introduction: "\(imageCount).", sections: sections,
            parameters: settings.map { .init($0.key.replacing("_", with: " "), $0.value) })
    }
}
