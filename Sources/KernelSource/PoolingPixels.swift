// Pooling: runs of pixels whose windows have the same elements inside the map.
//
// Element t of the window of pixel i lies at `source + taps[t] + i * sourceStep`, channel by channel.

/// The largest element of every window of at least one tap, per channel; NaN where one is NaN.
public func maximumPixels(
    _ source: UnsafePointer<Float>, _ sourceStep: Int, _ taps: UnsafePointer<Int>, _ tapCount: Int, _ count: Int,
    _ channels: Int, _ result: UnsafeMutablePointer<Float>, _ resultStep: Int
) {
    for i in 0..<count {
        let from = source + i * sourceStep
        let to = result + i * resultStep
        var c = 0
        while c + lanes <= channels {
            var largest = load(from + taps[0] + c)
            var t = 1
            while t < tapCount {
                let x = load(from + taps[t] + c)
                largest = largest.replacing(with: x, where: x .> largest).replacing(with: x, where: x .!= x)
                t += 1
            }
            store(largest, to + c)
            c += lanes
        }
        while c < channels {
            to[c] = (from + taps[largestTap(from + c, taps, tapCount)])[c]
            c += 1
        }
    }
}

/// The number of the tap with the largest element, the first of them, or of the last NaN.
@inline(__always) private func largestTap(
    _ source: UnsafePointer<Float>, _ taps: UnsafePointer<Int>, _ tapCount: Int
) -> Int {
    var (best, largest) = (0, source[taps[0]])
    var t = 1
    while t < tapCount {
        let x = source[taps[t]]
        if x > largest || x != x { (best, largest) = (t, x) }
        t += 1
    }
    return best
}

/// ``maximumPixels``, and the number of the tap that each element was taken from: the first of equal ones, the last NaN.
///
/// - Parameter places: laid out as `result`.
public func maximumPlacePixels(
    _ source: UnsafePointer<Float>, _ sourceStep: Int, _ taps: UnsafePointer<Int>, _ tapCount: Int, _ count: Int,
    _ channels: Int, _ result: UnsafeMutablePointer<Float>, _ places: UnsafeMutablePointer<Int32>, _ resultStep: Int
) {
    for i in 0..<count {
        let from = source + i * sourceStep
        let to = result + i * resultStep
        let placesTo = places + i * resultStep
        var c = 0
        while c + lanes <= channels {
            var largest = load(from + taps[0] + c)
            var best = BitVector(repeating: 0)
            var number = best
            var t = 1
            while t < tapCount {
                let x = load(from + taps[t] + c)
                number &+= 1
                let isTaken = (x .> largest) .| (x .!= x)
                best = best.replacing(with: number, where: isTaken)
                largest = largest.replacing(with: x, where: isTaken)
                t += 1
            }
            store(largest, to + c)
            UnsafeMutableRawPointer(placesTo + c).storeBytes(of: best, as: BitVector.self)
            c += lanes
        }
        while c < channels {
            let best = largestTap(from + c, taps, tapCount)
            to[c] = (from + taps[best])[c]
            placesTo[c] = Int32(truncatingIfNeeded: best)
            c += 1
        }
    }
}

/// Adds the gradient of ``maximumPlacePixels`` to the elements that were the largest.
///
/// Where the element belongs to a tap outside `firstWritten..<endWritten`, nothing is added: another strip of rows does that.
///
/// - Parameters:
///   - places: numbers of taps, laid out as `gradient`.
///   - result: the elements' gradients; `resultStep` from one window to the next one.
public func maximumGradientPixels(
    _ places: UnsafePointer<Int32>, _ gradient: UnsafePointer<Float>, _ gradientStep: Int, _ taps: UnsafePointer<Int>,
    _ firstWritten: Int, _ endWritten: Int, _ count: Int, _ channels: Int, _ result: UnsafeMutablePointer<Float>,
    _ resultStep: Int
) {
    let zero = Vector(repeating: 0)
    for i in 0..<count {
        let to = result + i * resultStep
        let upstream = gradient + i * gradientStep
        let best = places + i * gradientStep
        var c = 0
        while c + lanes <= channels {
            let g = load(upstream + c)
            let place = UnsafeRawPointer(best + c).loadUnaligned(as: BitVector.self)
            var number = BitVector(repeating: Int32(truncatingIfNeeded: firstWritten))
            var t = firstWritten
            while t < endWritten {
                let target = to + taps[t] + c
                store(load(target) + zero.replacing(with: g, where: place .== number), target)
                number &+= 1
                t += 1
            }
            c += lanes
        }
        while c < channels {
            let tap = Int(best[c])
            if tap >= firstWritten && tap < endWritten { (to + taps[tap])[c] += upstream[c] }
            c += 1
        }
    }
}

/// `factor` times the sum of every window of at least one tap, per channel.
public func averagePixels(
    _ source: UnsafePointer<Float>, _ sourceStep: Int, _ taps: UnsafePointer<Int>, _ tapCount: Int, _ count: Int,
    _ channels: Int, _ factor: Float, _ result: UnsafeMutablePointer<Float>, _ resultStep: Int
) {
    for i in 0..<count {
        let from = source + i * sourceStep
        let to = result + i * resultStep
        var c = 0
        while c + lanes <= channels {
            var sum = load(from + taps[0] + c)
            var t = 1
            while t < tapCount {
                sum += load(from + taps[t] + c)
                t += 1
            }
            store(factor * sum, to + c)
            c += lanes
        }
        while c < channels {
            var sum = from[taps[0] + c]
            var t = 1
            while t < tapCount {
                sum += from[taps[t] + c]
                t += 1
            }
            to[c] = factor * sum
            c += 1
        }
    }
}

/// Adds the gradient of ``averagePixels`` to all elements of the windows.
public func averageGradientPixels(
    _ gradient: UnsafePointer<Float>, _ gradientStep: Int, _ taps: UnsafePointer<Int>, _ tapCount: Int, _ count: Int,
    _ channels: Int, _ factor: Float, _ result: UnsafeMutablePointer<Float>, _ resultStep: Int
) {
    for i in 0..<count {
        let from = gradient + i * gradientStep
        let to = result + i * resultStep
        var c = 0
        while c + lanes <= channels {
            let g = factor * load(from + c)
            var t = 0
            while t < tapCount {
                let target = to + taps[t] + c
                store(load(target) + g, target)
                t += 1
            }
            c += lanes
        }
        while c < channels {
            let g = factor * from[c]
            var t = 0
            while t < tapCount {
                to[taps[t] + c] += g
                t += 1
            }
            c += 1
        }
    }
}
