/// How pixels of two boundary maps are made to correspond, one to one, within a distance.
public enum BoundaryMatchingRule: String, Sendable, CaseIterable {
    /// As many pairs as there can be, near ones preferred but not at the cost of a pair (default).
    case exact
    /// As many pairs as there can be, and among these choices one with the smallest sum of distances.
    ///
    /// This is what the published code of BSDS500 asks its solver for, in whole hundredths of a pixel. That code also draws six
    /// random ways to stay unmatched for every pixel, which costs it a few pairs in ten thousand and makes its fourth
    /// digit random; here nothing is random.
    case published
}
