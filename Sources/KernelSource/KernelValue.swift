// The kernel value of a cosine, as the mean-shift tiles need it: a power of two that is as exact as its argument and costs
// eleven operations. (The public exponential, within 1 ulp, is in Exponential.swift.)

/// Constants of ``kernelValue(_:_:)`` for one concentration: s = kappa / ln 2, the factor from a cosine to a power of two, and
/// 1.5 * 2^23 - s', with s' = s rounded to an integer.
///
/// A tuple: a struct would bring functions to copy it, weak symbols.
typealias KernelExponent = (factor: Vector, offset: Vector)

/// The constants for s = `scale`, 0 <= s < 2^23.
@inline(__always) func kernelExponent(_ scale: Float) -> KernelExponent {
    let whole = (scale + roundingMagic) - roundingMagic
    return (Vector(repeating: scale), Vector(repeating: roundingMagic - whole))
}

/// `exp(kappa (dot - 1))` times 2^(s - s'), and exactly 0 where it is below about 2^-126.
///
/// The constant factor, between 2^-1/2 and 2^1/2, cancels in a mean; a sum is freed of it once, at its end.
///
/// s dot = R + g with an integer R and |g| <= 1/2, from one multiply-add each: the exponent is never rounded as a whole, so
/// that the error is kappa times that of `dot`, and 1e-7. 2^g is a minimax polynomial of degree 5 with a relative error of
/// 9.3e-8, and R - s', which the rounding leaves in the low bits, is added to its exponent. Where it is below -126 the result
/// is zero (at -126 it may be subnormal, which the worker threads flush; SphereKernels/Subnormals.swift): a selection by
/// integers, since LLVM folds it into the addition, or needs one operation less than for limiting the cosine.
@inline(__always) func kernelValue(_ dot: Vector, _ exponent: KernelExponent) -> Vector {
    let rounded = multiplyAdd(dot, exponent.factor, exponent.offset)
    let g = multiplyAdd(dot, exponent.factor, exponent.offset - rounded)
    return scaled(powerOfTwo(g), byPowerIn: rounded)
}

/// 2^g for |g| <= 1/2.
@inline(__always) private func powerOfTwo(_ g: Vector) -> Vector {
    var p = multiplyAdd(g, Vector(repeating: 0.0013269521), Vector(repeating: 0.0096712913))
    p = multiplyAdd(p, g, Vector(repeating: 0.05550711))
    p = multiplyAdd(p, g, Vector(repeating: 0.24022247))
    p = multiplyAdd(p, g, Vector(repeating: 0.69314700))
    return multiplyAdd(p, g, Vector(repeating: 1))
}

/// `p` with R - s' added to its exponent, or 0.
@inline(__always) private func scaled(_ p: Vector, byPowerIn rounded: Vector) -> Vector {
    let power = unsafeBitCast(rounded, to: BitVector.self)
    let bits = unsafeBitCast(p, to: BitVector.self) &+ (power &<< 23)
    // The bits of 1.5 * 2^23 - 127.
    let least = BitVector(repeating: 0x4b3f_ff81)
    return unsafeBitCast(BitVector(repeating: 0).replacing(with: bits, where: power .> least), to: Vector.self)
}

/// The `2 * tileVectors` vectors of two rows of a tile, 6 at most.
typealias KernelVectors = InlineArray<6, Vector>

/// ``kernelValue(_:_:)`` of two rows, in place.
///
/// The rows go through it together, because an element alone is eleven operations that wait for one another: a step at D = 8 takes 4 % less
/// with AVX2 and SSE2, and the same with AVX-512.
@inline(always) func kernelValues(_ vectors: inout KernelVectors, _ exponent: KernelExponent) {
    let zero = Vector(repeating: 0)
    var rounded: KernelVectors = [zero, zero, zero, zero, zero, zero]
    for i in 0..<2 &* tileVectors {
        rounded[unchecked: i] = multiplyAdd(vectors[unchecked: i], exponent.factor, exponent.offset)
    }
    for i in 0..<2 &* tileVectors {
        vectors[unchecked: i] = multiplyAdd(
            vectors[unchecked: i], exponent.factor, exponent.offset - rounded[unchecked: i])
    }
    for i in 0..<2 &* tileVectors { vectors[unchecked: i] = powerOfTwo(vectors[unchecked: i]) }
    for i in 0..<2 &* tileVectors {
        vectors[unchecked: i] = scaled(vectors[unchecked: i], byPowerIn: rounded[unchecked: i])
    }
}
