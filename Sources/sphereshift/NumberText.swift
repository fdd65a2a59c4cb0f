#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension Double {
    /// With `digits` digits behind the point.
    func text(digits: Int) -> String {
        printed("%.\(digits)f")
    }

    /// With three significant digits, in scientific notation where that is shorter.
    var shortText: String {
        printed("%.3g")
    }

    /// As C prints it.
    private func printed(_ format: String) -> String {
        var buffer = [CChar](repeating: 0, count: 400)
        let count = withVaList([self]) { vsnprintf(&buffer, buffer.count, format, $0) }
        return String(decoding: buffer.prefix(Int(max(0, count))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
