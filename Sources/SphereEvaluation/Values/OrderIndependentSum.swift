internal import SphereKernels

/// A sum of real numbers that does not depend on the order of its terms.
///
/// Terms are rounded to multiples of 2^-64 and added as 128-bit integers, so that sums made by several threads or from
/// several files are the same to the bit however they are put together. Each term is off by at most 2^-65; doubles of
/// magnitude 2^-11 or more are exact.
public struct OrderIndependentSum: Equatable, Sendable {
    private var high: Int64 = 0
    private var low: UInt64 = 0

    /// The sum of nothing, 0.
    public init() {}

    /// Adds `term`.
    ///
    /// - Precondition: `term` is finite and its magnitude is below 2^53.
    public mutating func add(_ term: Double) {
        require(abs(term) < 0x1p53, "a term of a sum must be finite and below 2^53, found \(term)")
        let whole = term.rounded(.down)
        // In [0, 1): times 2^64 it is below 2^64, and rounding can at most reach it.
        let scaled = ((term - whole) * 0x1p64).rounded()
        let (fraction, carry) = scaled >= 0x1p64 ? (UInt64(0), Int64(1)) : (UInt64(scaled), Int64(0))
        add(high: Int64(whole) + carry, low: fraction)
    }

    /// Adds the terms of another sum.
    public mutating func merge(_ other: OrderIndependentSum) {
        add(high: other.high, low: other.low)
    }

    private mutating func add(high: Int64, low: UInt64) {
        let (sum, overflow) = self.low.addingReportingOverflow(low)
        self.low = sum
        self.high += high + (overflow ? 1 : 0)
    }

    /// The sum, rounded to the nearest double but for the last bit.
    public var value: Double {
        Double(high) + Double(low) * 0x1p-64
    }
}
