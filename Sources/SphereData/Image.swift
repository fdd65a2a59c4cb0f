import SphereKernels

/// A sample type of an ``Image``: `UInt8` or `UInt16`.
public protocol ImageComponent: FixedWidthInteger, UnsignedInteger, Sendable {}
extension UInt8: ImageComponent {}
extension UInt16: ImageComponent {}

/// A picture of `width` x `height` pixels with 1 to 4 interleaved channels.
///
/// Sample (x, y, c) lies at `samples[(y * width + x) * channels + c]`; x counts from the left, y from the top. What the
/// channels mean is up to whoever makes the picture; files hold gray, gray + alpha, RGB or RGBA.
public struct Image<Component: ImageComponent>: Equatable, Sendable {
    /// Number of columns, 0 or more.
    public let width: Int
    /// Number of rows, 0 or more.
    public let height: Int
    /// Samples of a pixel, 1 to 4.
    public let channels: Int
    /// The samples in row-major order of the pixels, `width * height * channels` of them.
    public private(set) var samples: [Component]

    /// Takes `samples` as a picture.
    ///
    /// - Precondition: `width` and `height` are not negative, `1 <= channels <= 4`, and
    ///   `samples.count == width * height * channels`.
    public init(width: Int, height: Int, channels: Int, samples: [Component]) {
        require(
            width >= 0 && height >= 0 && (1...4).contains(channels),
            "a picture of \(width) x \(height) with \(channels) channels: needs sides of 0 or more and 1 to 4 channels"
        )
        require(
            samples.count == width * height * channels,
            "a picture of \(width) x \(height) with \(channels) channels has \(width * height * channels) samples, "
                + "\(samples.count) were given")
        self.width = width
        self.height = height
        self.channels = channels
        self.samples = samples
    }

    /// A picture in which every sample is `value`.
    ///
    /// - Precondition: `width` and `height` are not negative and `1 <= channels <= 4`.
    public init(width: Int, height: Int, channels: Int, repeating value: Component = 0) {
        self.init(
            width: width, height: height, channels: channels,
            samples: [Component](repeating: value, count: max(width, 0) * max(height, 0) * max(channels, 0)))
    }

    /// The sample of channel `channel` in column `x` and row `y`.
    ///
    /// - Precondition: all three lie inside the picture.
    public subscript(x: Int, y: Int, channel: Int = 0) -> Component {
        get { samples[position(x, y, channel)] }
        set { samples[position(x, y, channel)] = newValue }
    }

    private func position(_ x: Int, _ y: Int, _ channel: Int) -> Int {
        require(
            x >= 0 && x < width && y >= 0 && y < height && channel >= 0 && channel < channels,
            "sample (\(x), \(y), \(channel)) of a picture of \(width) x \(height) with \(channels) channels")
        return (y * width + x) * channels + channel
    }
}
