import SphereKernels

/// A picture of labels: which instance or class every pixel belongs to.
///
/// Pixel (x, y) has the label `labels[y * width + x]`; x counts from the left, y from the top. What the numbers mean, 0
/// for the background for example, is up to whoever makes the map.
public struct LabelMap: Equatable, Sendable {
    /// Number of columns, 0 or more.
    public let width: Int
    /// Number of rows, 0 or more.
    public let height: Int
    /// The labels in row-major order, `width * height` of them.
    public private(set) var labels: [Int32]

    /// Takes `labels` as a map.
    ///
    /// - Precondition: `width` and `height` are not negative and `labels.count == width * height`.
    public init(width: Int, height: Int, labels: [Int32]) {
        require(width >= 0 && height >= 0, "a label map of \(width) x \(height): both numbers must be 0 or more")
        require(
            labels.count == width * height,
            "a label map of \(width) x \(height) has \(width * height) labels, \(labels.count) were given")
        self.width = width
        self.height = height
        self.labels = labels
    }

    /// The label in column `x` and row `y`.
    ///
    /// - Precondition: both lie inside the map.
    public subscript(x: Int, y: Int) -> Int32 {
        get { labels[position(x, y)] }
        set { labels[position(x, y)] = newValue }
    }

    private func position(_ x: Int, _ y: Int) -> Int {
        require(
            x >= 0 && x < width && y >= 0 && y < height, "pixel (\(x), \(y)) of a label map of \(width) x \(height)")
        return y * width + x
    }
}
