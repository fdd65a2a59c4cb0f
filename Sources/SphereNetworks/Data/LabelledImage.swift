internal import SphereKernels

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// An image with a label for each pixel, as trainings change it: flipped, cut, turned, resized, recoloured.
public struct LabelledImage: Sendable, Equatable {
    /// Size in pixels.
    public let width, height: Int
    /// Red, green and blue in [0, 1], pixel by pixel, row by row.
    public private(set) var colors: [Float]
    /// One label for each pixel.
    public let labels: [Int32]

    /// An image of the given colours and labels.
    ///
    /// - Precondition: three colours and one label for each pixel; at least one pixel.
    public init(width: Int, height: Int, colors: [Float], labels: [Int32]) {
        require(
            width >= 1 && height >= 1 && colors.count == 3 * width * height && labels.count == width * height,
            "\(colors.count) colours and \(labels.count) labels for \(width) x \(height) pixels")
        self.width = width
        self.height = height
        self.colors = colors
        self.labels = labels
    }

    /// Left and right exchanged.
    public func flipped() -> LabelledImage { mapped(width, height) { x, y in (width - 1 - x, y) } }

    /// The part of the given size with its upper left pixel at (x, y).
    ///
    /// - Precondition: the part lies inside and has a pixel.
    public func cropped(x: Int, y: Int, width: Int, height: Int) -> LabelledImage {
        require(
            x >= 0 && y >= 0 && width >= 1 && height >= 1 && x + width <= self.width && y + height <= self.height,
            "\(width) x \(height) pixels at (\(x), \(y)) of \(self.width) x \(self.height)")
        return mapped(width, height) { (x + $0, y + $1) }
    }

    /// Every colour to the power `exponent`.
    public func gammaCorrected(_ exponent: Float) -> LabelledImage {
        var result = self
        for i in colors.indices { result.colors[i] = pow(max(0, colors[i]), exponent) }
        return result
    }

    /// The three channels multiplied with `gains`, cut off at 1.
    ///
    /// - Precondition: three gains of 0 or more.
    public func multiplied(by gains: [Float]) -> LabelledImage {
        require(gains.count == 3 && gains.allSatisfy { $0 >= 0 }, "gains of \(gains): three of 0 or more")
        var result = self
        for i in colors.indices { result.colors[i] = min(1, colors[i] * gains[i % 3]) }
        return result
    }

    /// The image in another size: colours bicubic (Keys, a = -1/2), with the kernel widened where the image shrinks, labels of the nearest
    /// pixel.
    ///
    /// Half-pixel centres: pixel x of the result is at (x + 1/2) width / new width - 1/2.
    ///
    /// - Precondition: at least one pixel.
    /// - Complexity: O(pixels x kernel width).
    public func resized(width newWidth: Int, height newHeight: Int) -> LabelledImage {
        require(newWidth >= 1 && newHeight >= 1, "an image resized to \(newWidth) x \(newHeight) pixels")
        let columns = BicubicWeights(from: width, to: newWidth)
        let rows = BicubicWeights(from: height, to: newHeight)
        var wide = [Float](repeating: 0, count: newWidth * height * 3)
        for y in 0..<height {
            for x in 0..<newWidth {
                for (tap, weight) in columns[x] {
                    for c in 0..<3 { wide[(y * newWidth + x) * 3 + c] += weight * colors[(y * width + tap) * 3 + c] }
                }
            }
        }
        var result = [Float](repeating: 0, count: newWidth * newHeight * 3)
        for y in 0..<newHeight {
            for (tap, weight) in rows[y] {
                for i in 0..<newWidth * 3 { result[y * newWidth * 3 + i] += weight * wide[tap * newWidth * 3 + i] }
            }
        }
        return LabelledImage(
            width: newWidth, height: newHeight, colors: result.map { min(1, max(0, $0)) },
            labels: labels(width: newWidth, height: newHeight))
    }

    /// The labels at another size, by the nearest pixel.
    package func labels(width newWidth: Int, height newHeight: Int) -> [Int32] {
        (0..<newWidth * newHeight).map { pixel in
            let (x, y) = (pixel % newWidth, pixel / newWidth)
            return labels[(2 * y + 1) * height / (2 * newHeight) * width + (2 * x + 1) * width / (2 * newWidth)]
        }
    }

