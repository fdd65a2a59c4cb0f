internal import SphereData

/// Reads a JSON document value by value, from front to back, without keeping any of it.
///
/// A document of annotations has hundreds of megabytes of which a small part is wanted; every error names its byte.
struct JSONCursor {
    let path: String
    let bytes: [UInt8]
    private(set) var position = 0
    /// How deep values may be nested.
    private static let deepest = 200

    init(path: String) throws(EvaluationFileError) {
        do { bytes = try FileContents.read(path) } catch { throw .file(error) }
        self.path = path
    }

    init(_ text: String, path: String) {
        bytes = Array(text.utf8)
        self.path = path
    }

    /// Goes back, or on, to a byte where a value begins.
    mutating func move(to position: Int) { self.position = position }

    func malformed(_ expected: String, at place: Int? = nil) -> EvaluationFileError {
        let place = place ?? position
        let found: String
        if place >= bytes.count {
            found = "the end of the file"
        } else {
            let end = min(bytes.count, place + 20)
            let text = String(decoding: bytes[place..<end].prefix { $0 >= 32 && $0 < 127 }, as: UTF8.self)
            found = text.isEmpty ? "byte \(bytes[place])" : "'\(text)'"
        }
        return .malformed(path: path, byteOffset: place, expected: expected, found: found)
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 32, 9, 10, 13: position += 1
            default: return
            }
        }
    }

    /// The first byte of the next value, 0 at the end.
    mutating func peek() -> UInt8 {
        skipSpace()
        return position < bytes.count ? bytes[position] : 0
    }

    /// Texts of errors are made where there is one: made for every value they would take most of the time.
    private mutating func expect(_ byte: UInt8, _ expected: @autoclosure () -> String) throws(EvaluationFileError) {
        guard peek() == byte else { throw malformed(expected()) }
        position += 1
    }

    /// Calls `body` for every key of an object; it has to read the value.
    mutating func readObject(
        _ what: String, _ body: (inout JSONCursor, String) throws(EvaluationFileError) -> Void
    ) throws(EvaluationFileError) {
        try expect(UInt8(ascii: "{"), "\(what): an object")
        if peek() == UInt8(ascii: "}") {
            position += 1
            return
        }
        while true {
            let key = try readKey(what)
            try expect(UInt8(ascii: ":"), "':' after a key of \(what)")
            try body(&self, key)
            if peek() == UInt8(ascii: ",") {
                position += 1
                continue
            }
            return try expect(UInt8(ascii: "}"), "',' or '}' in \(what)")
        }
    }

    /// Calls `body` for every element of an array; it has to read the element.
    mutating func readArray(
        _ what: String, _ body: (inout JSONCursor) throws(EvaluationFileError) -> Void
    ) throws(EvaluationFileError) {
        try expect(UInt8(ascii: "["), "\(what): an array")
        if peek() == UInt8(ascii: "]") {
            position += 1
            return
        }
        while true {
            try body(&self)
            if peek() == UInt8(ascii: ",") {
                position += 1
                continue
            }
            return try expect(UInt8(ascii: "]"), "',' or ']' in \(what)")
        }
    }

    private mutating func readKey(_ what: String) throws(EvaluationFileError) -> String {
        switch try readText("a key of \(what)") {
        case .plain(let range): String(decoding: bytes[range], as: UTF8.self)
        case .resolved(let text): String(decoding: text, as: UTF8.self)
        }
    }

    /// A string of the document.
    enum Text {
        /// As it is, in these bytes.
        case plain(Range<Int>)
        /// With its escapes resolved.
        case resolved([UInt8])
    }

    /// The place of the next byte of a string that ends it or begins an escape, if there is one.
    private func endOfText(from start: Int) -> Int? {
        bytes.withUnsafeBufferPointer { bytes in
            var place = start
            while place < bytes.count && bytes[place] != UInt8(ascii: "\"") && bytes[place] != UInt8(ascii: "\\") {
                place += 1
            }
            return place < bytes.count ? place : nil
        }
    }

    /// Reads over a string without looking at its escapes.
    private mutating func skipString() throws(EvaluationFileError) {
        position += 1
        while let end = endOfText(from: position) {
            let isEnd = bytes[end] == UInt8(ascii: "\"")
            position = min(end + (isEnd ? 1 : 2), bytes.count)
            if isEnd { return }
        }
        position = bytes.count
        throw malformed("the end of a string")
    }

    /// A string, copied only where it has escapes.
    mutating func readText(_ what: @autoclosure () -> String) throws(EvaluationFileError) -> Text {
        try expect(UInt8(ascii: "\""), "\(what()): a string")
        var start = position
        var result: [UInt8] = []
        while let end = endOfText(from: start) {
            if bytes[end] == UInt8(ascii: "\"") {
                position = end + 1
                if result.isEmpty { return .plain(start..<end) }
                result.append(contentsOf: bytes[start..<end])
                return .resolved(result)
            }
            result.append(contentsOf: bytes[start..<end])
            position = end + 1
            result.append(contentsOf: try readEscape())
            start = position
        }
        position = bytes.count
        throw malformed("the end of a string")
    }

    /// The bytes of a string, escapes resolved.
    mutating func readString(_ what: @autoclosure () -> String) throws(EvaluationFileError) -> [UInt8] {
        switch try readText(what()) {
        case .plain(let range): Array(bytes[range])
        case .resolved(let text): text
        }
    }

    /// What the escape after a backslash stands for.
    private mutating func readEscape() throws(EvaluationFileError) -> [UInt8] {
        guard position < bytes.count else { throw malformed("an escape") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "u"):
            var code = try readCodeUnit()
            if 0xd800..<0xdc00 ~= code, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                bytes[position + 1] == UInt8(ascii: "u")
            {
                position += 2
                code = 0x10000 + (code - 0xd800) << 10 + (try readCodeUnit() &- 0xdc00) & 0x3ff
            }
            return Array(String(Character(Unicode.Scalar(code) ?? "\u{fffd}")).utf8)
        default: throw malformed("an escape", at: position - 1)
        }
    }

    private mutating func readCodeUnit() throws(EvaluationFileError) -> UInt32 {
        guard position + 4 <= bytes.count,
            let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw malformed("four hexadecimal digits") }
        position += 4
        return code
    }

    private static func isPartOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    /// A finite number.
    mutating func readNumber(_ what: String) throws(EvaluationFileError) -> Double {
        let first = peek()
        guard first == UInt8(ascii: "-") || (48...57).contains(first) else { throw malformed("\(what): a number") }
        let start = position
        // Whole numbers, most of all there are, without a detour by text.
        var (end, whole) = (start, 0)
        while end < bytes.count, (48...57).contains(bytes[end]), end - start < 16 {
            whole = whole * 10 + Int(bytes[end] - 48)
            end += 1
        }
        if end > start, end < bytes.count, !Self.isPartOfNumber(bytes[end]) {
            position = end
            return Double(whole)
        }
        while position < bytes.count, Self.isPartOfNumber(bytes[position]) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let value = Double(text), value.isFinite else { throw malformed("\(what): a finite number", at: start) }
        return value
    }

    /// A whole number.
    mutating func readInteger(_ what: String) throws(EvaluationFileError) -> Int {
        _ = peek()
        let start = position
        // Not by way of Double, which has no room for all digits of large ones.
        var end = start
        while end < bytes.count, Self.isPartOfNumber(bytes[end]) { end += 1 }
        if end - start > 15, let value = Int(String(decoding: bytes[start..<end], as: UTF8.self)),
            bytes[start] != UInt8(ascii: "+")
        {
            position = end
            return value
        }
        guard let value = Int(exactly: try readNumber(what)) else {
            throw malformed("\(what): a whole number", at: start)
        }
        return value
    }

    /// A flag: true, false, or a number that is not 0.
    mutating func readFlag(_ what: String) throws(EvaluationFileError) -> Bool {
        for (text, value) in [("true", true), ("false", false)] where peek() == text.utf8.first {
            try skipWord(text)
            return value
        }
        return try readNumber(what) != 0
    }

    private mutating func skipWord(_ word: String) throws(EvaluationFileError) {
        guard bytes[position...].starts(with: word.utf8) else { throw malformed("a value") }
        position += word.utf8.count
    }

    /// Reads over a value of any kind.
    mutating func skipValue(depth: Int = 0) throws(EvaluationFileError) {
        if depth > Self.deepest { throw malformed("at most \(Self.deepest) nested values") }
        switch peek() {
        case UInt8(ascii: "{"): try skipObject(depth: depth)
        case UInt8(ascii: "["):
            try readArray("a value") { (cursor) throws(EvaluationFileError) in try cursor.skipValue(depth: depth + 1) }
        case UInt8(ascii: "\""): try skipString()
        case UInt8(ascii: "t"): try skipWord("true")
        case UInt8(ascii: "f"): try skipWord("false")
        case UInt8(ascii: "n"): try skipWord("null")
        default: _ = try readNumber("a value")
        }
    }

    private mutating func skipObject(depth: Int) throws(EvaluationFileError) {
        position += 1
        if peek() == UInt8(ascii: "}") {
            position += 1
            return
        }
        while true {
            guard peek() == UInt8(ascii: "\"") else { throw malformed("a key of a value: a string") }
            try skipString()
            try expect(UInt8(ascii: ":"), "':' after a key of a value")
            try skipValue(depth: depth + 1)
            if peek() == UInt8(ascii: ",") {
                position += 1
                continue
            }
            return try expect(UInt8(ascii: "}"), "',' or '}' in a value")
        }
    }

    /// Throws unless only space is left.
    mutating func finish() throws(EvaluationFileError) {
        if peek() != 0 || position < bytes.count { throw malformed("the end of the file") }
    }
}
