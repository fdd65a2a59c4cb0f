extension ChannelMoments {
    /// Moments of no pixels: zero.
    mutating func reset() {
        for channel in 0..<channels { (means[channel], variances[channel]) = (0, 0) }
        count = 0
    }

    /// The moments of all pixels from those of blocks, in the order of their numbers.
    ///
    /// - Parameters:
    ///   - blocks: of every block and channel a base, the sum of x - base and that of (x - base)^2: three rows of `channels` numbers for a block.
    ///   - pixels: how many pixels a block has.
    mutating func merge(_ blocks: UnsafePointer<Float>, count blockCount: Int, pixels: (_ number: Int) -> Int) {
        let channels = channels
        var total = 0
        reset()
        means.withUnsafeMutableBufferPointer { means in
            variances.withUnsafeMutableBufferPointer { squares in
                for number in 0..<blockCount {
                    let next = pixels(number)
                    if next == 0 { continue }
                    let base = blocks + 3 * number * channels
                    Self.merge(
                        base, base + channels, base + 2 * channels, pixels: next, into: means, squares, pixels: total)
                    total += next
                }
                for channel in 0..<channels {
                    // Rounding may leave a little less than 0; NaN stays NaN.
                    let variance = total == 0 ? 0 : squares[channel] / Double(total)
                    squares[channel] = variance < 0 ? 0 : variance
                }
            }
        }
        count = total
    }

    /// One block into the means and the sums of squared deviations of the pixels before it (Chan, Golub and LeVeque 1979, equation 1.5b).
    ///
    /// Channel by channel, without a branch or a division: the compiler makes vectors of it.
    private static func merge(
        _ base: UnsafePointer<Float>, _ sum: UnsafePointer<Float>, _ square: UnsafePointer<Float>, pixels: Int,
        into means: UnsafeMutableBufferPointer<Double>, _ squares: UnsafeMutableBufferPointer<Double>,
        pixels total: Int
    ) {
        let inverse = 1 / Double(pixels)
        let share = Double(pixels) / Double(total + pixels)
        let weight = Double(total) * share
        for channel in 0..<means.count {
            let shift = Double(sum[channel]) * inverse
            let delta = Double(base[channel]) + shift - means[channel]
            means[channel] += delta * share
            squares[channel] += Double(square[channel]) - Double(sum[channel]) * shift + delta * delta * weight
        }
    }
}
