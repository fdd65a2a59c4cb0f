// Sums of products along rows of D elements: what norms and paired cosines are made of.

/// Squared length of `count` rows: `out[i] = sum over k of x_i[k]^2`.
public func squaredNorms(
    _ rows: UnsafePointer<Float>, _ rowStride: Int, _ count: Int, _ dimension: Int,
    _ out: UnsafeMutablePointer<Float>
) {
    for i in 0..<count {
        let x = rows + i * rowStride
        var sum = Vector(repeating: 0)
        var k = 0
        while k + lanes <= dimension {
            let a = load(x + k)
            sum = multiplyAdd(a, a, sum)
            k += lanes
        }
        if k < dimension {
            let a = loadPartial(x + k, dimension - k)
            sum = multiplyAdd(a, a, sum)
        }
        out[i] = horizontalSum(sum)
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
        var sum = DoubleVector(repeating: 0)
        var k = 0
        while k + doubleLanes <= dimension {
            let a = loadWidened(x + k)
            sum = multiplyAdd(a, a, sum)
            k += doubleLanes
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
/// A row stride of 0 pairs one row with many. Where a squared length leaves [1e-30, 1e30], so that float32 products may
/// have overflowed or lost bits, and where it is NaN, `out[i]` is NaN: the caller evaluates those pairs in double.
public func pairedCosines(
    _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int, _ count: Int,
    _ dimension: Int, _ out: UnsafeMutablePointer<Float>
) {
    for i in 0..<count {
        let x = a + i * aStride
        let y = b + i * bStride
        var xy = Vector(repeating: 0)
        var xx = Vector(repeating: 0)
        var yy = Vector(repeating: 0)
        var k = 0
        while k + lanes <= dimension {
            let u = load(x + k)
            let v = load(y + k)
            xy = multiplyAdd(u, v, xy)
            xx = multiplyAdd(u, u, xx)
            yy = multiplyAdd(v, v, yy)
            k += lanes
        }
        if k < dimension {
            let u = loadPartial(x + k, dimension - k)
            let v = loadPartial(y + k, dimension - k)
            xy = multiplyAdd(u, v, xy)
            xx = multiplyAdd(u, u, xx)
            yy = multiplyAdd(v, v, yy)
        }
        let xLength = horizontalSum(xx)
        let yLength = horizontalSum(yy)
        let inRange = xLength >= 1e-30 && xLength <= 1e30 && yLength >= 1e-30 && yLength <= 1e30
        let cosine = horizontalSum(xy) / (xLength.squareRoot() * yLength.squareRoot())
        out[i] = inRange ? Float(limitedCosine(Double(cosine))) : .nan
    }
}

/// ``pairedCosines`` in double; a zero row gives 0.
///
/// The squares of float32 elements and the product of two squared lengths fit a double whatever the elements.
public func pairedCosinesDouble(
    _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int, _ count: Int,
    _ dimension: Int, _ out: UnsafeMutablePointer<Double>
) {
    for i in 0..<count {
        let x = a + i * aStride
        let y = b + i * bStride
        var xy = DoubleVector(repeating: 0)
        var xx = DoubleVector(repeating: 0)
        var yy = DoubleVector(repeating: 0)
        var k = 0
        while k + doubleLanes <= dimension {
            let u = loadWidened(x + k)
            let v = loadWidened(y + k)
            xy = multiplyAdd(u, v, xy)
            xx = multiplyAdd(u, u, xx)
            yy = multiplyAdd(v, v, yy)
            k += doubleLanes
        }
        var product = horizontalSum(xy)
        var xLength = horizontalSum(xx)
        var yLength = horizontalSum(yy)
        while k < dimension {
            product += Double(x[k]) * Double(y[k])
            xLength += Double(x[k]) * Double(x[k])
            yLength += Double(y[k]) * Double(y[k])
            k += 1
        }
        let lengths = (xLength * yLength).squareRoot()
        out[i] = lengths == 0 ? 0 : limitedCosine(product / lengths)
    }
}
