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

/// As many floats as a `DoubleVector` has lanes, widened.
///
/// Written as a loop: LLVM makes it one conversion, while
/// `DoubleVector(HalfVector)` becomes several narrow ones.
@inline(__always) func loadWidened(_ p: UnsafePointer<Float>) -> DoubleVector {
    let half = UnsafeRawPointer(p).loadUnaligned(as: HalfVector.self)
    var v = DoubleVector(repeating: 0)
    for i in 0..<HalfVector.scalarCount { v[i] = Double(half[i]) }
    return v
}

// `SIMD.sum()` is an out-of-line generic call with the vector in four 128-bit registers; halving stays in registers and
// has a fixed order.
@inline(__always) func horizontalSum(_ v: SIMD4<Float>) -> Float { (v[0] + v[2]) + (v[1] + v[3]) }
@inline(__always) func horizontalSum(_ v: SIMD8<Float>) -> Float { horizontalSum(v.lowHalf + v.highHalf) }
@inline(__always) func horizontalSum(_ v: SIMD16<Float>) -> Float { horizontalSum(v.lowHalf + v.highHalf) }
@inline(__always) func horizontalSum(_ v: SIMD2<Double>) -> Double { v[0] + v[1] }
@inline(__always) func horizontalSum(_ v: SIMD4<Double>) -> Double { horizontalSum(v.lowHalf + v.highHalf) }
@inline(__always) func horizontalSum(_ v: SIMD8<Double>) -> Double { horizontalSum(v.lowHalf + v.highHalf) }
