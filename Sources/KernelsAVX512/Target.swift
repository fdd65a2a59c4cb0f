// AVX-512 F/BW/DQ/VL: 32 registers of 16 lanes.

typealias Vector = SIMD16<Float>
typealias BitVector = SIMD16<UInt32>
/// As many floats as a `DoubleVector` has lanes, the source of a widening conversion.
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

@inline(__always) func multiplyAdd(_ a: DoubleVector, _ b: DoubleVector, _ c: DoubleVector) -> DoubleVector {
    c.addingProduct(a, b)
}
