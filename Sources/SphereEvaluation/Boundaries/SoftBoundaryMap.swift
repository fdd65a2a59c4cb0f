public import SphereData
internal import SphereKernels

/// How strongly a pixel is taken for a boundary, in [0, 1]: what a detector gives and the benchmark thresholds.
public struct SoftBoundaryMap: Equatable, Sendable {
    /// Number of columns, 0 or more.
    public let width: Int
    /// Number of rows, 0 or more.
    public let height: Int
    /// The strength of pixel (x, y), at `y * width + x`.
    public let strengths: [Double]

    /// Takes `strengths` as a map.
    ///
    /// - Precondition: sides of 0 or more and `strengths.count == width * height`.
    public init(width: Int, height: Int, strengths: [Double]) {
        require(
            width >= 0 && height >= 0 && strengths.count == width * height,
            "a soft boundary map of \(width) x \(height) has sides of 0 or more and a strength a pixel, "
                + "found \(strengths.count)")
        self.width = width
        self.height = height
        self.strengths = strengths
    }

    /// The map of a gray picture: a sample of b bits over 2^b - 1.
    public init<Component>(_ image: Image<Component>, bitDepth: Int = Component.bitWidth) {
        require(image.channels == 1, "a soft boundary map has one channel, found \(image.channels)")
        let scale = Double((1 << bitDepth) - 1)
        self.init(width: image.width, height: image.height, strengths: image.samples.map { Double($0) / scale })
    }

    /// The pixels of at least `threshold`, and above 0 whatever the threshold, not thinned.
    ///
    /// - Complexity: O(pixels).
    public func boundaries(from threshold: Double) -> BoundaryMap {
        let least = max(threshold, Double.ulpOfOne)
        return BoundaryMap(width: width, height: height, pixels: strengths.map { $0 >= least })
    }
}
