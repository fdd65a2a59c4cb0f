internal import SphereKernels
public import SphereLinearAlgebra
public import SphereNetworks

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// What the embedding of objects says of their scale and location.
///
/// Points are the phases of plane waves at pixel + offset, so location modulo a wavelength is in them by construction. Every
/// prediction therefore stands beside one from ``Target/byConstruction``: the waves at the objects' true centres, which no network has seen.
public struct ScaleAndLocation: Sendable {
    /// A number to be predicted from an object's mean direction.
    public struct Target: Sendable {
        /// Its key in JSON and names of files.
        public let key: String
        /// What it is, with its unit.
        public let name: String
        /// From the mean directions of the objects' points.
        public let learned: HeldOutPrediction
        /// From the waves at the objects' true centres.
        public let byConstruction: HeldOutPrediction
    }

    /// The objects of all pictures.
    public let objects: [ObjectEmbedding]
    /// log area, centre x, centre y, and cos(2 pi x / lambda) of the shortest wave.
    public let targets: [Target]
    /// The lengths of the waves in pixels of the picture.
    public let wavelengths: [Double]

    /// Predicts scale and location of `objects` by objects of other pictures.
    ///
    /// - Parameters:
    ///   - waves: of the model.
    ///   - scale: pixels of the network in one of the picture.
    /// - Precondition: objects of two pictures or more; directions of `waves`.
    /// - Throws: `RidgeRegression.Failure` where the embedding is not finite.
    /// - Complexity: O(N D²) for N objects.
    public init(
        _ objects: [ObjectEmbedding], waves: PlaneWaves, scale: Double
    ) throws(RidgeRegression.Failure) {
        let groups = objects.map(\.picture)
        require(Set(groups).count >= 2, "objects of \(Set(groups).count) pictures: two or more are needed")
        let directions = Self.matrix(objects.map(\.direction))
        let truth = Self.matrix(
            objects.map { object in
                waves.vectors.flatMap { vector in
                    let phase = (vector * object.center).sum() * scale
                    return [Float(cos(phase)), Float(sin(phase))]
                }
            })
        let wavelengths = waves.wavelengths.map { $0 / scale }
        let shortest = wavelengths.min()!
        let length = "\(Int(shortest.rounded()))"
        let values: [(key: String, name: String, of: [Double])] = [
            ("log_area", "log area", objects.map(\.logArea)),
            ("x", "x of the centre, pixels", objects.map(\.center.x)),
            ("y", "y of the centre, pixels", objects.map(\.center.y)),
            (
                "phase", "cos(2π x / \(length)), x within the shortest wave",
                objects.map { cos(2 * .pi * $0.center.x / shortest) }
            ),
        ]
        var targets: [Target] = []
        for (key, name, of) in values {
            targets.append(
                Target(
                    key: key, name: name, learned: try HeldOutPrediction(of: of, from: directions, groups: groups),
                    byConstruction: try HeldOutPrediction(of: of, from: truth, groups: groups)))
        }
        self.objects = objects
        self.targets = targets
        self.wavelengths = wavelengths
    }

    /// A matrix of the directions, one row for each object.
    static func matrix(_ rows: [[Float]]) -> Matrix { Matrix(rows) }

    // MARK: - Scale

    /// The rank correlation of a measure with the objects' areas.
    private func scaleCorrelation(_ measure: (ObjectEmbedding) -> Double) -> Double? {
        Correlation.rank(objects.map(measure), objects.map { Double($0.area) })
    }

    /// Rank correlation of ``ObjectEmbedding/spread`` with area.
    public var spreadScaleCorrelation: Double? { scaleCorrelation(\.spread) }
    /// The same of ``ObjectEmbedding/spreadWithoutOffsets``: what the size of an object does by construction.
    public var spreadWithoutOffsetsScaleCorrelation: Double? { scaleCorrelation(\.spreadWithoutOffsets) }
    /// Rank correlation of ``ObjectEmbedding/offsetLength`` with area; nothing but learning makes offsets.
    public var offsetScaleCorrelation: Double? { scaleCorrelation(\.offsetLength) }
    /// The median over objects of ``ObjectEmbedding/offsetLength`` / ``ObjectEmbedding/radius``: .943 for a disc whose pixels all point to its centre.
    public var offsetPerRadius: Double? {
        Correlation.median(objects.filter { $0.radius > 0 }.map { $0.offsetLength / $0.radius })
    }

    // MARK: - Location

    /// Pearson's coefficient of the objects' places with their centres, x and y.
    ///
    /// Near 1 by construction: the mean of pixels alone is the centre.
    public var placeCorrelation: (x: Double?, y: Double?) {
        (
            Correlation.pearson(objects.map(\.place.x), objects.map(\.center.x)),
            Correlation.pearson(objects.map(\.place.y), objects.map(\.center.y))
        )
    }
    /// The median distance of place and centre in pixels.
    public var placeError: Double? {
        Correlation.median(objects.map { ($0.displacement * $0.displacement).sum().squareRoot() })
    }
    /// The mean of place - centre in pixels: a place that all objects have in common, relative to their centres.
    public var meanDisplacement: SIMD2<Double> {
        objects.map(\.displacement).reduce(SIMD2(), +) / Double(max(1, objects.count))
    }
    /// Rank correlation of the distance of place and centre with area.
    public var displacementScaleCorrelation: Double? {
        scaleCorrelation { ($0.displacement * $0.displacement).sum() }
    }
    /// The median over objects of ``ObjectEmbedding/placeDeviation`` / ``ObjectEmbedding/radius``: 1 without offsets, 0 where all pixels of an object
    /// point to one place.
    public var remainingDeviation: Double? {
        Correlation.median(objects.filter { $0.radius > 0 }.map { $0.placeDeviation / $0.radius })
    }
}
