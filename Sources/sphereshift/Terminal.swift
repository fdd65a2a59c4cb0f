#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Messages and progress for a person, on stderr.
enum Terminal {
    /// Whether stderr is a terminal on which a line can be written again and again.
    static let isInteractive = isatty(STDERR_FILENO) == 1

    /// Writes `text` and a line break to stderr.
    static func note(_ text: String) {
        write(text + "\n")
    }

    /// Writes one line about what went wrong and ends the program.
    static func fail(_ message: String, code: Int32) -> Never {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        note("sphereshift: error: \(line)")
        exit(code)
    }

    fileprivate static func write(_ text: String) {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { writeBytes($0) }
            if count <= 0 { return }
            written += count
        }
    }
}

// Outside the type, where `write` is the system call.
private func writeBytes(_ bytes: UnsafeRawBufferPointer) -> Int {
    write(STDERR_FILENO, bytes.baseAddress, bytes.count)
}

/// A bar that fills on a terminal; silent where stderr is not one.
///
/// Drawn at most ten times a second, and only for work that has taken half a second.
struct ProgressBar {
    private let label: String
    private let start = ContinuousClock.now
    private var lastDrawn: ContinuousClock.Instant?

    init(_ label: String) {
        self.label = label
    }

    /// Shows that `done` of `total` steps are done, with a note behind the bar.
    mutating func update(_ done: Int, of total: Int, note: String = "") {
        let now = ContinuousClock.now
        guard Terminal.isInteractive, now - start > .milliseconds(500) else { return }
        if let lastDrawn, now - lastDrawn < .milliseconds(100), done < total { return }
        lastDrawn = now
        let width = 30
        let filled = total == 0 ? width : min(width, width * done / total)
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        let text = "\(label) [\(bar)] \(done)/\(total) \(note)"
        Terminal.write("\r\u{1B}[2K" + String(text.prefix(110)))
    }

    /// Removes the bar.
    mutating func finish() {
        if lastDrawn != nil { Terminal.write("\r\u{1B}[2K") }
        lastDrawn = nil
    }
}
