/// How the losses of single pixels become one number.
public enum LossReduction: Sendable, Hashable {
    /// Their weighted mean, `Σ w l / Σ w`; 0 where the weights sum to 0.
    case mean
    /// Their weighted sum, `Σ w l`.
    case sum

    /// What the sum of weighted losses is multiplied with.
    func factor(totalWeight: Double) -> Double {
        switch self {
        case .mean: totalWeight > 0 ? 1 / totalWeight : 0
        case .sum: 1
        }
    }
}
