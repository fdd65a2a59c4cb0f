public import SphereData
public import SphereKernels
public import SphereTheory

/// A hand-made embedding of pixels: colour and position, lifted to the unit sphere so that mean shift there is mean shift in
/// colour and position.
///
/// Each pixel has five features in units of a bandwidth,
///
///     f = (L / c, a / c, b / c, x / p, y / p)
///
/// with its CIE L*a*b* colour, its place in pixels, the colour bandwidth c and the position bandwidth p. With the features'
/// mean taken off, R four times the largest length that is left, the pixel's point on the sphere in R^6 is
///
///     (f / R, sqrt(1 - |f|^2 / R^2))
///
/// Chords keep the features' Euclidean distances: `|f - g| / R <= chord <= 1.034 |f - g| / R`, since the last coordinate
/// has a slope of at most 1/4 / sqrt(1 - 1/16) there. With the concentration kappa = R^2 the kernel on the sphere is the
/// Gaussian of one bandwidth in feature space, `exp(kappa (cos - 1)) = exp(-|f - g|^2 / 2)` up to that distortion.
public struct ColorPositionEmbedding: Sendable, Hashable {
    /// c, the colour difference (Delta E) of one bandwidth.
    public var colorBandwidth: Double
    /// p, the distance of one bandwidth as a share of the picture's diagonal.
    public var positionBandwidth: Double

    /// The ratio of the sphere's radius to the largest feature vector.
    static let radiusFactor = 4.0

    /// An embedding with the given bandwidths.
    ///
    /// - Precondition: both are positive.
    public init(colorBandwidth: Double = 6, positionBandwidth: Double = 0.1) {
        require(
            colorBandwidth > 0 && positionBandwidth > 0,
            "bandwidths of colour \(colorBandwidth) and position \(positionBandwidth) must be positive")
        self.colorBandwidth = colorBandwidth
        self.positionBandwidth = positionBandwidth
    }

    /// The points of a picture on the sphere.
    public struct Points: Sendable {
        /// Unit rows, one a pixel in row-major order, 6 columns.
        public let matrix: Matrix
        /// R^2, the concentration at which the kernel is one bandwidth wide.
        public let concentration: Concentration
    }

    /// The embedding of every pixel of `image` (RGB or gray).
    ///
    /// - Precondition: the picture has 1 or 3 channels and at least one pixel.
    /// - Complexity: O(pixels).
    public func points(of image: Image<UInt8>) -> Points {
        let features = features(of: image)
        let count = features.count / 5
        var mean = [Double](repeating: 0, count: 5)
        for i in features.indices { mean[i % 5] += features[i] / Double(count) }
        var largest = 0.0
        for i in 0..<count {
            largest = max(largest, (0..<5).reduce(0) { $0 + square(features[5 * i + $1] - mean[$1]) })
        }
        // A picture of one pixel has no extent: any radius does.
        let radius = largest > 0 ? Self.radiusFactor * largest.squareRoot() : 1
        var elements: [Float] = []
        elements.reserveCapacity(6 * count)
        for i in 0..<count {
            var squares = 0.0
            for k in 0..<5 {
                let f = (features[5 * i + k] - mean[k]) / radius
                squares += f * f
                elements.append(Float(f))
            }
            elements.append(Float((1 - squares).squareRoot()))
        }
        return Points(
            matrix: Matrix(rows: count, columns: 6, elements: elements), concentration: Concentration(radius * radius))
    }

    /// Five features a pixel, in units of a bandwidth.
    func features(of image: Image<UInt8>) -> [Double] {
        require(
            (image.channels == 1 || image.channels == 3) && image.width > 0 && image.height > 0,
            "an embedding of \(image.width) x \(image.height) pixels with \(image.channels) channels, 1 or 3 are needed"
        )
        let diagonal = Double(image.width * image.width + image.height * image.height).squareRoot()
        let length = positionBandwidth * diagonal
        var features: [Double] = []
        features.reserveCapacity(5 * image.width * image.height)
        for y in 0..<image.height {
            for x in 0..<image.width {
                let last = image.channels - 1
                let color = CIELab(
                    red: image[x, y, 0], green: image[x, y, min(1, last)], blue: image[x, y, min(2, last)])
                features.append(color.lightness / colorBandwidth)
                features.append(color.a / colorBandwidth)
                features.append(color.b / colorBandwidth)
                // Middles of pixels, so that a picture and its reduction have the same places.
                features.append((Double(x) + 0.5) / length)
                features.append((Double(y) + 0.5) / length)
            }
        }
        return features
    }

    private func square(_ x: Double) -> Double { x * x }
}
