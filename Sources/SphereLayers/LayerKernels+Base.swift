internal import SphereKernels

extension LayerKernels {
    /// The mean of the first pixels as the base of sums around it, and the sums (base, sums, squares lie `channels` or more apart) to 0.
    ///
    /// Of P pixels the mean of k of them is at most sqrt(P / k) standard deviations from that of all, so that
    /// sums around it lose no more than a factor P / k of the precision of squared deviations.
    func setBase(
        _ pixels: UnsafePointer<Float>, step: Int, pixels count: Int, channels: Int,
        _ base: UnsafeMutablePointer<Float>, _ sums: UnsafeMutablePointer<Float>
    ) {
        let squares = sums + (sums - base)
        let taken = min(8, count)
        for c in 0..<channels { (base[c], sums[c], squares[c]) = (0, 0, 0) }
        channelSums(pixels, step, taken, channels, base, sums, squares)
        let factor = 1 / Float(taken)
        for c in 0..<channels { (base[c], sums[c], squares[c]) = (sums[c] * factor, 0, 0) }
    }
}
