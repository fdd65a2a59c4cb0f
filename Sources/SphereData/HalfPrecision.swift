/// IEEE 754 binary16 ("half precision") numbers as bit patterns, converted without the type `Float16`.
///
/// `Float16` does not exist on every platform. One sign bit, 5 exponent bits with bias 15, 10 significand bits:
/// value = (-1)^s 2^(e - 15) (1 + m / 1024) for 0 < e < 31, (-1)^s 2^-14 (m / 1024) for e = 0, infinity (m = 0) or NaN
/// for e = 31. Largest finite value 65504, smallest positive one 2^-24.
public enum HalfPrecision {
    /// The value of the bit pattern `bits`, exactly.
    ///
    /// A NaN keeps its sign and significand bits (shifted to the top of the wider significand).
    ///
    /// - Complexity: O(1).
    public static func float(fromBits bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        let exponent = UInt32(bits >> 10 & 0x1F)
        let significand = UInt32(bits & 0x3FF)
        switch exponent {
        case 0:
            // Below 2^-14 the numbers are multiples of 2^-24, and so exact products.
            let magnitude = Float(significand) * 0x1p-24
            return Float(bitPattern: sign | magnitude.bitPattern)
        case 0x1F:
            return Float(bitPattern: sign | 0x7F80_0000 | significand << 13)
        default:
            return Float(bitPattern: sign | (exponent + (127 - 15)) << 23 | significand << 13)
        }
    }

    /// The bit pattern nearest to `value`, ties to the even significand.
    ///
    /// From 65520 up (half a step above the largest finite value) the result is infinity, up to 2^-25 it is zero; the
    /// sign is kept. A NaN stays a NaN with its sign and leading significand bits. A `Float` is converted through
    /// `Double`, which is exact.
    ///
    /// - Complexity: O(1).
    public static func bits(of value: Double) -> UInt16 {
        let sign = UInt16(truncatingIfNeeded: value.bitPattern >> 48) & 0x8000
        let fraction = value.significandBitPattern
        if value.isNaN {
            let leading = UInt16(truncatingIfNeeded: fraction >> 42)
            // With only zeros left the pattern would be that of infinity.
            return sign | 0x7C00 | max(leading, 1)
        }
        let magnitude = value.magnitude
        if magnitude >= 65520 { return sign | 0x7C00 }
        if magnitude < 0x1p-14 {
            // Multiples of 2^-24: a product by a power of two is exact, and rounding up to 1024 is the pattern of
            // 2^-14.
            return sign | UInt16((magnitude * 0x1p24).rounded(.toNearestOrEven))
        }
        // The significand with its leading one, rounded to 11 bits; a carry moves into the exponent by itself.
        let exponent = UInt64(value.exponentBitPattern) - (1023 - 15)
        let kept = exponent << 10 | fraction >> 42
        let dropped = fraction & (1 << 42 - 1)
        let half: UInt64 = 1 << 41
        let roundsUp = dropped > half || (dropped == half && kept & 1 == 1)
        return sign | UInt16(kept + (roundsUp ? 1 : 0))
    }
}
