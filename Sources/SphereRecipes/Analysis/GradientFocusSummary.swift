/// Where the gradients of several pictures lie, each picture with the same weight.
public struct GradientFocusSummary: Sendable {
    /// The means of one loss.
    public struct Row: Sendable {
        /// The shares of each part; none where no picture has a gradient.
        public let shares: [GradientFocus.Part: FocusShare]
        /// The mean over pictures of the smallest share of pixels that holds half of the gradient's length.
        public let half: Double?
    }

    /// Numbers of loops.
    public let loops: [Int]
    /// The gradient after each number of loops.
    public let rows: [Row]
    /// The same of ``GradientFocus/weights``: where gradients would be if the loss pulled at all objects alike.
    public let weights: Row
    /// Number of pictures.
    public let pictureCount: Int
    /// Of these, the ones of which a part of the pixels took part.
    public let sampledCount: Int

    /// The means over `pictures`, which have the same numbers of loops; pictures without a gradient are left out of a row.
    ///
    /// - Complexity: O(pixels log pixels) for each row.
    public init(_ pictures: [GradientFocus]) {
        pictureCount = pictures.count
        sampledCount = pictures.filter(\.isSample).count
        let loops = pictures.first?.loops ?? []
        self.loops = loops
        rows = loops.indices.map { number in Self.row(pictures) { $0.lengths[number] } }
        weights = Self.row(pictures, \.weights)
    }

    private static func row(_ pictures: [GradientFocus], _ lengths: (GradientFocus) -> [Float]) -> Row {
        var shares: [GradientFocus.Part: FocusShare] = [:]
        for part in GradientFocus.Part.allCases {
            shares[part] = FocusShare(
                mean: pictures.compactMap { FocusShare(lengths($0), isInside: $0.isInside(part)) })
        }
        let halves = pictures.compactMap { FocusShare.holdingHalf(of: lengths($0)) }
        return Row(shares: shares, half: halves.isEmpty ? nil : Correlation.mean(halves))
    }
}