    /// The image turned counterclockwise by `degrees` around its middle and cut to the largest rectangle of the same sides' ratio that lies
    /// inside: colours bicubic (Keys, a = -1/2), labels of the nearest pixel.
    ///
    /// - Precondition: `degrees` in -45...45.
    /// - Complexity: O(pixels).
    public func rotated(degrees: Double) -> LabelledImage {
        require(abs(degrees) <= 45, "a turn of \(degrees) degrees: must lie in -45...45")
        let (sine, cosine) = (sin(degrees * .pi / 180), cos(degrees * .pi / 180))
        // The corners of a rectangle with sides s w and s h are s (w |cos| + h |sin|) / 2 from the middle, and as much upwards.
        let (w, h) = (Double(width), Double(height))
        let scale = min(w / (w * cosine + h * abs(sine)), h / (h * cosine + w * abs(sine)))
        let (newWidth, newHeight) = (max(1, Int(w * scale)), max(1, Int(h * scale)))
        var result: [Float] = []
        result.reserveCapacity(newWidth * newHeight * 3)
        var names: [Int32] = []
        names.reserveCapacity(newWidth * newHeight)
        for y in 0..<newHeight {
            for x in 0..<newWidth {
                let (u, v) = (Double(x) - Double(newWidth - 1) / 2, Double(y) - Double(newHeight - 1) / 2)
                let (sourceX, sourceY) = ((w - 1) / 2 + cosine * u - sine * v, (h - 1) / 2 + sine * u + cosine * v)
                for value in color(x: sourceX, y: sourceY) { result.append(value) }
                let (nearX, nearY) = (Int(sourceX.rounded()), Int(sourceY.rounded()))
                names.append(labels[min(max(nearY, 0), height - 1) * width + min(max(nearX, 0), width - 1)])
            }
        }
        return LabelledImage(width: newWidth, height: newHeight, colors: result, labels: names)
    }

    /// The colour at a place between pixels; the border's colours go on outside.
    private func color(x: Double, y: Double) -> [Float] {
        var sums: [Float] = [0, 0, 0]
        let (left, top) = (Int(x.rounded(.down)) - 1, Int(y.rounded(.down)) - 1)
        for row in top...top + 3 {
            let vertical = BicubicWeights.kernel(y - Double(row))
            let start = min(max(row, 0), height - 1) * width
            for column in left...left + 3 {
                let weight = Float(vertical * BicubicWeights.kernel(x - Double(column)))
                let pixel = start + min(max(column, 0), width - 1)
                for c in 0..<3 { sums[c] += weight * colors[3 * pixel + c] }
            }
        }
        return sums.map { min(1, max(0, $0)) }
    }

    /// The image whose pixel (x, y) is the pixel `source(x, y)` of this one.
    private func mapped(_ newWidth: Int, _ newHeight: Int, _ source: (Int, Int) -> (Int, Int)) -> LabelledImage {
        var result: [Float] = []
        result.reserveCapacity(newWidth * newHeight * 3)
        var names: [Int32] = []
        names.reserveCapacity(newWidth * newHeight)
        for y in 0..<newHeight {
            for x in 0..<newWidth {
                let (sourceX, sourceY) = source(x, y)
                let pixel = sourceY * width + sourceX
                result += colors[3 * pixel..<3 * pixel + 3]
                names.append(labels[pixel])
            }
        }
        return LabelledImage(width: newWidth, height: newHeight, colors: result, labels: names)
    }
}

/// The weights of a bicubic change of size in one direction (Keys, IEEE TASSP 1981, a = -1/2).
private struct BicubicWeights {
    private let taps: [[(index: Int, weight: Float)]]

    subscript(_ target: Int) -> [(index: Int, weight: Float)] { taps[target] }

    init(from source: Int, to target: Int) {
        let ratio = Double(source) / Double(target)
        // A kernel as wide as the distance of the new pixels keeps what the new size cannot show out of it.
        let stretch = max(1, ratio)
        taps = (0..<target).map { index in
            let middle = (Double(index) + 0.5) * ratio - 0.5
            let (first, last) = (Int((middle - 2 * stretch).rounded(.up)), Int((middle + 2 * stretch).rounded(.down)))
            let weights = (first...last).map { Self.kernel((middle - Double($0)) / stretch) }
            let sum = weights.reduce(0, +)
            return zip(first...last, weights).map { (min(max($0, 0), source - 1), Float($1 / sum)) }
        }
    }

    static func kernel(_ distance: Double) -> Double {
        let x = abs(distance)
        if x <= 1 { return (1.5 * x - 2.5) * x * x + 1 }
        return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
    }
}
