extension ChannelMoments {
    /// The moments of all pixels from those of blocks, in the order of their numbers.
    ///
    /// - Parameter block: of block number i and a channel: how many pixels, a base, the sum of x - base and that of (x - base)^2.
    mutating func merge(
        blocks: Int, _ block: (_ number: Int, _ channel: Int) -> (count: Int, base: Float, sum: Float, square: Float)
    ) {
        var total = 0
        for channel in 0..<channels {
            total = 0
            var mean = 0.0
            var squares = 0.0
            for number in 0..<blocks {
                let next = block(number, channel)
                if next.count == 0 { continue }
                let (sum, count) = (Double(next.sum), Double(next.count))
                let nextMean = Double(next.base) + sum / count
                let nextSquares = Double(next.square) - sum * sum / count
                // Chan, Golub and LeVeque 1979, equation 1.5b.
                let delta = nextMean - mean
                let share = count / (Double(total) + count)
                mean += delta * share
                squares += nextSquares + delta * delta * Double(total) * share
                total += next.count
            }
            means[channel] = mean
            // Rounding may leave a little less than 0; NaN stays NaN.
            let variance = total == 0 ? 0 : squares / Double(total)
            variances[channel] = variance < 0 ? 0 : variance
        }
        count = total
    }
}
