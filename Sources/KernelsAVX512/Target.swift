// AVX-512 F/BW/DQ/VL: 32 registers of 16 lanes.

typealias Vector = SIMD16<Float>
/// What row-wise sums are made in: rows are short and memory is the limit, and folding 16 lanes takes 13 instructions where
/// folding 8 takes 2.
typealias RowVector = SIMD8<Float>
typealias RowDoubleVector = SIMD4<Double>
typealias RowHalfVector = SIMD4<Float>
typealias BitVector = SIMD16<Int32>
/// As many floats as a `DoubleVector` has lanes, the result of a narrowing conversion.
typealias HalfVector = SIMD8<Float>
typealias DoubleVector = SIMD8<Double>

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

/// `a * b + c`, rounded once.
@inline(__always) func multiplyAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector { c.addingProduct(a, b) }

@inline(__always) func multiplyAdd(_ a: RowVector, _ b: RowVector, _ c: RowVector) -> RowVector {
    c.addingProduct(a, b)
}

@inline(__always) func multiplyAdd(
    _ a: RowDoubleVector, _ b: RowDoubleVector, _ c: RowDoubleVector
) -> RowDoubleVector { c.addingProduct(a, b) }

@inline(__always) func multiplyAdd(_ a: DoubleVector, _ b: DoubleVector, _ c: DoubleVector) -> DoubleVector {
    c.addingProduct(a, b)
}
