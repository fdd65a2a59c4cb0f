public import SphereData
internal import SphereKernels
internal import SphereNetworks
internal import SphereTensor

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A true object as a model's embedding shows it before the first loop.
public struct ObjectEmbedding: Sendable {
    /// The number of its picture.
    public let picture: Int
    /// Its label in the picture.
    public let label: Int32
    /// Its pixels.
    public let area: Int
    /// The mean of its pixels' coordinates, in pixels of the picture.
    public let center: SIMD2<Double>
    /// The root mean square distance of its pixels from the centre: r / sqrt(2) for a disc of radius r.
    public let radius: Double
    /// The mean direction of its points, a unit vector (0 where the points cancel).
    public let direction: [Float]
    /// 1 - mean resultant length of its points: 0 where all are one.
    public let spread: Double
    /// The same of the points that its pixels would have without offsets, which grows with the object by construction.
    public let spreadWithoutOffsets: Double
    /// The mean of pixel + offset, in pixels of the picture: the place that the object's pixels point to.
    public let place: SIMD2<Double>
    /// The root mean square distance of pixel + offset from ``place``; without offsets it would be ``radius``.
    public let placeDeviation: Double
    /// The mean length of its pixels' offsets, in pixels of the picture.
    public let offsetLength: Double

    /// log(area).
    public var logArea: Double { log(Double(area)) }
    /// From the centre to the place.
    public var displacement: SIMD2<Double> { place - center }

    /// The objects of a picture by rising label; 0 is no object.
    ///
    /// - Parameters:
    ///   - maps: the output of `model` for the picture.
    ///   - picture: its number.
    /// - Precondition: labels as large as the picture.
    /// - Complexity: O(pixels D).
    public static func objects(
        in maps: InstanceModel.Maps, labels: LabelMap, picture: Int, model: InstanceModel
    ) -> [ObjectEmbedding] {
        require(
            labels.width == maps.width && labels.height == maps.height,
            "labels of \(labels.width) x \(labels.height) for maps of \(maps.width) x \(maps.height)")
        var pixels: [Int32: [Int]] = [:]
        for (pixel, label) in labels.labels.enumerated() where label != 0 { pixels[label, default: []].append(pixel) }
        let offsets = maps.offsets.elements
        let still = InstanceModel.Maps(
            width: maps.width, height: maps.height, scores: maps.scores,
            offsets: [Float](repeating: 0, count: 2 * maps.scores.count))
        return pixels.sorted { $0.key < $1.key }.map { label, pixels in
            let positions = pixels.map { SIMD2(Double($0 % maps.width), Double($0 / maps.width)) }
            let arrows = pixels.map {
                SIMD2(Double(offsets[2 * $0]), Double(offsets[2 * $0 + 1])) / model.design.scale
            }
            let places = zip(positions, arrows).map { $0 + $1 }
            let (center, place) = (mean(positions), mean(places))
            let points = resultant(model.points(of: maps, pixels: pixels))
            return ObjectEmbedding(
                picture: picture, label: label, area: pixels.count, center: center,
                radius: deviation(positions, from: center), direction: points.direction, spread: 1 - points.length,
                spreadWithoutOffsets: 1 - resultant(model.points(of: still, pixels: pixels)).length, place: place,
                placeDeviation: deviation(places, from: place),
                offsetLength: Correlation.mean(arrows.map { ($0 * $0).sum().squareRoot() }))
        }
    }

    private static func mean(_ vectors: [SIMD2<Double>]) -> SIMD2<Double> {
        vectors.reduce(SIMD2(), +) / Double(vectors.count)
    }

    private static func deviation(_ vectors: [SIMD2<Double>], from center: SIMD2<Double>) -> Double {
        Correlation.mean(vectors.map { (($0 - center) * ($0 - center)).sum() }).squareRoot()
    }

    /// The mean of unit rows, as its direction and its length.
    private static func resultant(_ points: Matrix) -> (direction: [Float], length: Double) {
        var sums = [Double](repeating: 0, count: points.columns)
        for row in 0..<points.rows {
            for k in 0..<points.columns { sums[k] += Double(points[row, k]) }
        }
        let length = sums.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return (sums.map { length > 0 ? Float($0 / length) : 0 }, length / Double(points.rows))
    }
}
