// AVX2 with FMA: 16 registers of 8 lanes.

typealias Vector = SIMD8<Float>
/// What row-wise sums are made in.
typealias RowVector = SIMD8<Float>
typealias RowDoubleVector = SIMD4<Double>
typealias RowHalfVector = SIMD4<Float>
typealias BitVector = SIMD8<Int32>
/// As many floats as a `DoubleVector` has lanes, the result of a narrowing conversion.
typealias HalfVector = SIMD4<Float>
typealias DoubleVector = SIMD4<Double>

// 6 rows x 2 vectors: 12 accumulators, 2 loads and 1 broadcast of 16 registers. 4 x 3 needs all 16 and spills one in
// the loop (53 to 57 % of the FMA peak instead of 74 to 88 %).
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

/// `a * b + c`, rounded once.
@inline(__always) func multiplyAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector { c.addingProduct(a, b) }

@inline(__always) func multiplyAdd(_ a: DoubleVector, _ b: DoubleVector, _ c: DoubleVector) -> DoubleVector {
    c.addingProduct(a, b)
}
