public import SphereTheory

/// How groups are read off points that mean shift has moved.
///
/// 1. **Cores**: connected components of the shifted points at `cos >= mergeCosine`. By default the cosine at which the kernel
///    is e^-0.5, a chord of one bandwidth.
/// 2. **Coarser groups**, if wanted: the cores' modes, weighted by their sizes, go through ten steps of blurring mean shift at a lower concentration, and
///    those that meet are one group. So a narrow kernel, which is fast because far points do not matter to it, brings pixels together, and a wide
///    one decides over a few hundred modes what belongs together.
/// 3. **Fragments**: points that were still between modes when the iterations ended form small components, and they are
///    joined to the group they were on the way to. ``SmallGroups`` says which groups count as small and what happens to them.
///
/// Every point is in exactly one group (or, with ``SmallGroups/unlabelled(fewerThan:)``, in none), and nothing depends on
/// the order of the points.
public struct ReadOut: Sendable, Hashable {
    /// Points with at least this cosine are in one core; `nil` takes the cosine of one bandwidth, 1 - 0.5 / kappa.
    public var mergeCosine: Double?
    /// The concentration at which modes are shifted on, lower than that of the iterations; `nil`: they are not.
    ///
    /// At most `MeanShiftPlan.largestConcentration`. Takes O(G^2 D) for G cores.
    public var coarseConcentration: Concentration?
    /// What happens to small groups.
    public var smallGroups: SmallGroups

    /// What happens to small groups.
    public enum SmallGroups: Sendable, Hashable {
        /// Groups far smaller than the others join the nearest larger group within a few bandwidths.
        ///
        /// With G the effective number of groups (e to the entropy of the groups' shares), a group below N / (15 G) points
        /// joins within kappa (1 - cos) <= 10, a chord of 4.5 bandwidths, and one below N / (50 G) points within
        /// kappa (1 - cos) <= 50, 10 bandwidths. Relative to G, so that many groups of equal size are never small.
        case joinFragments
        /// Every group stays.
        case keep
        /// Groups of fewer points join the nearest larger group, however far; the largest stays, as small as it may be.
        case join(fewerThan: Int)
        /// Points of groups of fewer points get the label -1.
        case unlabelled(fewerThan: Int)
    }

    /// Reads groups off with the given rules.
    ///
    /// - Precondition: `mergeCosine` is in [-1, 1].
    public init(
        mergeCosine: Double? = nil, coarseConcentration: Concentration? = nil,
        smallGroups: SmallGroups = .joinFragments
    ) {
        self.mergeCosine = mergeCosine
        self.coarseConcentration = coarseConcentration
        self.smallGroups = smallGroups
    }

    /// The cosine of the cores at a concentration.
    func coreCosine(_ concentration: Concentration) -> Float {
        Float(mergeCosine ?? max(-1, 1 - 0.5 / concentration.value))
    }
}
