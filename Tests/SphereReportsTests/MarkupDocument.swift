/// An HTML or SVG document read by stricter rules than a browser's: what does not follow them is an error.
///
/// Every element but the void ones is closed, in order; attribute values stand in double quotes and occur once; "<" and
/// "&" stand for themselves nowhere but in style sheets.
struct MarkupDocument {
    struct Element {
        let name: String
        let attributes: [String: String]
        /// The names of the elements around it, outermost first.
        let path: [String]
        /// Its text and that of its children.
        var text = ""
    }

    struct Malformed: Error {
        let reason: String
    }

    /// All elements in the order of their start tags.
    private(set) var elements: [Element] = []

    private static let voidElements: Set<String> = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
    ]

    init(_ document: String) throws {
        var rest = Substring(document)
        var open: [Int] = []
        if rest.hasPrefix("<?xml") { rest = rest[rest.firstIndex(of: "\n")!...].dropFirst() }
        if rest.hasPrefix("<!DOCTYPE html>") { rest = rest.dropFirst("<!DOCTYPE html>".count) }
        while let character = rest.first {
            if character != "<" {
                let text = rest.prefix { $0 != "<" }
                rest = rest[text.endIndex...]
                let isStyle = open.last.map { elements[$0].name == "style" } ?? false
                let plain = isStyle ? String(text) : try Self.unescaped(text)
                guard !open.isEmpty || plain.allSatisfy(\.isWhitespace) else {
                    throw Malformed(reason: "text outside of the document: \(plain.prefix(40))")
                }
                for index in open { elements[index].text += plain }
                continue
            }
            guard let end = rest.firstIndex(of: ">") else { throw Malformed(reason: "a tag without an end") }
            let tag = rest[rest.index(after: rest.startIndex)..<end]
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("/") {
                guard let last = open.popLast(), elements[last].name == tag.dropFirst() else {
                    throw Malformed(
                        reason: "</\(tag.dropFirst())> closes \(open.last.map { elements[$0].name } ?? "nothing")")
                }
            } else {
                let element = try Self.element(tag, path: open.map { elements[$0].name })
                elements.append(element)
                if !Self.voidElements.contains(element.name) { open.append(elements.count - 1) }
            }
        }
        guard open.isEmpty else { throw Malformed(reason: "\(elements[open.last!].name) is not closed") }
    }

    /// The elements called `name`.
    func all(_ name: String) -> [Element] { elements.filter { $0.name == name } }

    private static func element(_ tag: Substring, path: [String]) throws -> Element {
        let name = tag.prefix { $0 != " " }
        guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else {
            throw Malformed(reason: "an element called \"\(name.prefix(40))\"")
        }
        var attributes: [String: String] = [:]
        var rest = tag[name.endIndex...]
        while !rest.isEmpty {
            guard rest.hasPrefix(" "), let equals = rest.firstIndex(of: "=") else {
                throw Malformed(reason: "attributes \(rest.prefix(40))")
            }
            let key = String(rest[rest.index(after: rest.startIndex)..<equals])
            rest = rest[equals...].dropFirst()
            guard rest.first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") else {
                throw Malformed(reason: "the value of \(key) is not quoted")
            }
            let isName = key.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" }
            guard isName, !key.isEmpty, attributes[key] == nil else { throw Malformed(reason: "attribute \(key)") }
            attributes[key] = try unescaped(rest[rest.startIndex..<end].dropFirst())
            rest = rest[end...].dropFirst()
        }
        return Element(name: String(name), attributes: attributes, path: path)
    }

    private static func unescaped(_ text: Substring) throws -> String {
        let references = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "#39": "'", "#13": "\r"]
        var (plain, rest) = ("", text)
        while let start = rest.firstIndex(of: "&") {
            plain += rest[..<start]
            guard let end = rest[start...].firstIndex(of: ";"),
                let character = references[String(rest[start..<end].dropFirst())]
            else { throw Malformed(reason: "reference \(rest[start...].prefix(10))") }
            plain += character
            rest = rest[end...].dropFirst()
        }
        return plain + rest
    }
}
