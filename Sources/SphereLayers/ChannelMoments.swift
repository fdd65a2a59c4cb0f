internal import SphereKernels

/// Mean and variance of every channel over the pixels of maps.
///
/// Made by ``BatchNormalization/measure(_:shape:into:workspace:on:)`` or beside a convolution's output; or given, for running
/// statistics. Keeps its memory from one call to the next.
public struct ChannelMoments: Sendable, Equatable {
    /// The pixels they are over; 0 before anything was measured.
    public internal(set) var count: Int
    /// The mean of every channel.
    public var means: [Double]
    /// The mean squared deviation of every channel from its mean (divided by the count, not the count - 1).
    public var variances: [Double]

    /// Room for the moments of `channels` channels, all zero, of no pixels.
    public init(channels: Int) {
        count = 0
        means = [Double](repeating: 0, count: channels)
        variances = means
    }

    /// Given moments: running statistics.
    ///
    /// - Precondition: as many means as variances.
    public init(means: [Double], variances: [Double], count: Int = 0) {
        require(means.count == variances.count, "\(means.count) means and \(variances.count) variances of channels")
        self.count = count
        self.means = means
        self.variances = variances
    }

    /// The number of channels.
    public var channels: Int { means.count }

    func requireChannels(_ expected: Int) {
        require(channels == expected, "moments of \(channels) channels for maps of \(expected)")
    }
}
