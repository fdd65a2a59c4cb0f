/// How many groups an embedding of D dimensions can hold at zero pair loss, and which D and margin α hold a given number.
///
/// The pair loss with margin α is zero when each group is one unit vector and every two of them have calibrated similarity
/// s ≤ α, that is cosine ≤ 2α - 1: a question about ``SphericalCode``, here in the terms of the loss.
///
/// | α | largest number of groups |
/// | --- | --- |
/// | 0.1 | 2 in any dimension |
/// | 0.25 | 3 for D ≥ 2 |
/// | 0.45 | 11 for D ≥ 10 |
/// | 0.5 | 2D: 6 for D = 3, 128 for D = 64 |
/// | above 0.5 | exponential in D |
///
/// **The rule to start from**: α = ½ and D = ⌈n/2⌉ for n groups, ``safeMargin`` and ``safeDimension(groups:)``.
///
/// Source: Kong and Fowlkes, "Recurrent Pixel Embedding for Instance Grouping", CVPR 2018 (the rule); R. A. Rankin 1955.
public enum GroupCapacity {
    /// The margin 0.5, at which D dimensions hold 2D groups at zero loss: + and - along each axis.
    public static let safeMargin = 0.5

    /// The dimension ⌈n/2⌉, at least 1, that holds n = `groups` groups at ``safeMargin`` with zero loss.
    ///
    /// - Precondition: `groups` >= 0.
    public static func safeDimension(groups: Int) -> Int {
        requireGroups(groups)
        return max(1, groups / 2 + groups % 2)
    }

    /// The largest number of groups with zero loss in D = `dimension` dimensions at margin α, as a range.
    ///
    /// The lower end is known to be reached, the upper end is a theorem; they agree for α <= ½, for D <= 2, and for
    /// D = 3 up to 13 groups.
    /// `Int.max` stands for no limit (α = 1) and for numbers that an `Int` does not hold. Margins are compared with a
    /// tolerance of half ``SphericalCode/cosineTolerance``.
    ///
    /// - Complexity: that of ``SphericalCode/largestSize(dimension:cosine:)``.
    /// - Precondition: `dimension` >= 1 and 0 <= `margin` <= 1.
    public static func largestCount(dimension: Int, margin: Double) -> ClosedRange<Int> {
        SphericalCode.largestSize(dimension: dimension, cosine: largestCosine(margin: margin))
    }

    /// The largest number of groups with zero loss at margin α when the dimension may be chosen freely.
    ///
    /// ⌊1 + 1/(1 - 2α)⌋ for α < ½, no limit (`Int.max`) from ½ on.
    ///
    /// - Precondition: 0 <= `margin` <= 1.
    public static func largestCountInAnyDimension(margin: Double) -> Int {
        SphericalCode.largestSizeInAnyDimension(cosine: largestCosine(margin: margin))
    }

    /// The smallest dimension that is known to hold n = `groups` groups with zero loss at margin α.
    ///
    /// n - 1 for 3 <= n <= 1 + 1/(1 - 2α), ⌈n/2⌉ at α = ½, less above, 1 for n <= 2. `nil` if no dimension does.
    ///
    /// - Complexity: O(log n) times that of ``largestCount(dimension:margin:)``.
    /// - Precondition: `groups` >= 0 and 0 <= `margin` <= 1.
    public static func smallestDimension(groups: Int, margin: Double) -> Int? {
        requireGroups(groups)
        guard groups <= largestCountInAnyDimension(margin: margin) else { return nil }
        func holds(_ dimension: Int) -> Bool {
            largestCount(dimension: dimension, margin: margin).lowerBound >= groups
        }
        // Doubling first: the cost of one question grows with the dimension. One dimension per group is always enough.
        var low = 1
        var high = 1
        while !holds(high) {
            low = high + 1
            high = high > groups / 2 ? groups : 2 * high
        }
        while low < high {
            let middle = low + (high - low) / 2
            if holds(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The smallest margin α at which n = `groups` groups are known to fit into D = `dimension` dimensions with zero loss.
    ///
    /// - 0 for n <= 2;
    /// - ½(1 - 1/(n - 1)) for n <= D + 1, the simplex: no smaller margin will do;
    /// - ½ for n <= 2D, ± each axis: no smaller margin will do;
    /// - ½(1 + cos(2π/n)) for D = 2, the regular polygon: no smaller margin will do;
    /// - the solved cases of ``Tammes`` for D = 3 and n <= 14, 0.606 for 7, 0.703 for 10: no smaller margin will do;
    /// - beyond, the better of the best sets of 3, 2 and 1 dimensions in orthogonal subspaces and of the covering bound,
    ///   which names no set. A smaller margin may do; ``SphericalCode/smallestLargestCosine(count:dimension:)`` has a
    ///   lower bound;
    /// - 1, where the loss is zero for coinciding groups too, for n >= 3 in D = 1.
    ///
    /// - Complexity: that of ``SphericalCode/smallestLargestCosine(count:dimension:)``.
    /// - Precondition: `groups` >= 0 and `dimension` >= 1.
    public static func suggestedMargin(groups: Int, dimension: Int) -> Double {
        let cosine = SphericalCode.smallestLargestCosine(count: groups, dimension: dimension).upperBound
        return SphericalDistance.similarity(fromCosine: cosine)
    }

    private static func largestCosine(margin: Double) -> Double {
        requireMargin(margin)
        return SphericalDistance.cosine(fromSimilarity: margin)
    }
}
