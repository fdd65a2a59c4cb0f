public import SphereData

/// One of the eight ways to lay a rectangle of pixels down again: turned by quarter turns, mirrored or not.
///
/// The pixel (u, v) of the new picture is the pixel (x, y) of the old one,
///
///     (a, b) = transposes ? (v, u) : (u, v),   x = mirrorsX ? width - 1 - a : a,   y = mirrorsY ? height - 1 - b : b.
///
/// The group is called D4, or that of the square.
public struct SquareSymmetry: Sendable, Hashable {
    /// Whether rows become columns.
    public let transposes: Bool
    /// Whether left and right, top and bottom of the old picture change places.
    public let mirrorsX, mirrorsY: Bool

    /// A symmetry.
    public init(transposes: Bool = false, mirrorsX: Bool = false, mirrorsY: Bool = false) {
        self.transposes = transposes
        self.mirrorsX = mirrorsX
        self.mirrorsY = mirrorsY
    }

    /// The picture as it is.
    public static let identity = SquareSymmetry()
    /// All eight, the identity first.
    public static let all = [false, true].flatMap { transposes in
        [false, true].flatMap { mirrorsX in
            [false, true].map { SquareSymmetry(transposes: transposes, mirrorsX: mirrorsX, mirrorsY: $0) }
        }
    }

    /// For each pixel of the new picture, row by row, the number of the old picture's, which has `width` x `height` pixels.
    ///
    /// - Complexity: O(width height).
    package func sources(width: Int, height: Int) -> [Int] {
        let (newWidth, newHeight) = transposes ? (height, width) : (width, height)
        var result: [Int] = []
        result.reserveCapacity(width * height)
        for v in 0..<newHeight {
            for u in 0..<newWidth {
                let (a, b) = transposes ? (v, u) : (u, v)
                result.append((mirrorsY ? height - 1 - b : b) * width + (mirrorsX ? width - 1 - a : a))
            }
        }
        return result
    }

    /// The new picture.
    public func applied(to image: Image<UInt8>) -> Image<UInt8> {
        let channels = image.channels
        var samples: [UInt8] = []
        samples.reserveCapacity(image.samples.count)
        for source in sources(width: image.width, height: image.height) {
            samples += image.samples[source * channels..<(source + 1) * channels]
        }
        return Image(
            width: transposes ? image.height : image.width, height: transposes ? image.width : image.height,
            channels: channels, samples: samples)
    }

    /// What a vector of the new picture, from pixel to pixel, is in the old one.
    package func undone(_ vector: SIMD2<Float>) -> SIMD2<Float> {
        let v = transposes ? SIMD2(vector.y, vector.x) : vector
        return SIMD2(mirrorsX ? -v.x : v.x, mirrorsY ? -v.y : v.y)
    }
}
