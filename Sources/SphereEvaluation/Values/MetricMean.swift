/// The mean of a metric over images, without those where it is undefined, which are counted.
///
/// The result does not depend on the order of the images, and means of several parts merge (``OrderIndependentSum``).
public struct MetricMean: Equatable, Sendable {
    private var sum = OrderIndependentSum()
    /// Images with a value.
    public private(set) var definedCount = 0
    /// Images without a value, by the reason.
    public private(set) var undefinedCounts: [UndefinedReason: Int] = [:]

    /// The mean of nothing.
    public init() {}

    /// Adds the value of one image.
    public mutating func add(_ value: MetricValue) {
        switch value {
        case .defined(let value):
            sum.add(value)
            definedCount += 1
        case .undefined(let reason): undefinedCounts[reason, default: 0] += 1
        }
    }

    /// Adds the images of another mean.
    public mutating func merge(_ other: MetricMean) {
        sum.merge(other.sum)
        definedCount += other.definedCount
        undefinedCounts.merge(other.undefinedCounts, uniquingKeysWith: +)
    }

    /// The mean over the images with a value, undefined where none has one.
    public var mean: MetricValue {
        definedCount == 0 ? .undefined(.noDefinedImage) : .defined(sum.value / Double(definedCount))
    }
}
