// Bilinear resizing of maps, a row of pixels at a time.

/// One row of the result: pixel i is `(1 - weight) u + weight l` of `u = (1 - f) upper[left] + f upper[right]`, l likewise of `lower`,
/// with f, left and right those of the pixel; the latter in elements.
public func bilinearRow(
    _ upper: UnsafePointer<Float>, _ lower: UnsafePointer<Float>, _ weight: Float, _ left: UnsafePointer<Int>,
    _ right: UnsafePointer<Int>, _ fractions: UnsafePointer<Float>, _ count: Int, _ channels: Int,
    _ result: UnsafeMutablePointer<Float>
) {
    for i in 0..<count {
        let to = result + i * channels
        let (near, far) = (left[i], right[i])
        let f = fractions[i]
        // The four products of weights: one multiplication and three multiply-adds per element.
        let upperLeft = (1 - weight) * (1 - f)
        let upperRight = (1 - weight) * f
        let lowerLeft = weight * (1 - f)
        let lowerRight = weight * f
        let (a, b, c, d) = (
            Vector(repeating: upperLeft), Vector(repeating: upperRight), Vector(repeating: lowerLeft),
            Vector(repeating: lowerRight)
        )
        var k = 0
        while k + lanes <= channels {
            var sum = a * load(upper + near + k)
            sum = multiplyAdd(b, load(upper + far + k), sum)
            sum = multiplyAdd(c, load(lower + near + k), sum)
            store(multiplyAdd(d, load(lower + far + k), sum), to + k)
            k += lanes
        }
        while k < channels {
            let sum = upperLeft * upper[near + k] + upperRight * upper[far + k]
            to[k] = sum + lowerLeft * lower[near + k] + lowerRight * lower[far + k]
            k += 1
        }
    }
}

/// The sum of `count` >= 1 rows of `elements` elements, `step` elements apart, each times its weight.
public func weightedRowSum(
    _ rows: UnsafePointer<Float>, _ step: Int, _ weights: UnsafePointer<Float>, _ count: Int, _ elements: Int,
    _ result: UnsafeMutablePointer<Float>
) {
    var k = 0
    while k + 4 * lanes <= elements {
        weightedVectors(4, rows + k, step, weights, count, result + k)
        k += 4 * lanes
    }
    while k + lanes <= elements {
        weightedVectors(1, rows + k, step, weights, count, result + k)
        k += lanes
    }
    while k < elements {
        var sum = weights[0] * rows[k]
        var r = 1
        while r < count {
            sum += weights[r] * rows[r * step + k]
            r += 1
        }
        result[k] = sum
        k += 1
    }
}

/// `vectors` vectors of ``weightedRowSum``, a constant.
@inline(__always) private func weightedVectors(
    _ vectors: Int, _ rows: UnsafePointer<Float>, _ step: Int, _ weights: UnsafePointer<Float>, _ count: Int,
    _ result: UnsafeMutablePointer<Float>
) {
    let zero = Vector(repeating: 0)
    var sum: InlineArray<4, Vector> = [zero, zero, zero, zero]
    let first = Vector(repeating: weights[0])
    for v in 0..<vectors { sum[unchecked: v] = first * load(rows + v * lanes) }
    var row = rows
    var r = 1
    while r < count {
        row += step
        let weight = Vector(repeating: weights[r])
        for v in 0..<vectors {
            sum[unchecked: v] = multiplyAdd(weight, load(row + v * lanes), sum[unchecked: v])
        }
        r += 1
    }
    for v in 0..<vectors { store(sum[unchecked: v], result + v * lanes) }
}

/// The horizontal half of the gradient of ``bilinearRow``: of a sum of rows of the result's gradient, weighted as the rows of the result are
/// made of one row of the source, to the gradient of that row.
///
/// Pixel i gets the sum of `weights[j] gradient[offsets[j]]` over j in `starts[i]..<starts[i + 1]`, channel by channel; it is
/// overwritten unless `accumulates`.
public func bilinearGradientRow(
    _ gradient: UnsafePointer<Float>, _ starts: UnsafePointer<Int>, _ offsets: UnsafePointer<Int>,
    _ weights: UnsafePointer<Float>, _ count: Int, _ channels: Int, _ result: UnsafeMutablePointer<Float>,
    _ accumulates: Bool
) {
    for i in 0..<count {
        let to = result + i * channels
        let (start, end) = (starts[i], starts[i + 1])
        var k = 0
        while k + lanes <= channels {
            var sum = accumulates ? load(to + k) : Vector(repeating: 0)
            var j = start
            while j < end {
                sum = multiplyAdd(Vector(repeating: weights[j]), load(gradient + offsets[j] + k), sum)
                j += 1
            }
            store(sum, to + k)
            k += lanes
        }
        while k < channels {
            var sum: Float = accumulates ? to[k] : 0
            var j = start
            while j < end {
                sum += weights[j] * gradient[offsets[j] + k]
                j += 1
            }
            to[k] = sum
            k += 1
        }
    }
}
