// Passes over pixels of NHWC maps with a factor, an addend or a sum per channel.
//
// A pass goes through the pixels channel block by channel block of up to 4 vectors, whose coefficients stay in registers. What does
// not fill a vector goes one by one. Wide pixels are read from their first channel to their last instead, with coefficients and sums in the
// first-level cache: steps of 4 KiB meet in one set of the cache, and no prefetcher follows them (the gradients of 1024 channels took twice as long).

/// The channels from which on pixels are wide.
@inline(__always) private var wideChannels: Int { 256 }

/// How many of the channels fill vectors.
@inline(__always) private func vectorChannels(_ channels: Int) -> Int { channels / lanes * lanes }

/// Pixels that are read through channels' scale and shift, a second map and a rectifier:
/// `scale_c x + shift_c + otherScale_c other + otherShift_c`, then at least 0.
///
/// Null scales stand for 1, null shifts for 0, `other` null for none. NaN stays NaN.
public typealias PixelSource = (
    start: UnsafePointer<Float>, step: Int, scale: UnsafePointer<Float>?, shift: UnsafePointer<Float>?,
    other: UnsafePointer<Float>?, otherScale: UnsafePointer<Float>?, otherShift: UnsafePointer<Float>?,
    rectifies: Bool
)

/// `count` pixels of `channels` channels to `result`, `step` elements from one to the next; the second map's pixels lie as the first one's.
public func affinePixels(
    _ source: UnsafePointer<PixelSource>, _ count: Int, _ channels: Int, _ result: UnsafeMutablePointer<Float>,
    _ step: Int
) {
    let pixels = source.pointee
    var c = 0
    if channels >= wideChannels, let scale = pixels.scale, let shift = pixels.shift {
        affineWide(pixels, scale, shift, count, vectorChannels(channels), result, step)
        c = vectorChannels(channels)
    }
    while c + lanes <= channels {
        if c + 2 * lanes <= channels {
            affineVectors(2, pixels, c, count, result, step)
            c += 2 * lanes
        } else {
            affineVectors(1, pixels, c, count, result, step)
            c += lanes
        }
    }
    while c < channels {
        for i in 0..<count { result[i * step + c] = affineValue(pixels, i, c) }
        c += 1
    }
}

@inline(__always) private func affineVectors(
    _ vectors: Int, _ pixels: PixelSource, _ c: Int, _ count: Int, _ result: UnsafeMutablePointer<Float>, _ step: Int
) {
    let one = Vector(repeating: 1)
    let zero = Vector(repeating: 0)
    var scale: InlineArray<2, Vector> = [one, one]
    var shift: InlineArray<2, Vector> = [zero, zero]
    for v in 0..<vectors {
        if let p = pixels.scale { scale[unchecked: v] = load(p + c + v * lanes) }
        if let p = pixels.shift { shift[unchecked: v] = load(p + c + v * lanes) }
        if let p = pixels.otherShift { shift[unchecked: v] += load(p + c + v * lanes) }
    }
    let isPlain = pixels.scale == nil && pixels.shift == nil && pixels.other == nil
    var x = pixels.start + c
    var to = result + c
    if isPlain && !pixels.rectifies {
        for _ in 0..<count {
            for v in 0..<vectors { store(load(x + v * lanes), to + v * lanes) }
            x += pixels.step
            to += step
        }
    } else if let other = pixels.other {
        var otherScale: InlineArray<2, Vector> = [one, one]
        for v in 0..<vectors {
            if let p = pixels.otherScale { otherScale[unchecked: v] = load(p + c + v * lanes) }
        }
        var z = other + c
        for _ in 0..<count {
            for v in 0..<vectors {
                let inner = multiplyAdd(scale[unchecked: v], load(x + v * lanes), shift[unchecked: v])
                let value = multiplyAdd(otherScale[unchecked: v], load(z + v * lanes), inner)
                store(pixels.rectifies ? value.replacing(with: zero, where: value .< zero) : value, to + v * lanes)
            }
            x += pixels.step
            z += pixels.step
            to += step
        }
    } else {
        for _ in 0..<count {
            for v in 0..<vectors {
                let value = multiplyAdd(scale[unchecked: v], load(x + v * lanes), shift[unchecked: v])
                store(pixels.rectifies ? value.replacing(with: zero, where: value .< zero) : value, to + v * lanes)
            }
            x += pixels.step
            to += step
        }
    }
}

