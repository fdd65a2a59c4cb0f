/// What ``PairLoss`` says of an embedding.
public struct PairLossValue: Sendable, Hashable {
    /// The loss, p times the positive part plus n times the negative part.
    public let total: Double
    /// The positive part without its weight p, in [0, 1/M] for unit rows.
    public let positive: Double
    /// The negative part without its weight n, in [0, (1 - α)(M - 1)/M] for unit rows.
    public let negative: Double
    /// The number M of groups that have points.
    public let groupCount: Int
    /// The loss that no embedding of M groups in D dimensions can be below, see `PairLossFloor` of SphereTheory; 0 for M <= 1.
    public let floor: Double

    /// How far the loss is above its floor.
    ///
    /// 0 or more for unit rows, up to rounding (about 1e-7). 0 does not mean that groups are apart: those that coincide can reach the
    /// floor too.
    public var distanceToFloor: Double { total - floor }
}
