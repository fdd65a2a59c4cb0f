// Matrix products: one tile of the result in registers, and the loops over the tiles of a block.

/// Where the left operand of a product lies: element (r, k) of the group of `width` rows from row i is at
/// `start + i * outer + first * width + r * across + k * step`.
///
/// `step` 0 stands for `width`: groups packed by ``packProductLeft``.
public typealias ProductLeft = (start: UnsafePointer<Float>, outer: Int, first: Int, across: Int, step: Int)

/// Where the right operand lies: element (k, c) of the panel of `width` columns (whole vectors) from column j is at
/// `start + j * outer + first * width + k * step + c`.
///
/// `step` 0 stands for `width`: panels packed by ``packProductRight``.
public typealias ProductRight = (start: UnsafePointer<Float>, outer: Int, first: Int, step: Int)

/// What becomes of the sums: `alpha * sum + beta * result + columnBias + rowBias`, then at least 0 if `rectifies`.
///
/// With `beta` 0 the result is not read. NaN stays NaN.
public typealias ProductEpilogue = (
    alpha: Float, beta: Float, columnBias: UnsafePointer<Float>?, rowBias: UnsafePointer<Float>?, rectifies: Bool
)

/// Columns of the right operand are packed in multiples of this.
@inline(__always) public var productLanes: Int { lanes }

/// Rows of the left operand that go together.
@inline(__always) public var productGroup: Int { tileRows }

/// The width of the piece at the front of `rest` rows or vectors, of which `full` go together.
///
/// Between one and two full ones are halved: 4 + 3 rows keep the multiply-add units busier than 6 + 1, whose last tile waits
/// for the latency of two chains.
@inline(__always) func productPiece(_ rest: Int, _ full: Int) -> Int {
    if rest >= 2 * full || rest == full { return full }
    return rest > full ? (rest + 1) / 2 : rest
}

/// A block of rows x columns of the result, `depth` >= 1 products to each element, added up in the order of k.
///
/// The sum of an element does not depend on the tile that it is in. Group by group, each with all panels, which stay in the
/// second-level cache.
///
/// - Parameters:
///   - left: read by broadcasts.
///   - right: read by vectors, whole ones behind the last column too.
///   - scratch: `productScratch` elements.
public func productBlock(
    _ left: ProductLeft, _ right: ProductRight, _ rows: Int, _ columns: Int, _ depth: Int,
    _ result: UnsafeMutablePointer<Float>, _ resultStride: Int, _ epilogue: ProductEpilogue,
    _ scratch: UnsafeMutablePointer<Float>
) {
    var i = 0
    var j = 0
    while i < rows && j < columns {
        let group = productPiece(rows - i, tileRows)
        let vectors = productPiece((columns - j + lanes - 1) / lanes, tileVectors)
        let width = vectors * lanes
        var tile: ProductTile = (
            left: left.start + i * left.outer + left.first * group, across: left.across,
            leftStep: left.step == 0 ? group : left.step,
            right: right.start + j * right.outer + right.first * width,
            rightStep: right.step == 0 ? width : right.step, depth: depth,
            result: result + i * resultStride + j, stride: resultStride,
            alpha: epilogue.alpha, beta: epilogue.beta, columnBias: epilogue.columnBias.map { $0 + j },
            rowBias: epilogue.rowBias.map { $0 + i }, rectifies: epilogue.rectifies
        )
        if columns - j < width {
            multiplyEdgeTile(group, vectors, columns - j, &tile, scratch)
        } else {
            multiplyTile(group, vectors, &tile)
        }
        j += width
        if j >= columns {
            j = 0
            i += group
        }
    }
}

/// Floats of scratch memory that ``productBlock`` needs: a tile and a row of biases.
@inline(__always) public var productScratch: Int { (tileRows + 1) * panelColumns }

/// A tile whose last vector has lanes outside the result: evaluated in scratch memory, of which `columns` are copied.
@inline(__always) private func multiplyEdgeTile(
    _ rows: Int, _ vectors: Int, _ columns: Int, _ tile: inout ProductTile, _ scratch: UnsafeMutablePointer<Float>
) {
    let result = tile.result
    let stride = tile.stride
    let width = vectors * lanes
    tile.result = scratch
    tile.stride = width
    if tile.beta != 0 {
        for r in 0..<rows { copyFront(result + r * stride, columns, scratch + r * width) }
    }
    if let bias = tile.columnBias {
        copyFront(bias, columns, scratch + rows * width)
        tile.columnBias = UnsafePointer(scratch + rows * width)
    }
    multiplyTile(rows, vectors, &tile)
    for r in 0..<rows { copyFront(scratch + r * width, columns, result + r * stride) }
}

