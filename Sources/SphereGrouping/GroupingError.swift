/// Why points cannot be grouped.
public enum GroupingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There are no points.
    case noPoints
    /// The points have no coordinates.
    case noCoordinates
    /// A row holds NaN or infinity.
    case notFinite(row: Int, column: Int, value: Float)
    /// A row is the zero vector, which has no direction.
    case zeroRow(row: Int)
    /// Points for ``Grouping/predict(_:on:)`` have another dimension than the points that were grouped.
    case wrongDimension(expected: Int, found: Int)
    /// Bandwidths are so small that the concentration of a picture's points would be more than float32 resolves,
    /// `MeanShiftPlan.largestConcentration`.
    case bandwidthTooSmall(concentration: Double, largest: Double)
    /// An accuracy is below the rounding of a step, ``BlurringChain/roundingAngle(concentration:)``.
    case accuracyBelowRounding(angle: Double, least: Double, concentration: Double)

    /// What is wrong, in one line.
    public var description: String {
        switch self {
        case .noPoints: "there are no points to group (0 rows)"
        case .noCoordinates: "the points have no coordinates (0 columns)"
        case .notFinite(let row, let column, let value):
            "row \(row), column \(column) is \(value): points must be finite"
        case .zeroRow(let row): "row \(row) is the zero vector, which has no direction"
        case .wrongDimension(let expected, let found):
            "the points have \(found) coordinates, the groups were found in \(expected)"
        case .bandwidthTooSmall(let concentration, let largest):
            "the bandwidths are too small for the picture: its points would have the concentration \(concentration), at most \(largest) is possible"
        case .accuracyBelowRounding(let angle, let least, let concentration):
            "an accuracy of \(angle) radians is below the rounding of a step at concentration \(concentration), \(least)"
        }
    }
}
