/// Reads the Python dictionary in the header of an NPY file.
///
/// Accepted is exactly a dictionary literal with the three keys `descr`, `fortran_order` and `shape`, each once, in any
/// order, in single or double quotes, with spaces, tabs and line ends between the tokens and an optional comma at the
/// end. Extents may carry the `L` of Python 2. Everything is checked byte by byte; nothing is evaluated.
///
/// Format: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays".
struct NPYHeaderParser {
    let path: String
    let text: [UInt8]
    /// Where `text` begins in the file.
    let textOffset: Int
    private var position = 0
    private var elementType: (type: NPYElementType, isBigEndian: Bool)?
    private var isFortranOrder: Bool?
    private var shape: [Int]?

    init(path: String, text: [UInt8], textOffset: Int) {
        self.path = path
        self.text = text
        self.textOffset = textOffset
    }

    struct Fields {
        let elementType: NPYElementType
        let isBigEndian: Bool
        let isFortranOrder: Bool
        let shape: [Int]
    }

    mutating func parse() throws(NPYError) -> Fields {
        try expect("{")
        while peek() != UInt8(ascii: "}") {
            try parsePair()
            if !take(",") && peek() != UInt8(ascii: "}") { throw mismatch("',' or '}'") }
        }
        try expect("}")
        if peek() != nil { throw mismatch("only spaces after the dictionary") }
        guard let elementType else { throw mismatch("a dictionary with the key 'descr'") }
        guard let isFortranOrder else { throw mismatch("a dictionary with the key 'fortran_order'") }
        guard let shape else { throw mismatch("a dictionary with the key 'shape'") }
        return Fields(
            elementType: elementType.type, isBigEndian: elementType.isBigEndian, isFortranOrder: isFortranOrder,
            shape: shape)
    }

    private mutating func parsePair() throws(NPYError) {
        _ = peek()
        let keyPosition = position
        let key = try parseString()
        try expect(":")
        let isRepeated: Bool
        switch key {
        case "descr":
            isRepeated = elementType != nil
            elementType = try parseElementType()
        case "fortran_order":
            isRepeated = isFortranOrder != nil
            isFortranOrder = try parseBool()
        case "shape":
            isRepeated = shape != nil
            shape = try parseShape()
        default:
            throw mismatch("one of the keys 'descr', 'fortran_order', 'shape'", at: keyPosition)
        }
        if isRepeated { throw mismatch("each key once", at: keyPosition) }
    }

    /// A byte order followed by a code of ``NPYElementType``: `<f4`, `>i2`, `|u1`, `=f8`.
    ///
    /// `=` and `|` stand for the byte order of the machine, as in NumPy.
    private mutating func parseElementType() throws(NPYError) -> (NPYElementType, isBigEndian: Bool) {
        if peek() == UInt8(ascii: "[") || peek() == UInt8(ascii: "(") {
            // The fields of a record, or an element that is an array itself.
            throw .unsupportedElementType(path: path, descr: excerpt(bracketedText(), limit: 60))
        }
        let descr = try parseString()
        let isBigEndian: Bool
        switch descr.first {
        case "<": isBigEndian = false
        case ">": isBigEndian = true
        case "=", "|": isBigEndian = NPYHeader.hostIsBigEndian
        default: throw .unsupportedElementType(path: path, descr: "'\(descr)'")
        }
        guard let type = NPYElementType(rawValue: String(descr.dropFirst())) else {
            throw .unsupportedElementType(path: path, descr: "'\(descr)'")
        }
        return (type, isBigEndian)
    }

    /// The text from an opening bracket to its closing one, or to the end.
    private func bracketedText() -> ArraySlice<UInt8> {
        var depth = 0
        let end = text[position...].firstIndex { byte in
            if "[(".utf8.contains(byte) { depth += 1 }
            if "])".utf8.contains(byte) { depth -= 1 }
            return depth == 0
        }
        return text[position...(end ?? text.count - 1)]
    }

    private mutating func parseBool() throws(NPYError) -> Bool {
        if takeWord("True") { return true }
        if takeWord("False") { return false }
        throw mismatch("True or False")
    }

    /// A tuple of extents: `()`, `(3,)`, `(3, 4)`.
    private mutating func parseShape() throws(NPYError) -> [Int] {
        try expect("(")
        var extents: [Int] = []
        while peek() != UInt8(ascii: ")") {
            if extents.count == NPYHeader.maximumRank {
                throw mismatch("a shape of at most \(NPYHeader.maximumRank) axes")
            }
            extents.append(try parseExtent())
            let hasComma = take(",")
            // Without its comma, one number in parentheses is a number to Python and not a tuple.
            if !hasComma && (extents.count == 1 || peek() != UInt8(ascii: ")")) { throw mismatch("','") }
        }
        try expect(")")
        return extents
    }

    private mutating func parseExtent() throws(NPYError) -> Int {
        _ = peek()
        let start = position
        var value = 0
        while position < text.count, case let digit = Int(text[position]) - 0x30, (0...9).contains(digit) {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(digit)
            if overflow || carry { throw mismatch("an extent below 2^63", at: start) }
            value = sum
            position += 1
        }
        guard position > start else { throw mismatch("an extent (a number from 0 up)") }
        if position - start > 1 && text[start] == UInt8(ascii: "0") {
            throw mismatch("an extent without leading zeros", at: start)
        }
        if position < text.count && text[position] == UInt8(ascii: "L") { position += 1 }
        return value
    }

    /// A string of printable ASCII characters without escapes.
    private mutating func parseString() throws(NPYError) -> String {
        guard let quote = peek(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
            throw mismatch("a quoted string")
        }
        let start = position + 1
        var end = start
        while end < text.count, text[end] != quote {
            guard (0x20...0x7E).contains(text[end]), text[end] != UInt8(ascii: "\\") else {
                throw mismatch("a string of plain ASCII characters", at: end)
            }
            end += 1
        }
        guard end < text.count else { throw mismatch("the end of the string", at: end) }
        position = end + 1
        return String(decoding: text[start..<end], as: UTF8.self)
    }

    /// The next byte that is no space, `nil` at the end; moves to it.
    private mutating func peek() -> UInt8? {
        while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
        return position < text.count ? text[position] : nil
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(NPYError) {
        if !take(character) { throw mismatch("'\(character)'") }
    }

    private mutating func takeWord(_ word: String) -> Bool {
        _ = peek()
        guard text[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    private func mismatch(_ expected: String, at place: Int? = nil) -> NPYError {
        let place = place ?? position
        return .malformedHeader(
            path: path, byteOffset: textOffset + place, expected: expected,
            found: place < text.count ? excerpt(text[place...], limit: 16) : "the end of the header")
    }
}

/// The first `limit` of `bytes` in quotes, with everything but printable ASCII as `\xNN`.
func excerpt(_ bytes: ArraySlice<UInt8>, limit: Int) -> String {
    if bytes.isEmpty { return "nothing" }
    let shown = bytes.prefix(limit).map { byte in
        if (0x20...0x7E).contains(byte) { return String(UnicodeScalar(byte)) }
        return (byte < 16 ? "\\x0" : "\\x") + String(byte, radix: 16)
    }
    return "\"" + shown.joined() + (bytes.count > limit ? "\"..." : "\"")
}