/// The first `channels` channels of wide pixels, whole vectors of them, in the operations of ``affineVectors``: the two have the same bits.
@inline(__always) private func affineWide(
    _ pixels: PixelSource, _ scale: UnsafePointer<Float>, _ shift: UnsafePointer<Float>, _ count: Int, _ channels: Int,
    _ result: UnsafeMutablePointer<Float>, _ step: Int
) {
    let (zero, one) = (Vector(repeating: 0), Vector(repeating: 1))
    for i in 0..<count {
        let (x, to) = (pixels.start + i * pixels.step, result + i * step)
        var c = 0
        while c < channels {
            var sum = load(shift + c)
            if let p = pixels.otherShift { sum += load(p + c) }
            var value = multiplyAdd(load(scale + c), load(x + c), sum)
            if let other = pixels.other {
                var otherScale = one
                if let p = pixels.otherScale { otherScale = load(p + c) }
                value = multiplyAdd(otherScale, load(other + i * pixels.step + c), value)
            }
            store(pixels.rectifies ? value.replacing(with: zero, where: value .< zero) : value, to + c)
            c += lanes
        }
    }
}

/// One value, in the operations of a lane of ``affineVectors``: the two have the same bits.
@inline(__always) private func affineValue(_ pixels: PixelSource, _ i: Int, _ c: Int) -> Float {
    var shift: Float = 0
    if let p = pixels.shift { shift = p[c] }
    if let p = pixels.otherShift { shift += p[c] }
    var value = pixels.start[i * pixels.step + c]
    if pixels.scale != nil || pixels.shift != nil || pixels.other != nil {
        value = multiplyAdd(pixels.scale.map { $0[c] } ?? 1, value, shift)
    }
    if let other = pixels.other {
        value = multiplyAdd(pixels.otherScale.map { $0[c] } ?? 1, other[i * pixels.step + c], value)
    }
    return pixels.rectifies && value < 0 ? 0 : value
}

/// `sums[c] += sum of x - base_c`, `squares[c] += sum of (x - base_c)^2` over `count` pixels, `step` elements apart.
public func channelSums(
    _ x: UnsafePointer<Float>, _ step: Int, _ count: Int, _ channels: Int, _ base: UnsafePointer<Float>,
    _ sums: UnsafeMutablePointer<Float>, _ squares: UnsafeMutablePointer<Float>
) {
    var c = 0
    if channels >= wideChannels {
        for i in 0..<count {
            let from = x + i * step
            c = 0
            while c + lanes <= channels {
                let d = load(from + c) - load(base + c)
                store(load(sums + c) + d, sums + c)
                store(multiplyAdd(d, d, load(squares + c)), squares + c)
                c += lanes
            }
        }
        c = vectorChannels(channels)
    }
    while c + lanes <= channels {
        if c + 4 * lanes <= channels {
            sumVectors(4, x + c, step, count, base + c, sums + c, squares + c)
            c += 4 * lanes
        } else if c + 2 * lanes <= channels {
            sumVectors(2, x + c, step, count, base + c, sums + c, squares + c)
            c += 2 * lanes
        } else {
            sumVectors(1, x + c, step, count, base + c, sums + c, squares + c)
            c += lanes
        }
    }
    while c < channels {
        var sum: Float = 0
        var square: Float = 0
        for i in 0..<count {
            let d = x[i * step + c] - base[c]
            sum += d
            square = multiplyAdd(d, d, square)
        }
        sums[c] += sum
        squares[c] += square
        c += 1
    }
}

