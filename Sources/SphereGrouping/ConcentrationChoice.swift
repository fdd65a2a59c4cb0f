public import SphereTheory

/// How the concentration kappa of the kernel is chosen: a number, or from the points.
///
/// A literal is a number: `MeanShift(concentration: 100)`.
public enum ConcentrationChoice: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
    /// This concentration.
    case fixed(Concentration)
    /// From the angles between neighbours: the bandwidth h = 1 / sqrt(kappa) is half the mean, over the points (a sample of
    /// 1000 if there are more), of the chord to the neighbour that is as near as the nearest `quantile` of all points.
    ///
    /// The rule of scikit-learn's `estimate_bandwidth`, whose radius of a flat kernel is taken as two standard deviations of
    /// ours. A neighbourhood should lie inside a group: `quantile` should be below the share of a typical group.
    /// kappa stays in 1...10,000.
    case quantile(Double)

    /// From the angles between neighbours, with the quantile 0.055.
    public static let automatic = ConcentrationChoice.quantile(0.055)

    /// The concentration kappa = 1 / h^2 of a bandwidth h > 0, a chord length (the released code's rule).
    public static func bandwidth(_ bandwidth: Double) -> ConcentrationChoice {
        .fixed(Concentration(bandwidth: bandwidth))
    }

    /// The concentration kappa = 3 / (1 - alpha) of a margin 0 <= alpha < 1 (the paper's rule).
    public static func margin(_ margin: Double) -> ConcentrationChoice {
        .fixed(Concentration(margin: margin))
    }

    /// The concentration kappa = `value` > 0.
    public init(integerLiteral value: Int) {
        self = .fixed(Concentration(Double(value)))
    }

    /// The concentration kappa = `value` > 0.
    public init(floatLiteral value: Double) {
        self = .fixed(Concentration(value))
    }
}
