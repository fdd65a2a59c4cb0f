/// A piece of an HTML or SVG document as a tree: tags are balanced and text is escaped by construction.
enum Markup: Sendable {
    /// Text, escaped when written.
    case text(String)
    /// A style sheet of our own, written as it is.
    case styleSheet(String)
    /// An element; attribute values are escaped when written.
    indirect case tagged(String, attributes: [Attribute], children: [Markup])

    struct Attribute: Sendable {
        let name, value: String
    }

    /// The element `name` with `attributes`, in their order, and `children`.
    static func element(
        _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ children: [Markup] = []
    ) -> Markup {
        .tagged(name, attributes: attributes.map { Attribute(name: $0.key, value: $0.value) }, children: children)
    }

    /// The element `name` with `attributes` around `text`.
    static func element(
        _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ text: String
    ) -> Markup {
        element(name, attributes, [.text(text)])
    }

    /// Elements of HTML that have neither children nor an end tag, of those that reports are made of.
    private static let voidElements: Set<String> = ["img", "meta"]

    /// Appends the markup to `document`.
    func write(to document: inout String) {
        switch self {
        case .text(let text): document += Self.escaped(text)
        case .styleSheet(let text): document += text
        case .tagged(let name, let attributes, let children):
            document += "<\(name)"
            for attribute in attributes { document += " \(attribute.name)=\"\(Self.escaped(attribute.value))\"" }
            document += ">"
            guard !Self.voidElements.contains(name) else { return }
            for child in children { child.write(to: &document) }
            // Children are never printed one per line: white space between them may show.
            document += "</\(name)>"
        }
    }

    /// `text` such that HTML and XML read it back as it is, inside an element as well as inside an attribute.
    ///
    /// Characters that neither allows (control characters, noncharacters) become U+FFFD.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\r": escaped += "&#13;"
            case "\t", "\n": escaped.unicodeScalars.append(scalar)
            case _ where isForbidden(scalar): escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0xFDD0...0xFDEF: true
        default: scalar.value & 0xFFFE == 0xFFFE
        }
    }
}