@inline(__always) private func sumVectors(
    _ vectors: Int, _ x: UnsafePointer<Float>, _ step: Int, _ count: Int, _ base: UnsafePointer<Float>,
    _ sums: UnsafeMutablePointer<Float>, _ squares: UnsafeMutablePointer<Float>
) {
    let zero = Vector(repeating: 0)
    var offset: InlineArray<4, Vector> = [zero, zero, zero, zero]
    var sum: InlineArray<4, Vector> = [zero, zero, zero, zero]
    var square: InlineArray<4, Vector> = [zero, zero, zero, zero]
    for v in 0..<vectors { offset[unchecked: v] = load(base + v * lanes) }
    var from = x
    for _ in 0..<count {
        for v in 0..<vectors {
            let d = load(from + v * lanes) - offset[unchecked: v]
            sum[unchecked: v] += d
            square[unchecked: v] = multiplyAdd(d, d, square[unchecked: v])
        }
        from += step
    }
    for v in 0..<vectors {
        store(load(sums + v * lanes) + sum[unchecked: v], sums + v * lanes)
        store(load(squares + v * lanes) + square[unchecked: v], squares + v * lanes)
    }
}

/// The sums of the backward pass of batch normalization over `count` contiguous pixels: with g' = g where `pixels` rectified are
/// above 0 (or everywhere without a rectifier), `sums[c] += sum of g'`, `products[c] += sum of g' (x - base_c)`.
public func gradientSums(
    _ gradient: UnsafePointer<Float>, _ source: UnsafePointer<PixelSource>, _ count: Int, _ channels: Int,
    _ base: UnsafePointer<Float>, _ sums: UnsafeMutablePointer<Float>, _ products: UnsafeMutablePointer<Float>
) {
    let pixels = source.pointee
    var c = 0
    if channels >= wideChannels {
        for i in 0..<count {
            let (x, g) = (pixels.start + i * pixels.step, gradient + i * channels)
            c = 0
            while c + lanes <= channels {
                let input = load(x + c)
                let value = rectifiedGradient(load(g + c), pixels, i, c, input)
                store(load(sums + c) + value, sums + c)
                store(multiplyAdd(value, input - load(base + c), load(products + c)), products + c)
                c += lanes
            }
        }
        c = vectorChannels(channels)
    }
    while c + lanes <= channels {
        gradientSumVector(gradient + c, pixels, c, count, channels, load(base + c), sums + c, products + c)
        c += lanes
    }
    while c < channels {
        var sum: Float = 0
        var product: Float = 0
        for i in 0..<count {
            let g = pixels.rectifies && !(affineValue(pixels, i, c) > 0) ? 0 : gradient[i * channels + c]
            sum += g
            product = multiplyAdd(g, pixels.start[i * pixels.step + c] - base[c], product)
        }
        sums[c] += sum
        products[c] += product
        c += 1
    }
}

@inline(__always) private func gradientSumVector(
    _ gradient: UnsafePointer<Float>, _ pixels: PixelSource, _ c: Int, _ count: Int, _ channels: Int, _ base: Vector,
    _ sums: UnsafeMutablePointer<Float>, _ products: UnsafeMutablePointer<Float>
) {
    let zero = Vector(repeating: 0)
    var (sum, product) = (zero, zero)
    let (scale, shift, otherScale) = coefficients(pixels, c)
    var x = pixels.start + c
    var g = gradient
    if !pixels.rectifies {
        for _ in 0..<count {
            let value = load(g)
            sum += value
            product = multiplyAdd(value, load(x) - base, product)
            x += pixels.step
            g += channels
        }
    } else if let other = pixels.other {
        var z = other + c
        for _ in 0..<count {
            let input = load(x)
            let y = multiplyAdd(otherScale, load(z), multiplyAdd(scale, input, shift))
            let value = zero.replacing(with: load(g), where: y .> zero)
            sum += value
            product = multiplyAdd(value, input - base, product)
            x += pixels.step
            z += pixels.step
            g += channels
        }
    } else {
        for _ in 0..<count {
            let input = load(x)
            let value = zero.replacing(with: load(g), where: multiplyAdd(scale, input, shift) .> zero)
            sum += value
            product = multiplyAdd(value, input - base, product)
            x += pixels.step
            g += channels
        }
    }
    store(load(sums) + sum, sums)
    store(load(products) + product, products)
}

/// Scale, sum of the shifts, and the second map's scale of the channels from `c`.
@inline(__always) private func coefficients(_ pixels: PixelSource, _ c: Int) -> (Vector, Vector, Vector) {
    var scale = Vector(repeating: 1)
    var shift = Vector(repeating: 0)
    var otherScale = scale
    if let p = pixels.scale { scale = load(p + c) }
    if let p = pixels.shift { shift = load(p + c) }
    if let p = pixels.otherShift { shift += load(p + c) }
    if let p = pixels.otherScale { otherScale = load(p + c) }
    return (scale, shift, otherScale)
}