/// The operands of one tile and what becomes of its sums.
///
/// A tuple: a struct would bring a function to copy it, a weak symbol of which the program keeps one for all instruction sets.
typealias ProductTile = (
    left: UnsafePointer<Float>, across: Int, leftStep: Int, right: UnsafePointer<Float>, rightStep: Int, depth: Int,
    result: UnsafeMutablePointer<Float>, stride: Int, alpha: Float, beta: Float, columnBias: UnsafePointer<Float>?,
    rowBias: UnsafePointer<Float>?, rectifies: Bool
)

/// One case per shape: the number of accumulators must be a constant for them to be registers.
@inline(__always) private func multiplyTile(_ rows: Int, _ vectors: Int, _ tile: UnsafePointer<ProductTile>) {
    switch vectors * 8 + rows {
    case 9: multiplyTile1x1(tile)
    case 10: multiplyTile2x1(tile)
    case 11: multiplyTile3x1(tile)
    case 12: multiplyTile4x1(tile)
    case 13: multiplyTile5x1(tile)
    case 14: multiplyTile6x1(tile)
    case 17: multiplyTile1x2(tile)
    case 18: multiplyTile2x2(tile)
    case 19: multiplyTile3x2(tile)
    case 20: multiplyTile4x2(tile)
    case 21: multiplyTile5x2(tile)
    case 22: multiplyTile6x2(tile)
    #if arch(arm64) || TILE_8X3
    case 15: multiplyTile7x1(tile)
    case 16: multiplyTile8x1(tile)
    case 23: multiplyTile7x2(tile)
    case 24: multiplyTile8x2(tile)
    case 25: multiplyTile1x3(tile)
    case 26: multiplyTile2x3(tile)
    case 27: multiplyTile3x3(tile)
    case 28: multiplyTile4x3(tile)
    case 29: multiplyTile5x3(tile)
    case 30: multiplyTile6x3(tile)
    case 31: multiplyTile7x3(tile)
    case 32: multiplyTile8x3(tile)
    #endif
    default: break
    }
}

// Functions of their own, not inlined: together they are too much for the inliner, which then leaves the accumulators in
// memory. Not private, and only for the shapes there are: private and empty functions are emitted as weak symbols.
@inline(never) func multiplyTile1x1(_ tile: UnsafePointer<ProductTile>) { multiply(1, 1, tile.pointee) }
@inline(never) func multiplyTile2x1(_ tile: UnsafePointer<ProductTile>) { multiply(2, 1, tile.pointee) }
@inline(never) func multiplyTile3x1(_ tile: UnsafePointer<ProductTile>) { multiply(3, 1, tile.pointee) }
@inline(never) func multiplyTile4x1(_ tile: UnsafePointer<ProductTile>) { multiply(4, 1, tile.pointee) }
@inline(never) func multiplyTile5x1(_ tile: UnsafePointer<ProductTile>) { multiply(5, 1, tile.pointee) }
@inline(never) func multiplyTile6x1(_ tile: UnsafePointer<ProductTile>) { multiply(6, 1, tile.pointee) }
@inline(never) func multiplyTile1x2(_ tile: UnsafePointer<ProductTile>) { multiply(1, 2, tile.pointee) }
@inline(never) func multiplyTile2x2(_ tile: UnsafePointer<ProductTile>) { multiply(2, 2, tile.pointee) }
@inline(never) func multiplyTile3x2(_ tile: UnsafePointer<ProductTile>) { multiply(3, 2, tile.pointee) }
@inline(never) func multiplyTile4x2(_ tile: UnsafePointer<ProductTile>) { multiply(4, 2, tile.pointee) }
@inline(never) func multiplyTile5x2(_ tile: UnsafePointer<ProductTile>) { multiply(5, 2, tile.pointee) }
@inline(never) func multiplyTile6x2(_ tile: UnsafePointer<ProductTile>) { multiply(6, 2, tile.pointee) }
#if arch(arm64) || TILE_8X3
@inline(never) func multiplyTile7x1(_ tile: UnsafePointer<ProductTile>) { multiply(7, 1, tile.pointee) }
@inline(never) func multiplyTile8x1(_ tile: UnsafePointer<ProductTile>) { multiply(8, 1, tile.pointee) }
@inline(never) func multiplyTile7x2(_ tile: UnsafePointer<ProductTile>) { multiply(7, 2, tile.pointee) }
@inline(never) func multiplyTile8x2(_ tile: UnsafePointer<ProductTile>) { multiply(8, 2, tile.pointee) }
@inline(never) func multiplyTile1x3(_ tile: UnsafePointer<ProductTile>) { multiply(1, 3, tile.pointee) }
@inline(never) func multiplyTile2x3(_ tile: UnsafePointer<ProductTile>) { multiply(2, 3, tile.pointee) }
@inline(never) func multiplyTile3x3(_ tile: UnsafePointer<ProductTile>) { multiply(3, 3, tile.pointee) }
@inline(never) func multiplyTile4x3(_ tile: UnsafePointer<ProductTile>) { multiply(4, 3, tile.pointee) }
@inline(never) func multiplyTile5x3(_ tile: UnsafePointer<ProductTile>) { multiply(5, 3, tile.pointee) }
@inline(never) func multiplyTile6x3(_ tile: UnsafePointer<ProductTile>) { multiply(6, 3, tile.pointee) }
@inline(never) func multiplyTile7x3(_ tile: UnsafePointer<ProductTile>) { multiply(7, 3, tile.pointee) }
@inline(never) func multiplyTile8x3(_ tile: UnsafePointer<ProductTile>) { multiply(8, 3, tile.pointee) }
#endif

