#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// One axis of a plot: its range and the numbers along it.
///
/// The range begins and ends at a tick.
package struct PlotAxis: Sendable {
    package struct Tick: Sendable {
        package let value: Double
        package let label: String
    }

    /// The ticks by rising value, two or more.
    package let ticks: [Tick]
    private let scale: LinePlot.Scale
    /// The coordinates of the first and the last tick.
    private let start, end: Double

    /// The axis that covers `values`; those that the scale cannot show (``coordinate(_:on:)``) play no part.
    package init(covering values: [Double], scale: LinePlot.Scale) {
        self.scale = scale
        var (low, high) = (Double.infinity, -Double.infinity)
        for value in values.lazy.compactMap({ Self.coordinate($0, on: scale) }) {
            (low, high) = (min(low, value), max(high, value))
        }
        let isEmpty = low > high
        ticks =
            switch scale {
            case .linear: Self.linearTicks(isEmpty ? 0 : low, isEmpty ? 1 : high)
            case .logarithmic: Self.logarithmicTicks(isEmpty ? 0 : low, isEmpty ? 1 : high)
            }
        let ends = (ticks[0].value, ticks[ticks.count - 1].value)
        (start, end) =
            switch scale {
            case .linear: ends
            case .logarithmic: (log10(ends.0), log10(ends.1))
            }
    }

    /// Where `value` lies along the axis: 0 at its start, 1 at its end; `nil` if the scale cannot show it.
    package func fraction(_ value: Double) -> Double? {
        Self.coordinate(value, on: scale).map { ($0 - start) / (end - start) }
    }

    /// The value, or on a logarithmic scale its decimal logarithm; `nil` if the scale cannot show it.
    ///
    /// Neither scale shows NaN and magnitudes above 1e280. Below 1e-280 a magnitude is 0 on a linear scale, and a
    /// logarithmic one shows nothing. Within these limits no step between ticks overflows or is subnormal.
    private static func coordinate(_ value: Double, on scale: LinePlot.Scale) -> Double? {
        guard abs(value) <= 1e280 else { return nil }
        switch scale {
        case .linear: return abs(value) < 1e-280 ? 0 : value
        case .logarithmic: return value >= 1e-280 ? log10(value) : nil
        }
    }

    // MARK: - Linear

    /// Multiples of 1, 2 or 5 times a power of ten around the range, 3 to 7 of them.
    private static func linearTicks(_ low: Double, _ high: Double) -> [Tick] {
        var (low, high) = (low, high)
        let size = max(abs(low), abs(high))
        // A constant, or one but for rounding, is put in the middle of a range of its own.
        if high - low <= 1e-9 * size || size == 0 {
            let margin = size == 0 ? 1 : 0.1 * size
            (low, high) = (low - margin, high + margin)
        }
        let least = (high - low) / 5
        var exponent = Int(log10(least).rounded(.down))
        var digit = [1.0, 2, 5].first { $0 * power(exponent) >= least }
        if digit == nil {
            exponent += 1
            digit = 1
        }
        let step = digit! * power(exponent)
        // A hair of tolerance keeps 0.3 = 3 * 0.1 from adding a tick above it.
        let first = (low / step + 1e-6).rounded(.down)
        let last = (high / step - 1e-6).rounded(.up)
        let largest = max(abs(first), abs(last)) * step
        return stride(from: first, through: last, by: 1).map {
            Tick(value: $0 * step, label: label($0 * step, unit: exponent, largest: largest))
        }
    }

    /// `value`, a multiple of 10^unit, as the other ticks up to `largest` are written.
    private static func label(_ value: Double, unit: Int, largest: Double) -> String {
        if largest < 1e6 && largest >= 1e-3 { return DecimalText.fixed(value, decimals: max(0, -unit)) }
        guard value != 0 else { return "0" }
        let exponent = Int((log10(largest) + 1e-9).rounded(.down))
        let mantissa = DecimalText.fixed(value / power(exponent), decimals: max(0, exponent - unit))
        return "\(mantissa)×\(DecimalText.powerOfTen(exponent))"
    }

    // MARK: - Logarithmic

    /// Ticks around 10^low to 10^high: powers of ten, or for few decades also their multiples.
    private static func logarithmicTicks(_ low: Double, _ high: Double) -> [Tick] {
        let decades = high - low
        // 2 decades have 3 powers of ten in them; 0.7 decades, a factor of 5, three of the steps 1, 2, 5.
        let digits = decades >= 2 ? [1] : decades >= 0.7 ? [1, 2, 5] : Array(1...9)
        let stride = max(1, Int((decades / 8).rounded(.up)))
        let start = Int((low / Double(stride)).rounded(.down)) * stride
        let candidates = Swift.stride(from: start - stride, through: Int(high.rounded(.up)) + stride, by: stride)
            .flatMap { exponent in digits.map { (digit: $0, exponent: exponent) } }
        let places = candidates.map { log10(Double($0.digit)) + Double($0.exponent) }
        var first = places.lastIndex { $0 <= low + 1e-9 }!
        var last = places.firstIndex { $0 >= high - 1e-9 }!
        if first == last {
            first -= 1
            last += 1
        }
        let shown = candidates[first...last]
        // One way of writing for the whole axis.
        let isPlain = shown.allSatisfy { (-3...4).contains($0.exponent) }
        return shown.map { digit, exponent in
            let value = Double(digit) * power(exponent)
            let label =
                isPlain
                ? DecimalText.fixed(value, decimals: max(0, -exponent))
                : (digit == 1 ? "" : "\(digit)×") + DecimalText.powerOfTen(exponent)
            return Tick(value: value, label: label)
        }
    }

    private static func power(_ exponent: Int) -> Double { pow(10, Double(exponent)) }
}
