internal import SphereKernels

/// The loss of UnseenObjectClustering: points are pulled to the mean direction of their group, mean directions pushed apart.
///
/// For rows x_i in K groups with the mean directions μ_k (the sum of a group's rows over its length), and the distance
/// d(a, b) = (1 - ⟨a, b⟩)/2, which is 1 - s of the calibrated similarity s,
///
///     L = p/K Σ_k 1/max(N_k, m) Σ_{i in k} d(x_i, μ_k)²  +  n 2/(K (K - 1)) Σ_{k ≠ l} max(0, δ - d(μ_k, μ_l))²
///
/// N_k is the number of points of group k with d(x_i, μ_k) > α: a group that is together but for a few points feels those. Where
/// there is none in any group, the first part is 0. The second goes over ordered pairs, and is twice the mean of unordered ones.
///
/// An alternative to ``PairLoss`` to compare with: O(N D) time, and no margin between points, only between means. Groups may
/// differ in size, as every one has the weight 1/K.
///
/// Source: Xiang, Xie, Mousavian and Fox, "Learning RGB-D Feature Embeddings for Unseen Object Instance Segmentation", CoRL 2020,
/// section 3.2, in the form of the code they released, whose defaults these are.
public struct SphericalMeanLoss: Sendable, Hashable {
    /// α, the distance to a mean beyond which a point counts, in [0, 1).
    public let pullMargin: Double
    /// δ, the distance up to which means are pushed apart, in (0, 1].
    public let pushMargin: Double
    /// p, the weight of the first part, 0 or more.
    public let pullWeight: Double
    /// n, the weight of the second part, 0 or more.
    public let pushWeight: Double
    /// m, the least number that a group's sum is divided by.
    public let leastCount: Int
    /// The label of points that take no part; `nil`: every label is a group.
    public let ignoredLabel: Int32?

    /// A spherical-mean loss.
    ///
    /// - Precondition: the ranges above; `leastCount` is 1 or more.
    public init(
        pullMargin: Double = 0.02, pushMargin: Double = 0.5, pullWeight: Double = 1, pushWeight: Double = 1,
        leastCount: Int = 50, ignoredLabel: Int32? = nil
    ) {
        require(
            pullMargin >= 0 && pullMargin < 1 && pushMargin > 0 && pushMargin <= 1,
            "margins of \(pullMargin) in [0, 1) and \(pushMargin) in (0, 1], in (1 - cos)/2")
        require(
            pullWeight >= 0 && pullWeight.isFinite && pushWeight >= 0 && pushWeight.isFinite,
            "weights of \(pullWeight) and \(pushWeight): must be finite and 0 or more")
        require(leastCount >= 1, "a least count of \(leastCount): must be 1 or more")
        self.pullMargin = pullMargin
        self.pushMargin = pushMargin
        self.pullWeight = pullWeight
        self.pushWeight = pushWeight
        self.leastCount = leastCount
        self.ignoredLabel = ignoredLabel
    }
}

/// What ``SphericalMeanLoss`` says of an embedding.
public struct SphericalMeanLossValue: Sendable, Hashable {
    /// The loss, p times the first part plus n times the second.
    public let total: Double
    /// The first part without its weight p.
    public let pull: Double
    /// The second part without its weight n.
    public let push: Double
    /// The number K of groups that have points.
    public let groupCount: Int
}
