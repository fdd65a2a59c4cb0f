// Sums of products along rows of D elements: what norms and paired cosines are made of.
//
// Four rows at a time: their partial sums are added up across lanes together, in one transposition of 4 x 4, where a
// horizontal sum per row would take longer than the products (D = 16 is a single vector of AVX-512). Elements that do not
// fill a vector go in fours and then one by one. A row's sum does not depend on which three others are with it.

/// Elements of four rows whose sums are made together.
@inline(__always) private var rowsTogether: Int { 4 }

/// Addresses of four rows.
///
/// Beyond the last row the last one is repeated, so that nothing outside is read.
private struct FourRows {
    let a: UnsafePointer<Float>
    let b: UnsafePointer<Float>
    let c: UnsafePointer<Float>
    let d: UnsafePointer<Float>

    @inline(__always) init(_ rows: UnsafePointer<Float>, _ stride: Int, from first: Int, of count: Int) {
        let last = rows + (count - 1) * stride
        a = rows + first * stride
        b = first + 1 < count ? a + stride : last
        c = first + 2 < count ? b + stride : last
        d = first + 3 < count ? c + stride : last
    }
}

/// `sum over k of x_i[k] y_i[k]` for four pairs of rows.
@inline(__always) private func fourDots(_ x: FourRows, _ y: FourRows, _ dimension: Int) -> SIMD4<Float> {
    let zero = RowVector(repeating: 0)
    var (a, b, c, d) = (zero, zero, zero, zero)
    var k = 0
    while k + RowVector.scalarCount <= dimension {
        a = multiplyAdd(loadRow(x.a + k), loadRow(y.a + k), a)
        b = multiplyAdd(loadRow(x.b + k), loadRow(y.b + k), b)
        c = multiplyAdd(loadRow(x.c + k), loadRow(y.c + k), c)
        d = multiplyAdd(loadRow(x.d + k), loadRow(y.d + k), d)
        k += RowVector.scalarCount
    }
    var (a4, b4, c4, d4) = (foldedToFour(a), foldedToFour(b), foldedToFour(c), foldedToFour(d))
    while k + 4 <= dimension {
        a4 += loadFour(x.a + k) * loadFour(y.a + k)
        b4 += loadFour(x.b + k) * loadFour(y.b + k)
        c4 += loadFour(x.c + k) * loadFour(y.c + k)
        d4 += loadFour(x.d + k) * loadFour(y.d + k)
        k += 4
    }
    var sums = laneSums(a4, b4, c4, d4)
    while k < dimension {
        sums += SIMD4(x.a[k], x.b[k], x.c[k], x.d[k]) * SIMD4(y.a[k], y.b[k], y.c[k], y.d[k])
        k += 1
    }
    return sums
}

/// The first rows of a result of four.
@inline(__always) private func storeRows(
    _ v: SIMD4<Float>, _ out: UnsafeMutablePointer<Float>, from first: Int, of count: Int
) {
    if first + rowsTogether <= count {
        UnsafeMutableRawPointer(out + first).storeBytes(of: v, as: SIMD4<Float>.self)
    } else {
        for r in 0..<count - first { out[first + r] = v[r] }
    }
}

/// Square roots.
///
/// Lane by lane: `SIMD4.squareRoot()` calls a function for it.
@inline(__always) private func squareRoots(_ v: SIMD4<Float>) -> SIMD4<Float> {
    SIMD4(v[0].squareRoot(), v[1].squareRoot(), v[2].squareRoot(), v[3].squareRoot())
}

/// Whether sums of squares are such that no square that counts has overflowed or lost bits to underflow, and their
/// products with one another stay inside float32.
@inline(__always) private func isSafe(_ squares: SIMD4<Float>) -> SIMDMask<SIMD4<Int32>> {
    (squares .>= 1e-18) .& (squares .<= 1e18)
}

/// Squared length of `count` rows: `out[i] = sum over k of x_i[k]^2`.
public func squaredNorms(
    _ rows: UnsafePointer<Float>, _ rowStride: Int, _ count: Int, _ dimension: Int,
    _ out: UnsafeMutablePointer<Float>
) {
    var i = 0
    while i < count {
        let x = FourRows(rows, rowStride, from: i, of: count)
        storeRows(fourDots(x, x, dimension), out, from: i, of: count)
        i += rowsTogether
    }
}

