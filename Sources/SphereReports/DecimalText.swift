#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Numbers as text for axes, coordinates and tables.
package enum DecimalText {
    /// `value` with `decimals` digits after the point, rounded to nearest; zero never has a sign.
    ///
    /// Where the digits do not fit into 63 bits, and for NaN and infinity, the shortest text that Swift reads back.
    ///
    /// - Precondition: `0 <= decimals <= 18`.
    package static func fixed(_ value: Double, decimals: Int) -> String {
        guard let scaled = Int64(exactly: (value * pow(10, Double(decimals))).rounded()) else { return "\(value)" }
        var digits = String(scaled.magnitude)
        digits = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        let sign = scaled < 0 ? "-" : ""
        return decimals == 0 ? sign + digits : "\(sign)\(digits.dropLast(decimals)).\(digits.suffix(decimals))"
    }

    /// `value` with two digits and a power of ten, "1.2 × 10⁻³"; zero, NaN and infinity as Swift writes them.
    package static func scientific(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return "\(value)" }
        var exponent = Int(log10(abs(value)).rounded(.down))
        var mantissa = (value / pow(10, Double(exponent)) * 10).rounded() / 10
        if abs(mantissa) >= 10 {
            mantissa /= 10
            exponent += 1
        }
        return "\(fixed(mantissa, decimals: 1)) × \(powerOfTen(exponent))"
    }

    /// 10 to the power `exponent` in small raised digits, "10⁻³".
    package static func powerOfTen(_ exponent: Int) -> String {
        let raised: [Character: Character] = [
            "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸",
            "9": "⁹",
        ]
        return "10" + String(String(exponent).map { raised[$0]! })
    }
}
