#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

extension Concentration {
    /// The kernel exp(κ(c - 1)), in (0, 1], at the cosine c; arguments outside [-1, 1] count as its ends.
    public func kernel(atCosine cosine: Double) -> Double {
        kernel(atChord: SphericalDistance.chord(fromCosine: cosine))
    }

    /// The kernel exp(κ(cos θ - 1)), in (0, 1], at the angle θ in [0, π] radians.
    public func kernel(atAngle angle: Double) -> Double {
        kernel(atChord: SphericalDistance.chord(fromAngle: angle))
    }

    /// The kernel exp(-κr²/2), in (0, 1], at the chord r in [0, 2].
    ///
    /// The three forms are the same function; this one keeps its digits close to r = 0, where the cosine has lost them.
    public func kernel(atChord chord: Double) -> Double {
        exp(-value * chord * chord / 2)
    }

    /// The angle in radians beyond which the kernel is below `kernelValue`: cos θ = 1 + ln(kernelValue)/κ.
    ///
    /// π when the kernel is above `kernelValue` even at the opposite point, that is when κ < -ln(kernelValue)/2.
    ///
    /// - Precondition: 0 < `kernelValue` <= 1.
    public func angle(atKernelValue kernelValue: Double) -> Double {
        // By way of the chord: for large κ the cosine is too close to 1 to hold the angle.
        SphericalDistance.angle(fromChord: chord(atKernelValue: kernelValue))
    }

    /// The cosine below which the kernel is below `kernelValue`: 1 + ln(kernelValue)/κ, at least -1.
    ///
    /// - Precondition: 0 < `kernelValue` <= 1.
    public func cosine(atKernelValue kernelValue: Double) -> Double {
        cosine(atExponent: -logarithm(of: kernelValue))
    }

    /// The angle in radians at which the kernel is one half: cos θ = 1 - ln 2/κ, or π when κ < ln 2/2.
    ///
    /// Exact. For large κ it is close to h√(2 ln 2), which falls short by 1 % at κ = 6.
    public var halfWeightAngle: Double { angle(atKernelValue: 0.5) }

    /// The exponent τ = ln(N/ε) from which pairs may be left out of a sum of `count` kernel values.
    ///
    /// Leaving out every pair with κ(1 - cosine) > τ changes a sum of N values by at most N e^-τ = ε. A sum that includes
    /// its own point is at least 1, so ε bounds its relative error too. 0 when the tolerance is N or more.
    ///
    /// - Precondition: `count` >= 0 and `tolerance` > 0.
    public static func truncationExponent(count: Int, tolerance: Double) -> Double {
        require(count >= 0, "a sum of \(count) kernel values: must be 0 or more")
        require(tolerance > 0, "a tolerance of \(tolerance): must be positive")
        return max(0, log(Double(count) / tolerance))
    }

    /// The cosine 1 - τ/κ below which pairs may be left out of a sum of `count` kernel values; at least -1.
    ///
    /// See ``truncationExponent(count:tolerance:)``. -1 says that no pair may be left out.
    ///
    /// - Precondition: `count` >= 0 and `tolerance` > 0.
    public func truncationCosine(count: Int, tolerance: Double) -> Double {
        cosine(atExponent: Self.truncationExponent(count: count, tolerance: tolerance))
    }

    private func chord(atKernelValue kernelValue: Double) -> Double {
        (-2 * logarithm(of: kernelValue) / value).squareRoot()
    }

    private func cosine(atExponent exponent: Double) -> Double {
        max(-1, 1 - exponent / value)
    }

    private func logarithm(of kernelValue: Double) -> Double {
        require(kernelValue > 0 && kernelValue <= 1, "a kernel value of \(kernelValue): must lie in (0, 1]")
        return log(kernelValue)
    }
}