/// `gradient` where the rectifier, if there is one, let the channels from `c` of pixel `i` pass, whose elements are `input`; 0 elsewhere.
@inline(__always) private func rectifiedGradient(
    _ gradient: Vector, _ pixels: PixelSource, _ i: Int, _ c: Int, _ input: Vector
) -> Vector {
    guard pixels.rectifies else { return gradient }
    let (scale, shift, otherScale) = coefficients(pixels, c)
    var value = multiplyAdd(scale, input, shift)
    if let other = pixels.other { value = multiplyAdd(otherScale, load(other + i * pixels.step + c), value) }
    let zero = Vector(repeating: 0)
    return zero.replacing(with: gradient, where: value .> zero)
}

/// The gradient with respect to the input of batch normalization of `count` contiguous pixels: `a_c g' + b_c (x - base_c) + e_c` to `result`,
/// with g' as in ``gradientSums``, which goes to `masked` if that is not null; `result` may be the gradient itself, `masked` the input x.
///
/// - Parameters:
///   - factors: a, b, base and e, `channels` each.
///   - isFrozen: whether b and e are 0: `a_c g'`, whatever x is (0 times an infinite x would be NaN).
public func normalizationGradient(
    _ gradient: UnsafePointer<Float>, _ source: UnsafePointer<PixelSource>, _ count: Int, _ channels: Int,
    _ factors: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>, _ masked: UnsafeMutablePointer<Float>?,
    _ isFrozen: Bool
) {
    let pixels = source.pointee
    let (a, b, base, e) = (factors, factors + channels, factors + 2 * channels, factors + 3 * channels)
    var c = 0
    if channels >= wideChannels {
        for i in 0..<count {
            let (x, g) = (pixels.start + i * pixels.step, gradient + i * channels)
            c = 0
            while c + lanes <= channels {
                let input = load(x + c)
                let value = rectifiedGradient(load(g + c), pixels, i, c, input)
                if let masked { store(value, masked + i * channels + c) }
                var slope = load(a + c) * value
                if !isFrozen {
                    slope = multiplyAdd(
                        load(a + c), value, multiplyAdd(load(b + c), input - load(base + c), load(e + c)))
                }
                store(slope, result + i * channels + c)
                c += lanes
            }
        }
        c = vectorChannels(channels)
    }
    while c + lanes <= channels {
        let (scale, shift, otherScale) = coefficients(pixels, c)
        let zero = Vector(repeating: 0)
        let (aVector, bVector, center, eVector) = (load(a + c), load(b + c), load(base + c), load(e + c))
        for i in 0..<count {
            let g = gradient + i * channels + c
            let input = load(pixels.start + i * pixels.step + c)
            var value = load(g)
            if pixels.rectifies {
                var y = multiplyAdd(scale, input, shift)
                if let other = pixels.other { y = multiplyAdd(otherScale, load(other + i * pixels.step + c), y) }
                value = zero.replacing(with: value, where: y .> zero)
            }
            if let masked { store(value, masked + i * channels + c) }
            let slope =
                isFrozen ? aVector * value : multiplyAdd(aVector, value, multiplyAdd(bVector, input - center, eVector))
            store(slope, result + i * channels + c)
        }
        c += lanes
    }
    while c < channels {
        for i in 0..<count {
            let value = pixels.rectifies && !(affineValue(pixels, i, c) > 0) ? 0 : gradient[i * channels + c]
            let input = pixels.start[i * pixels.step + c]
            if let masked { masked[i * channels + c] = value }
            result[i * channels + c] =
                isFrozen ? a[c] * value : multiplyAdd(a[c], value, multiplyAdd(b[c], input - base[c], e[c]))
        }
        c += 1
    }
}

/// `a * b + c`, rounded as a lane of the vectors is.
@inline(__always) private func multiplyAdd(_ a: Float, _ b: Float, _ c: Float) -> Float {
    multiplyAdd(Vector(repeating: a), Vector(repeating: b), Vector(repeating: c))[0]
}