/// One tile with `rows` x `vectors` accumulators, both constants.
///
/// The first term is a multiplication and not a multiply-add onto zeros, as in ``dotTile``.
@inline(__always) private func multiply(_ rows: Int, _ vectors: Int, _ tile: ProductTile) {
    var sum = zeroAccumulators
    var a = tile.left
    var b = tile.right
    let across = tile.across
    for r in 0..<rows {
        let x = Vector(repeating: a[r &* across])
        for v in 0..<vectors { sum[unchecked: r * vectors + v] = x * load(b + v * lanes) }
    }
    var k = 1
    while k < tile.depth {
        a += tile.leftStep
        b += tile.rightStep
        for r in 0..<rows {
            let x = Vector(repeating: a[r &* across])
            for v in 0..<vectors {
                sum[unchecked: r * vectors + v] = multiplyAdd(x, load(b + v * lanes), sum[unchecked: r * vectors + v])
            }
        }
        k += 1
    }
    // Row by row and not in loops over rows: LLVM does not unroll those, and would leave the accumulators in memory.
    finishRow(0, vectors, &sum, tile)
    if rows > 1 { finishRow(1, vectors, &sum, tile) }
    if rows > 2 { finishRow(2, vectors, &sum, tile) }
    if rows > 3 { finishRow(3, vectors, &sum, tile) }
    if rows > 4 { finishRow(4, vectors, &sum, tile) }
    if rows > 5 { finishRow(5, vectors, &sum, tile) }
    if rows > 6 { finishRow(6, vectors, &sum, tile) }
    if rows > 7 { finishRow(7, vectors, &sum, tile) }
}

/// Row `r` of the sums to the result.
@inline(always) private func finishRow(
    _ r: Int, _ vectors: Int, _ sum: inout TileAccumulators, _ tile: ProductTile
) {
    let result = tile.result + r &* tile.stride
    let first = r * vectors
    let alpha = Vector(repeating: tile.alpha)
    for v in 0..<vectors { sum[unchecked: first + v] = alpha * sum[unchecked: first + v] }
    if tile.beta != 0 {
        let beta = Vector(repeating: tile.beta)
        for v in 0..<vectors {
            sum[unchecked: first + v] = multiplyAdd(beta, load(result + v * lanes), sum[unchecked: first + v])
        }
    }
    if let bias = tile.columnBias {
        for v in 0..<vectors { sum[unchecked: first + v] += load(bias + v * lanes) }
    }
    if let bias = tile.rowBias {
        let value = Vector(repeating: bias[r])
        for v in 0..<vectors { sum[unchecked: first + v] += value }
    }
    if tile.rectifies {
        for v in 0..<vectors {
            let value = sum[unchecked: first + v]
            sum[unchecked: first + v] = value.replacing(with: 0, where: value .< 0)
        }
    }
    for v in 0..<vectors { store(sum[unchecked: first + v], result + v * lanes) }
}
