extension VonMisesFisher {
    /// Length of the distribution's mean, `A_D(kappa) = |E x| = E(mu . x)`, in [0, 1), for every D >= 2 and kappa >= 0.
    ///
    ///     A_D(kappa) = I_{D/2}(kappa) / I_{D/2-1}(kappa)
    ///
    /// with the modified Bessel function I (Mardia and Jupp, Directional Statistics, section 9.3.2). About kappa / D for
    /// small kappa and 1 - (D - 1) / (2 kappa) for large; 1 where that is closer than half a unit in the last place.
    /// Accuracy: docs/accuracy.md.
    ///
    /// - Complexity: O(1) for kappa above (D / 2)^2, below that O(D) or less.
    public var meanResultantLength: Double { resultant.length }

    /// `1 - A_D(kappa)`, in (0, 1], without cancellation: about (D - 1) / (2 kappa) for large kappa.
    ///
    /// The circular variance, a name that is used in any dimension here. Complexity as ``meanResultantLength``.
    public var circularVariance: Double { resultant.variance }

    /// `dA_D / dkappa`: the variance of the cosine to the mean direction, 1 / D at kappa = 0.
    ///
    ///     A_D'(kappa) = 1 - A_D(kappa)^2 - (D - 1) A_D(kappa) / kappa
    ///
    /// Evaluated term by term, since that formula cancels to (D - 1) / (2 kappa^2) for large kappa. Complexity as
    /// ``meanResultantLength``.
    public var meanResultantLengthDerivative: Double { resultant.derivative }

    /// A_D, 1 - A_D and A_D' at one kappa.
    struct Resultant {
        var length: Double
        var variance: Double
        var derivative: Double
    }

    /// All three, which cost as much as one.
    var resultant: Resultant {
        // Hankel's expansions do not cancel above nu^2 / 2 and have more than 16 digits above 19.
        let seam = max(30, (order + 1) * (order + 1))
        return concentration >= seam ? hankelResultant : recurrenceResultant
    }

    /// From the recurrence `r_{k-1} = 1 / (2 k / kappa + r_k)` of `r_k = I_{k+1} / I_k` (DLMF 10.29.1), which is Gauss's
    /// continued fraction, downwards from an order where a bound is close enough.
    ///
    /// An error of r_k comes out of one step r_{k-1}^2 times as large, so the start is soon forgotten. Where r is close to
    /// 1, q = 1 - r is carried instead: `q_{k-1} = (2 k - kappa q_k) / (2 k + kappa (1 - q_k))`.
    private var recurrenceResultant: Resultant {
        let kappa = concentration
        // The product of all r^2 is below exp(-0.88 (n^2 + 2 n nu) / kappa) for kappa above the orders, and 20 more terms do
        // for smaller ones: 2^-54 for the bound that is the start, which itself has an error of a few per cent at most.
        let steps = Int((order * order + 43 * kappa).squareRoot() - order) + 20
        var k = order + Double(steps)
        // Amos's lower bound (1974, equation 16).
        let square = (k + 1.5) * (k + 1.5)
        let root = (kappa * kappa + square).squareRoot()
        let sum = k + 0.5 + root
        var result = Resultant(
            length: kappa / sum, variance: (sum - kappa) / sum, derivative: (k + 0.5 + square / root) / (sum * sum))
        let carriesVariance = kappa > order + 1
        for _ in 0..<steps {
            // From order k to order k - 1.
            let denominator = 2 * k + kappa * result.length
            let length = kappa / denominator
            // r' = r^2 (2 k / kappa^2 - r_k'), without the quotients that a tiny kappa would overflow.
            result.derivative =
                (2 * k - kappa * kappa * result.derivative) / (denominator * denominator)
            if carriesVariance {
                result.variance = (2 * k - kappa * result.variance) / denominator
                result.length = 1 - result.variance
            } else {
                result.length = length
            }
            k -= 1
        }
        if !carriesVariance { result.variance = 1 - result.length }
        return result
    }

    /// From Hankel's expansions of numerator and denominator (DLMF 10.40.1) with terms t_k of order nu: the terms of order
    /// nu + 1 are t_k + d_k, where d_k has a recurrence of its own and nothing cancels.
    private var hankelResultant: Resultant {
        let kappa = concentration
        var (term, difference) = (1.0, 0.0)
        var (sum, differences) = (1.0, 0.0)
        // Sums over k of k times the term, the derivatives times -kappa.
        var (weightedSum, weightedDifferences) = (0.0, 0.0)
        var k = 1.0
        while true {
            let odd = 2 * k - 1
            let ratio = (2 * order - odd) / (8 * k) * ((2 * order + odd) / kappa)
            let step = (2 * order + 1) / (2 * k) / kappa
            let nextDifference = -(difference * (ratio + step) + term * step)
            let next = -term * ratio
            // Half-integer orders end; others are cut where the terms stop counting, long before they grow again.
            if abs(nextDifference) * k <= 0x1p-58 * abs(differences) && abs(next) * k <= 0x1p-58 { break }
            sum += next
            differences += nextDifference
            weightedSum += k * next
            weightedDifferences += k * nextDifference
            (term, difference) = (next, nextDifference)
            k += 1
        }
        let variance = -differences / sum
        return Resultant(
            length: 1 - variance, variance: variance,
            derivative: (differences * weightedSum / sum - weightedDifferences) / sum / kappa)
    }
}
