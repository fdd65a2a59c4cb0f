internal import SphereKernels

/// Which pixels of a picture are on a boundary.
public struct BoundaryMap: Equatable, Sendable {
    /// Number of columns, 0 or more.
    public let width: Int
    /// Number of rows, 0 or more.
    public let height: Int
    /// Whether pixel (x, y) is on a boundary, at `y * width + x`.
    public private(set) var pixels: [Bool]

    /// Takes `pixels` as a map.
    ///
    /// - Precondition: sides of 0 or more and `pixels.count == width * height`.
    public init(width: Int, height: Int, pixels: [Bool]) {
        require(
            width >= 0 && height >= 0 && pixels.count == width * height,
            "a boundary map of \(width) x \(height) has sides of 0 or more and a value a pixel, found \(pixels.count)")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// Pixels on a boundary.
    public var count: Int { pixels.reduce(0) { $0 + ($1 ? 1 : 0) } }

    /// Whether the pixel in column `x` and row `y` is on a boundary.
    ///
    /// - Precondition: both lie inside the map.
    public subscript(x: Int, y: Int) -> Bool {
        get { pixels[position(x, y)] }
        set { pixels[position(x, y)] = newValue }
    }

    private func position(_ x: Int, _ y: Int) -> Int {
        require(
            x >= 0 && x < width && y >= 0 && y < height,
            "pixel (\(x), \(y)) of a boundary map of \(width) x \(height)")
        return y * width + x
    }
}
