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

/// What one row of the gradient of ``bilinearRow``'s result adds to one row of that of its source.
///
/// Pixel i gets `weight` times the sum of `weights[j] gradient[offsets[j]]` over j in `starts[i]..<starts[i + 1]`, channel by channel;
/// it is overwritten unless `accumulates`.
public func bilinearGradientRow(
    _ gradient: UnsafePointer<Float>, _ weight: Float, _ starts: UnsafePointer<Int>, _ offsets: UnsafePointer<Int>,
    _ weights: UnsafePointer<Float>, _ count: Int, _ channels: Int, _ result: UnsafeMutablePointer<Float>,
    _ accumulates: Bool
) {
    let factor = Vector(repeating: weight)
    for i in 0..<count {
        let to = result + i * channels
        let (start, end) = (starts[i], starts[i + 1])
        var k = 0
        while k + lanes <= channels {
            var sum = Vector(repeating: 0)
            var j = start
            while j < end {
                sum = multiplyAdd(Vector(repeating: weights[j]), load(gradient + offsets[j] + k), sum)
                j += 1
            }
            store(accumulates ? multiplyAdd(factor, sum, load(to + k)) : factor * sum, to + k)
            k += lanes
        }
        while k < channels {
            var sum: Float = 0
            var j = start
            while j < end {
                sum += weights[j] * gradient[offsets[j] + k]
                j += 1
            }
            to[k] = accumulates ? to[k] + weight * sum : weight * sum
            k += 1
        }
    }
}