/// Length of `count` rows: `out[i] = |x_i|`, NaN where the squared length leaves [1e-18, 1e18] or is NaN: the caller
/// evaluates those rows in double.
public func norms(
    _ rows: UnsafePointer<Float>, _ rowStride: Int, _ count: Int, _ dimension: Int,
    _ out: UnsafeMutablePointer<Float>
) {
    var i = 0
    while i < count {
        let x = FourRows(rows, rowStride, from: i, of: count)
        let squares = fourDots(x, x, dimension)
        let lengths = SIMD4<Float>(repeating: .nan).replacing(with: squareRoots(squares), where: isSafe(squares))
        storeRows(lengths, out, from: i, of: count)
        i += rowsTogether
    }
}

/// ``squaredNorms`` accumulated in double.
///
/// Every square is exact; nothing overflows or underflows.
public func squaredNormsDouble(
    _ rows: UnsafePointer<Float>, _ rowStride: Int, _ count: Int, _ dimension: Int,
    _ out: UnsafeMutablePointer<Double>
) {
    for i in 0..<count {
        let x = rows + i * rowStride
        var sum = RowDoubleVector(repeating: 0)
        var k = 0
        while k + RowDoubleVector.scalarCount <= dimension {
            let u = loadWidened(x + k)
            sum = multiplyAdd(u, u, sum)
            k += RowDoubleVector.scalarCount
        }
        var total = horizontalSum(sum)
        while k < dimension {
            total += Double(x[k]) * Double(x[k])
            k += 1
        }
        out[i] = total
    }
}

/// Multiplies each row by its factor: `out_i = factors[i] * x_i`.
public func scaleRows(
    _ rows: UnsafePointer<Float>, _ rowStride: Int, _ count: Int, _ dimension: Int, _ factors: UnsafePointer<Float>,
    _ out: UnsafeMutablePointer<Float>, _ outStride: Int
) {
    for i in 0..<count {
        let x = rows + i * rowStride
        let y = out + i * outStride
        let factor = factors[i]
        var k = 0
        while k + lanes <= dimension {
            store(load(x + k) * factor, y + k)
            k += lanes
        }
        while k < dimension {
            y[k] = x[k] * factor
            k += 1
        }
    }
}

/// Cosines of `count` pairs of rows, limited to [-1, 1]: `out[i] = a_i . b_i / (|a_i| |b_i|)`.
///
/// A row stride of 0 pairs one row with many. Where a squared length leaves [1e-18, 1e18], so that float32 products may
/// have overflowed or lost bits, and where it is NaN, `out[i]` is NaN: the caller evaluates those pairs in double.
public func pairedCosines(
    _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int, _ count: Int,
    _ dimension: Int, _ out: UnsafeMutablePointer<Float>
) {
    if count == 0 { return }
    let first = FourRows(b, 0, from: 0, of: 1)
    let firstSquares = fourDots(first, first, dimension)
    var i = 0
    while i < count {
        let x = FourRows(a, aStride, from: i, of: count)
        let y = FourRows(b, bStride, from: i, of: count)
        let xx = fourDots(x, x, dimension)
        let yy = bStride == 0 ? firstSquares : fourDots(y, y, dimension)
        let cosines = fourDots(x, y, dimension) / squareRoots(xx * yy)
        let limited = cosines.replacing(with: 1, where: cosines .> 1).replacing(with: -1, where: cosines .< -1)
        let safe = SIMD4<Float>(repeating: .nan).replacing(with: limited, where: isSafe(xx) .& isSafe(yy))
        storeRows(safe, out, from: i, of: count)
        i += rowsTogether
    }
}

/// ``pairedCosines`` in double; a zero row gives 0.
///
/// The squares of float32 elements and the product of two squared lengths fit a double whatever the elements.
public func pairedCosinesDouble(
    _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int, _ count: Int,
    _ dimension: Int, _ out: UnsafeMutablePointer<Double>
) {
    let zero = RowDoubleVector(repeating: 0)
    for i in 0..<count {
        let x = a + i * aStride
        let y = b + i * bStride
        var (xy, xx, yy) = (zero, zero, zero)
        var k = 0
        while k + RowDoubleVector.scalarCount <= dimension {
            let u = loadWidened(x + k)
            let v = loadWidened(y + k)
            xy = multiplyAdd(u, v, xy)
            xx = multiplyAdd(u, u, xx)
            yy = multiplyAdd(v, v, yy)
            k += RowDoubleVector.scalarCount
        }
        var (product, xSquare, ySquare) = (horizontalSum(xy), horizontalSum(xx), horizontalSum(yy))
        while k < dimension {
            let (u, v) = (Double(x[k]), Double(y[k]))
            product += u * v
            xSquare += u * u
            ySquare += v * v
            k += 1
        }
        let lengths = (xSquare * ySquare).squareRoot()
        out[i] = lengths == 0 ? 0 : limitedCosine(product / lengths)
    }
}
