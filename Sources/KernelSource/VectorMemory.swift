// Loads, stores and horizontal sums. Nothing reads or writes outside the range it is given.

@inline(__always) func load(_ p: UnsafePointer<Float>) -> Vector {
    UnsafeRawPointer(p).loadUnaligned(as: Vector.self)
}

@inline(__always) func load(_ p: UnsafePointer<Double>) -> DoubleVector {
    UnsafeRawPointer(p).loadUnaligned(as: DoubleVector.self)
}

@inline(__always) func store(_ v: Vector, _ p: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(p).storeBytes(of: v, as: Vector.self)
}

@inline(__always) func store(_ v: DoubleVector, _ p: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(p).storeBytes(of: v, as: DoubleVector.self)
}

/// The first `count` < `lanes` elements at `p`, zeros behind them.
@inline(__always) func loadPartial(_ p: UnsafePointer<Float>, _ count: Int) -> Vector {
    var v = Vector(repeating: 0)
    var i = 0
    while i < count {
        v[i] = p[i]
        i += 1
    }
    return v
}

/// The first `count` < `lanes` lanes of `v` to `p`.
@inline(__always) func storePartial(_ v: Vector, _ p: UnsafeMutablePointer<Float>, _ count: Int) {
    var i = 0
    while i < count {
        p[i] = v[i]
        i += 1
    }
}

/// Copies `count` elements, four at a time.
@inline(__always) func copyFront(_ from: UnsafePointer<Float>, _ count: Int, _ to: UnsafeMutablePointer<Float>) {
    var i = 0
    while i + 4 <= count {
        storeFour(loadFour(from + i), to + i)
        i += 4
    }
    while i < count {
        to[i] = from[i]
        i += 1
    }
}

/// As many floats as a `RowDoubleVector` has lanes, widened.
///
/// Written as a loop: LLVM makes it one conversion, while
/// `RowDoubleVector(RowHalfVector)` becomes several narrow ones.
@inline(__always) func loadWidened(_ p: UnsafePointer<Float>) -> RowDoubleVector {
    let half = UnsafeRawPointer(p).loadUnaligned(as: RowHalfVector.self)
    var v = RowDoubleVector(repeating: 0)
    for i in 0..<RowHalfVector.scalarCount { v[i] = Double(half[i]) }
    return v
}

/// `v` rounded to float.
///
/// A loop for the reason of ``loadWidened(_:)``.
@inline(__always) func storeNarrowed(_ v: DoubleVector, _ p: UnsafeMutablePointer<Float>) {
    var half = HalfVector(repeating: 0)
    for i in 0..<HalfVector.scalarCount { half[i] = Float(v[i]) }
    UnsafeMutableRawPointer(p).storeBytes(of: half, as: HalfVector.self)
}

@inline(__always) func loadRow(_ p: UnsafePointer<Float>) -> RowVector {
    UnsafeRawPointer(p).loadUnaligned(as: RowVector.self)
}

/// Four elements, whatever the lane count.
@inline(__always) func loadFour(_ p: UnsafePointer<Float>) -> SIMD4<Float> {
    UnsafeRawPointer(p).loadUnaligned(as: SIMD4<Float>.self)
}

@inline(__always) func storeFour(_ v: SIMD4<Float>, _ p: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(p).storeBytes(of: v, as: SIMD4<Float>.self)
}

// `SIMD.sum()` is an out-of-line generic call with the vector in four 128-bit registers; halving stays in registers and
// has a fixed order.
@inline(__always) func foldedToFour(_ v: SIMD4<Float>) -> SIMD4<Float> { v }
@inline(__always) func foldedToFour(_ v: SIMD8<Float>) -> SIMD4<Float> { v.lowHalf + v.highHalf }
@inline(__always) func foldedToFour(_ v: SIMD16<Float>) -> SIMD4<Float> { foldedToFour(v.lowHalf + v.highHalf) }

/// The sums of the lanes of four vectors, in one transposition of 4 x 4.
@inline(__always) func laneSums(
    _ a: SIMD4<Float>, _ b: SIMD4<Float>, _ c: SIMD4<Float>, _ d: SIMD4<Float>
) -> SIMD4<Float> {
    let even = SIMD4(a[0], b[0], c[0], d[0]) + SIMD4(a[2], b[2], c[2], d[2])
    let odd = SIMD4(a[1], b[1], c[1], d[1]) + SIMD4(a[3], b[3], c[3], d[3])
    return even + odd
}

@inline(__always) func horizontalSum(_ v: Vector) -> Float {
    let four = foldedToFour(v)
    return (four[0] + four[2]) + (four[1] + four[3])
}

@inline(__always) func horizontalSum(_ v: SIMD2<Double>) -> Double { v[0] + v[1] }
@inline(__always) func horizontalSum(_ v: SIMD4<Double>) -> Double { horizontalSum(v.lowHalf + v.highHalf) }
