// The baseline of the architecture: SSE2 on x86-64 (16 registers of 4 lanes), NEON on arm64 (32 registers of 4 lanes).

typealias Vector = SIMD4<Float>
/// What row-wise sums are made in.
typealias RowVector = SIMD4<Float>
typealias RowDoubleVector = SIMD2<Double>
typealias RowHalfVector = SIMD2<Float>
typealias BitVector = SIMD4<Int32>
/// As many floats as a `DoubleVector` has lanes, the result of a narrowing conversion.
typealias HalfVector = SIMD2<Float>
typealias DoubleVector = SIMD2<Double>

#if arch(arm64)
// 8 rows x 3 vectors: 24 accumulators, 3 loads and 1 broadcast of 32 registers.
@inline(__always) var tileRows: Int { 8 }
@inline(__always) var tileVectors: Int { 3 }
typealias TileAccumulators = InlineArray<24, Vector>
typealias DoubleTileAccumulators = InlineArray<24, DoubleVector>

/// Accumulators of a tile, all zero.
///
/// Written out: `InlineArray(repeating:)` leaves a weak generic function in the object.
@inline(__always) var zeroAccumulators: TileAccumulators {
    let z = Vector(repeating: 0)
    return [z, z, z, z, z, z, z, z, z, z, z, z, z, z, z, z, z, z, z, z, z, z, z, z]
}

@inline(__always) var zeroDoubleAccumulators: DoubleTileAccumulators {
    let z = DoubleVector(repeating: 0)
    return [z, z, z, z, z, z, z, z, z, z, z, z, z, z, z, z, z, z, z, z, z, z, z, z]
}
#else
// 6 rows x 2 vectors: 12 accumulators, 2 loads and 1 broadcast of 16 registers.
@inline(__always) var tileRows: Int { 6 }
@inline(__always) var tileVectors: Int { 2 }
typealias TileAccumulators = InlineArray<12, Vector>
typealias DoubleTileAccumulators = InlineArray<12, DoubleVector>

/// Accumulators of a tile, all zero.
///
/// Written out: `InlineArray(repeating:)` leaves a weak generic function in the object.
@inline(__always) var zeroAccumulators: TileAccumulators {
    let z = Vector(repeating: 0)
    return [z, z, z, z, z, z, z, z, z, z, z, z]
}

@inline(__always) var zeroDoubleAccumulators: DoubleTileAccumulators {
    let z = DoubleVector(repeating: 0)
    return [z, z, z, z, z, z, z, z, z, z, z, z]
}
#endif

/// `a * b + c`.
///
/// SSE2 has no fused form (`addingProduct` would call fmaf once per lane), so it rounds twice there.
@inline(__always) func multiplyAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector {
    #if arch(arm64)
    c.addingProduct(a, b)
    #else
    a * b + c
    #endif
}

@inline(__always) func multiplyAdd(_ a: DoubleVector, _ b: DoubleVector, _ c: DoubleVector) -> DoubleVector {
    #if arch(arm64)
    c.addingProduct(a, b)
    #else
    a * b + c
    #endif
}
