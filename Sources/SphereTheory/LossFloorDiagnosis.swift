/// Whether the pair loss can reach zero for a number of groups, a dimension and a margin, and if not, why not.
///
/// `description` is one line for a person, naming the remedy.
public struct LossFloorDiagnosis: Sendable, Hashable {
    /// What is known about a loss of zero.
    public enum Verdict: Sendable, Hashable {
        /// Zero loss is reached by some arrangement of the groups.
        case reachable
        /// Neither a construction nor a proof of the contrary is known.
        case undecided
        /// The margin allows fewer groups in whatever dimension: α < ½ and M > 1 + 1/(1 - 2α).
        case marginTooSmall
        /// The dimension holds fewer groups at this margin; more dimensions would hold them.
        case dimensionTooSmall
    }

    /// The number M of groups.
    public let groups: Int
    /// The dimension D of the embedding.
    public let dimension: Int
    /// The margin α, in calibrated similarity.
    public let margin: Double
    /// What is known about a loss of zero.
    public let verdict: Verdict
    /// The largest number of groups with zero loss at this margin in this dimension, as a range.
    ///
    /// From the number known to be reached to the number known not to be exceeded,
    /// ``GroupCapacity/largestCount(dimension:margin:)``.
    public let capacity: ClosedRange<Int>
    /// A value that the loss cannot fall below, ``PairLossFloor/value(groups:dimension:)``.
    ///
    /// 0 when `verdict` is `reachable` or `undecided`. It may be 0 when zero loss is impossible but no positive bound is
    /// known, which happens above margin ½ only.
    public let floor: Double

    /// Examines M = `groups` groups in D = `dimension` dimensions under the loss that `lossFloor` describes.
    ///
    /// - Complexity: that of ``GroupCapacity/largestCount(dimension:margin:)``.
    /// - Precondition: `groups` >= 0 and `dimension` >= 1.
    public init(groups: Int, dimension: Int, lossFloor: PairLossFloor) {
        let margin = lossFloor.margin
        let capacity = GroupCapacity.largestCount(dimension: dimension, margin: margin)
        if groups <= capacity.lowerBound {
            verdict = .reachable
        } else if groups <= capacity.upperBound {
            verdict = .undecided
        } else if groups > GroupCapacity.largestCountInAnyDimension(margin: margin) {
            verdict = .marginTooSmall
        } else {
            verdict = .dimensionTooSmall
        }
        self.groups = groups
        self.dimension = dimension
        self.margin = margin
        self.capacity = capacity
        // The capacity is counted with a tolerance; within it the formula may leave a floor of 10^-13.
        self.floor = groups <= capacity.upperBound ? 0 : lossFloor.value(groups: groups, dimension: dimension)
    }

    /// The margin at which the groups are known to fit into this dimension with zero loss.
    ///
    /// See ``GroupCapacity/suggestedMargin(groups:dimension:)``.
    public var suggestedMargin: Double {
        GroupCapacity.suggestedMargin(groups: groups, dimension: dimension)
    }

    /// The dimension that is known to hold the groups at this margin, or `nil` if none does.
    ///
    /// See ``GroupCapacity/smallestDimension(groups:margin:)``.
    public var suggestedDimension: Int? {
        GroupCapacity.smallestDimension(groups: groups, margin: margin)
    }
}
