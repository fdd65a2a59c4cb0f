#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Conversions between the four measures of how far apart two unit vectors x, y lie.
///
/// | measure | formula | same direction | opposite |
/// | --- | --- | --- | --- |
/// | cosine c | ⟨x, y⟩ | 1 | -1 |
/// | angle θ, radians | arccos c | 0 | π |
/// | chord r | \|x - y\| = √(2 - 2c) = 2 sin(θ/2) | 0 | 2 |
/// | calibrated similarity s | (1 + c)/2 = 1 - r²/4 | 1 | 0 |
///
/// Each is monotone in the others. An argument outside its range counts as the nearest end of the range, since the cosine
/// of two rounded unit vectors may be 1 + 2^-52; NaN gives NaN. Close to c = 1 the chord is the measure to start from:
/// a cosine resolves angles only down to 10^-8.
///
/// The calibrated similarity is that of the pair loss: Kong and Fowlkes, "Recurrent Pixel Embedding for Instance
/// Grouping", CVPR 2018.
public enum SphericalDistance {
    /// The angle θ = arccos c, in [0, π] radians, of the cosine c in [-1, 1].
    public static func angle(fromCosine cosine: Double) -> Double {
        acos(clamp(cosine, -1, 1))
    }

    /// The angle θ = 2 arcsin(r/2), in [0, π] radians, of the chord r in [0, 2].
    public static func angle(fromChord chord: Double) -> Double {
        2 * asin(clamp(chord, 0, 2) / 2)
    }

    /// The cosine c = cos θ, in [-1, 1], of the angle θ in [0, π] radians.
    public static func cosine(fromAngle angle: Double) -> Double {
        cos(clamp(angle, 0, .pi))
    }

    /// The cosine c = 1 - r²/2, in [-1, 1], of the chord r in [0, 2].
    public static func cosine(fromChord chord: Double) -> Double {
        let chord = clamp(chord, 0, 2)
        return 1 - chord * chord / 2
    }

    /// The cosine c = 2s - 1, in [-1, 1], of the calibrated similarity s in [0, 1].
    public static func cosine(fromSimilarity similarity: Double) -> Double {
        2 * clamp(similarity, 0, 1) - 1
    }

    /// The chord r = √(2 - 2c), in [0, 2], of the cosine c in [-1, 1].
    public static func chord(fromCosine cosine: Double) -> Double {
        (2 - 2 * clamp(cosine, -1, 1)).squareRoot()
    }

    /// The chord r = 2 sin(θ/2), in [0, 2], of the angle θ in [0, π] radians.
    public static func chord(fromAngle angle: Double) -> Double {
        2 * sin(clamp(angle, 0, .pi) / 2)
    }

    /// The calibrated similarity s = (1 + c)/2, in [0, 1], of the cosine c in [-1, 1].
    public static func similarity(fromCosine cosine: Double) -> Double {
        (1 + clamp(cosine, -1, 1)) / 2
    }

    /// `value` moved to the nearest end of [low, high] when it lies outside; the argument order keeps a NaN.
    private static func clamp(_ value: Double, _ low: Double, _ high: Double) -> Double {
        min(max(value, low), high)
    }
}
