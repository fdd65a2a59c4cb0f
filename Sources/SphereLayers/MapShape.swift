internal import SphereKernels

/// The shape of a stack of maps, float32 in the order batch, row, column, channel (NHWC), without gaps.
///
/// The element of channel c at (y, x) of map b lies at `((b * height + y) * width + x) * channels + c`.
public struct MapShape: Sendable, Hashable {
    /// Number of maps.
    public let batch: Int
    /// Rows of a map.
    public let height: Int
    /// Columns of a map.
    public let width: Int
    /// Channels of a pixel.
    public let channels: Int

    /// A shape of `batch` x `height` x `width` x `channels`.
    ///
    /// - Precondition: no size is negative.
    public init(batch: Int, height: Int, width: Int, channels: Int) {
        require(
            batch >= 0 && height >= 0 && width >= 0 && channels >= 0,
            "maps of \(batch) x \(height) x \(width) x \(channels): sizes are 0 or more")
        self.batch = batch
        self.height = height
        self.width = width
        self.channels = channels
    }

    /// Pixels of all maps.
    public var pixels: Int { batch * height * width }

    /// Elements of all maps.
    public var count: Int { pixels * channels }

    /// The same maps with another number of channels.
    public func withChannels(_ channels: Int) -> MapShape {
        MapShape(batch: batch, height: height, width: width, channels: channels)
    }

    var text: String { "\(batch) x \(height) x \(width) x \(channels)" }

    /// Stops the program unless `found` elements are as many as the shape has.
    func requireCount(_ found: Int, _ name: String) {
        require(found == count, "\(name) of \(text) has \(count) elements, found \(found)")
    }
}
