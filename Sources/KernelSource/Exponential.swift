// The public exponential, within 1 unit in the last place. (That of the mean-shift tiles is in KernelValue.swift.)

/// Adding 1.5 * 2^23 leaves the nearest integer in the low bits of a float's significand.
@inline(__always) var roundingMagic: Float { 0x1.8p23 }

/// `v * 2^n` for the integer n in the low bits of `magic`, by adding n to the exponent field; 0 where `isZero`.
///
/// The selection is made on the bits, where AVX-512 folds it into the addition.
@inline(__always) private func scaled(
    _ v: Vector, byPowerIn magic: Vector, zeroWhere isZero: SIMDMask<Vector.MaskStorage>
) -> Vector {
    let bits = unsafeBitCast(v, to: BitVector.self) &+ (unsafeBitCast(magic, to: BitVector.self) &<< 23)
    return unsafeBitCast(bits.replacing(with: 0, where: isZero), to: Vector.self)
}

/// `e^x`: 0 below -87.33654 (where the result would be subnormal), infinity above 88.72283, NaN for NaN.
///
/// x = n ln 2 + r with ln 2 in two parts, the first of 9 bits so that n times it is exact with or without a fused
/// multiply-add; e^r = 1 + (r + r^2 q(r)) with q of degree 5, minimax on |r| <= ln 2 / 2 with a relative error of 1e-10.
/// (Degree 4 has 4e-9 and an error of 1.02 ulp, one multiply-add less.) The sum with 1 comes last, so the error stays
/// below 1 ulp: half an ulp of that rounding and, for r < 0, a quarter each of r's and of the inner sum's.
@inline(__always) func exponential(_ x: Vector) -> Vector {
    let rounded = multiplyAdd(x, Vector(repeating: 0x1.715476p0), Vector(repeating: roundingMagic))
    let n = rounded - roundingMagic
    var r = multiplyAdd(n, Vector(repeating: -0x1.63p-1), x)
    r = multiplyAdd(n, Vector(repeating: 0x1.bd0106p-13), r)
    // In pairs and by r^2, which is needed anyway: a chain of three multiply-adds instead of five.
    let square = r * r
    var q = multiplyAdd(r, Vector(repeating: 1.97395580e-4), Vector(repeating: 1.39350968e-3))
    let middle = multiplyAdd(r, Vector(repeating: 8.33357126e-3), Vector(repeating: 4.16664630e-2))
    let low = multiplyAdd(r, Vector(repeating: 1.66666657e-1), Vector(repeating: 0.5))
    q = multiplyAdd(multiplyAdd(q, square, middle), square, low)
    let e = multiplyAdd(q, square, r) + 1
    // Infinity for large x and NaN for NaN are one masked addition with AVX-512.
    return scaled(e, byPowerIn: rounded, zeroWhere: x .< -87.33654)
        .replacing(with: x + Vector(repeating: .infinity), where: .!(x .<= 88.72283))
}

/// `y[i] = e^x[i]` for `count` elements; `x` and `y` may be the same memory.
public func exponential(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int) {
    var i = 0
    while i + lanes <= count {
        store(exponential(load(x + i)), y + i)
        i += lanes
    }
    if i < count { storePartial(exponential(loadPartial(x + i, count - i)), y + i, count - i) }
}
