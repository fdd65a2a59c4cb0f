internal import SphereKernels

/// How much of a gradient lies on a part of the pixels.
public struct FocusShare: Sendable, Hashable {
    /// The part's share of the pixels, in [0, 1].
    public let pixels: Double
    /// The part's share of the sum of the gradient's lengths, in [0, 1].
    public let gradient: Double

    /// The shares of the part `isInside` of pixels whose gradients have `lengths`; `nil` where these are all 0 or not finite.
    ///
    /// - Precondition: as many lengths as flags.
    /// - Complexity: O(N).
    public init?(_ lengths: [Float], isInside: [Bool]) {
        require(lengths.count == isInside.count, "\(lengths.count) lengths and \(isInside.count) flags")
        let all = lengths.reduce(0) { $0 + Double($1) }
        guard all > 0 && all.isFinite else { return nil }
        let inside = zip(lengths, isInside).reduce(0) { $0 + ($1.1 ? Double($1.0) : 0) }
        pixels = Double(isInside.filter { $0 }.count) / Double(lengths.count)
        gradient = inside / all
    }

    /// The mean of the shares of several pictures, each of the same weight; `nil` of none.
    public init?(mean shares: [FocusShare]) {
        if shares.isEmpty { return nil }
        pixels = Correlation.mean(shares.map(\.pixels))
        gradient = Correlation.mean(shares.map(\.gradient))
    }

    /// How many times as long the gradient of a pixel of the part is as that of a pixel on average; `nil` for a part without pixels.
    public var ratio: Double? { pixels > 0 ? gradient / pixels : nil }

    /// The smallest share of the pixels that holds half of the gradient's length; `nil` where all lengths are 0 or not finite.
    ///
    /// 0.5 if all gradients are equally long, less the more they are focused, wherever they lie.
    ///
    /// - Complexity: O(N log N).
    public static func holdingHalf(of lengths: [Float]) -> Double? {
        let all = lengths.reduce(0) { $0 + Double($1) }
        guard all > 0 && all.isFinite else { return nil }
        var (sum, count) = (0.0, 0)
        for length in lengths.sorted(by: >) where sum < all / 2 {
            sum += Double(length)
            count += 1
        }
        return Double(count) / Double(lengths.count)
    }
}
