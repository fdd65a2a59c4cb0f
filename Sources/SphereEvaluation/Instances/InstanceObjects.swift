/// An object of the ground truth as a mask.
public struct InstanceTruth: Equatable, Sendable {
    /// The pixels.
    public var mask: RunLengthMask
    /// The class.
    public var category: Int
    /// What the annotation states as the area, which decides about the size of the object; that of the mask unless given.
    public var area: Double
    /// Whether it stands for a crowd: it may be matched any number of times and is no object to be found.
    public var isCrowd: Bool

    /// An object of class `category`.
    public init(mask: RunLengthMask, category: Int, area: Double? = nil, isCrowd: Bool = false) {
        self.mask = mask
        self.category = category
        self.area = area ?? Double(mask.area)
        self.isCrowd = isCrowd
    }
}

/// A predicted object as a mask.
public struct InstancePrediction: Equatable, Sendable {
    /// The pixels.
    public var mask: RunLengthMask
    /// The class.
    public var category: Int
    /// The confidence; only the order counts.
    public var score: Double

    /// An object of class `category`.
    public init(mask: RunLengthMask, category: Int, score: Double) {
        self.mask = mask
        self.category = category
        self.score = score
    }
}

/// Numbers of `scores` in descending order; of equal scores the earlier one first.
func descendingOrder(_ scores: [Double]) -> [Int] {
    scores.indices.sorted { scores[$0] == scores[$1] ? $0 < $1 : scores[$0] > scores[$1] }
}
