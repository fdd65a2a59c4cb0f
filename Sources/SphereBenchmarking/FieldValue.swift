/// One figure or name of a row, written as JSON, CSV and table cell.
package enum FieldValue: Equatable {
    case text(String)
    case integer(Int)
    case number(Double)
    case list([String])
    case missing

    /// A number, or missing.
    init(_ number: Double?) {
        self = number.map { .number($0) } ?? .missing
    }

    /// An integer, or missing.
    init(_ integer: Int?) {
        self = integer.map { .integer($0) } ?? .missing
    }

    /// The plain text; empty where missing.
    package var plain: String {
        switch self {
        case .text(let text): text
        case .integer(let integer): String(integer)
        case .number(let number): number.isFinite ? "\(number.roundedToFiveDigits)" : ""
        case .list(let texts): texts.joined(separator: " ")
        case .missing: ""
        }
    }

    /// A field of a CSV record (RFC 4180).
    package var csv: String {
        guard plain.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return plain }
        return Self.quoted(plain) { $0 == "\"" ? "\"\"" : String($0) }
    }

    /// A JSON value; `null` where missing.
    package var json: String {
        switch self {
        case .text(let text): Self.jsonString(text)
        case .integer: plain
        case .number: plain.isEmpty ? "null" : plain
        case .list(let texts): "[" + texts.map(Self.jsonString).joined(separator: ", ") + "]"
        case .missing: "null"
        }
    }

    private static func jsonString(_ text: String) -> String {
        quoted(text) { character in
            switch character {
            case "\"": "\\\""
            case "\\": "\\\\"
            case "\u{0}"..<" ": "\\u" + String(0x10000 + character.value, radix: 16).dropFirst()
            default: String(character)
            }
        }
    }

    private static func quoted(_ text: String, _ escape: (Unicode.Scalar) -> String) -> String {
        "\"" + text.unicodeScalars.map(escape).joined() + "\""
    }
}

/// Names and values in the order in which they are written.
typealias Fields = [(key: String, value: FieldValue)]

/// The fields as a JSON object on one line.
func jsonObject(_ fields: Fields) -> String {
    "{" + fields.map { "\"\($0.key)\": \($0.value.json)" }.joined(separator: ", ") + "}"
}

extension Double {
    /// The nearest number of five significant decimal digits: a timing has no more.
    fileprivate var roundedToFiveDigits: Double {
        guard self != 0 else { return 0 }
        var power = 0
        var magnitude = abs(self)
        while magnitude < 1e4 && power < 20 { (magnitude, power) = (magnitude * 10, power + 1) }
        // Powers of ten up to 1e20 are exact, so the quotient is the double nearest to the decimal and prints as it.
        let scale = (0..<power).reduce(1.0) { scale, _ in scale * 10 }
        return (self * scale).rounded() / scale
    }
}
