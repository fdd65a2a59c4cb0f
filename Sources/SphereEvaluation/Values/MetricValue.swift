/// The value of a metric, or the reason why there is none.
///
/// Never a stand-in such as -1, 0 or NaN: a mean over images or classes has to say what it does with undefined values
/// (``MetricMean`` leaves them out and counts them).
public enum MetricValue: Equatable, Hashable, Sendable {
    /// The number.
    case defined(Double)
    /// There is no number.
    case undefined(UndefinedReason)

    /// The number, `nil` where it is undefined.
    public var value: Double? {
        if case .defined(let value) = self { value } else { nil }
    }

    /// The reason why there is no number, `nil` where there is one.
    public var reason: UndefinedReason? {
        if case .undefined(let reason) = self { reason } else { nil }
    }

    /// `numerator / denominator`, undefined for `reason` where the denominator is 0.
    public static func ratio(_ numerator: Double, _ denominator: Double, ifZero reason: UndefinedReason) -> MetricValue
    {
        denominator == 0 ? .undefined(reason) : .defined(numerator / denominator)
    }

    /// `numerator / denominator`, undefined for `reason` where the denominator is 0.
    public static func ratio(_ numerator: Int, _ denominator: Int, ifZero reason: UndefinedReason) -> MetricValue {
        ratio(Double(numerator), Double(denominator), ifZero: reason)
    }

    /// The value of `transform` of the number; what is undefined stays undefined.
    public func map(_ transform: (Double) -> Double) -> MetricValue {
        switch self {
        case .defined(let value): .defined(transform(value))
        case .undefined: self
        }
    }

    /// The mean of the defined ones among `values`, undefined for `reason` where there is none.
    ///
    /// - Complexity: O(values).
    public static func mean(
        of values: some Sequence<MetricValue>, ifNone reason: UndefinedReason
    ) -> MetricValue {
        var (sum, count) = (0.0, 0)
        for case .defined(let value) in values {
            sum += value
            count += 1
        }
        return count == 0 ? .undefined(reason) : .defined(sum / Double(count))
    }

    /// 2 P R / (P + R) of a precision and a recall, 0 where both are 0, undefined where one of them is.
    public static func fMeasure(precision: MetricValue, recall: MetricValue) -> MetricValue {
        switch (precision, recall) {
        case (.defined(let precision), .defined(let recall)):
            .defined(precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall))
        case (.undefined, _): precision
        case (_, .undefined): recall
        }
    }
}

/// A number, or null: the reason has to be told beside it.
extension MetricValue: Encodable {
    /// Encodes the number, or null where there is none.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value { try container.encode(value) } else { try container.encodeNil() }
    }
}
