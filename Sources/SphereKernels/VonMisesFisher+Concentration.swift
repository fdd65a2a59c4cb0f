extension VonMisesFisher {
    /// The kappa whose distribution has a mean of length `meanResultantLength`: the inverse of ``meanResultantLength``.
    ///
    /// 0 for 0, infinity for 1. Near 1 the result is as uncertain as `1 - meanResultantLength` is: where that is known
    /// better, use ``concentration(circularVariance:dimension:)``. Found by Newton's method from the formula of Banerjee,
    /// Dhillon, Ghosh and Sra (JMLR 2005, equation 4.4). Accuracy: docs/accuracy.md.
    ///
    /// - Precondition: `meanResultantLength` is in [0, 1] and `dimension >= 2`.
    /// - Complexity: about four evaluations of ``meanResultantLength``.
    public static func concentration(meanResultantLength: Double, dimension: Int) -> Double {
        require(
            meanResultantLength >= 0 && meanResultantLength <= 1,
            "mean resultant length must be in [0, 1], found \(meanResultantLength)")
        return concentration(length: meanResultantLength, variance: 1 - meanResultantLength, dimension: dimension)
    }

    /// The kappa whose distribution has the circular variance `circularVariance`, 1 minus the length of the mean: the
    /// inverse of ``circularVariance``.
    ///
    /// Infinity for 0, 0 for 1; as ``concentration(meanResultantLength:dimension:)`` otherwise.
    ///
    /// - Precondition: `circularVariance` is in [0, 1] and `dimension >= 2`.
    /// - Complexity: about four evaluations of ``circularVariance``.
    public static func concentration(circularVariance: Double, dimension: Int) -> Double {
        require(
            circularVariance >= 0 && circularVariance <= 1,
            "circular variance must be in [0, 1], found \(circularVariance)")
        return concentration(length: 1 - circularVariance, variance: circularVariance, dimension: dimension)
    }

    /// Newton's method on whichever of the two is small.
    static func concentration(length: Double, variance: Double, dimension: Int) -> Double {
        require(dimension >= 2, "dimension of a von Mises-Fisher distribution must be 2 or more, found \(dimension)")
        if length == 0 { return 0 }
        let count = Double(dimension)
        // Bounds of Tanabe et al. (Computational Statistics 2007, equation 10), and between them the start.
        let scale = length / (variance * (1 + length))
        let (lower, upper) = (scale * (count - 2), scale * count)
        var kappa = scale * (count - length * length)
        // Its relative error is below the variance; where that is tiny the derivative may underflow.
        if variance < 0x1p-60 { return kappa }
        var lastStep = Double.infinity
        while true {
            let found = VonMisesFisher(dimension: dimension, concentration: kappa).resultant
            let error = length < 0.5 ? found.length - length : variance - found.variance
            // Not below half of itself or the bounds: the function is concave, and a step from the right may go too far.
            let next = min(max(kappa - error / found.derivative, lower, kappa / 2), upper)
            let step = abs(next - kappa)
            // The start is right to a few per cent and every step doubles the digits, until rounding errors are left.
            if step <= 0x1p-52 * kappa || step >= lastStep { return step < lastStep ? next : kappa }
            kappa = next
            lastStep = step
        }
    }
}
