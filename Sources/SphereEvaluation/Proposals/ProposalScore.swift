/// How groups without a confidence of their own are ranked as proposals.
///
/// The order decides about AP and about AR@N, so a grouping without scores needs one. The authors of recurrent pixel embedding
/// ranked theirs by hand-made features of shape that were not published. The default here is the fill of the box times the
/// square root of the share of the picture: large compact regions first, thin frames and crumbs last. Where the
/// grouping has scores of its own (the mean similarity of a group's points), use those.
public struct ProposalScore: Sendable {
    /// The name in reports.
    public let name: String
    private let score: @Sendable (RegionShape) -> Double

    /// A score by a function of the shape; larger is better.
    public init(_ name: String, _ score: @escaping @Sendable (RegionShape) -> Double) {
        self.name = name
        self.score = score
    }

    /// The score of a region.
    public func callAsFunction(_ shape: RegionShape) -> Double { score(shape) }

    /// The default: `fill x sqrt(area / pixels of the picture)`, in (0, 1].
    public static let compactness = ProposalScore("compactness") { shape in
        shape.fill * (Double(shape.area) / Double(shape.imageWidth * shape.imageHeight)).squareRoot()
    }

    /// Pixels: large regions first.
    public static let area = ProposalScore("area") { Double($0.area) }

    /// One score for all: proposals in the order of their labels.
    public static let constant = ProposalScore("constant") { _ in 1 }
}
