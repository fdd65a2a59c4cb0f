public import SphereData
public import SphereKernels
internal import SphereLinearAlgebra

/// Embeddings as colours: the first three principal components become red, green and blue.
///
/// Axes and scale come from one reference matrix and stay, so that several matrices of the same pixels (the embedding
/// before and after each loop of mean shift) can be compared: equal embeddings have equal colours in all of them.
///
/// ```swift
/// let colors = EmbeddingPicture(reference: unshifted.view)
/// let pictures = loops.map { colors.picture(of: $0.view, width: width, height: height) }
/// ```
///
/// A component is scaled so that the given percentiles of the reference become 0 and 1, and clipped. Three components
/// are red, green and blue; two (D = 2) are a plane of OKLab of equal lightness; one (D = 1) is gray. Adding a
/// constant to all embeddings changes nothing, and turning or mirroring the space at most turns a component around
/// (t becomes 1 - t).
public struct EmbeddingPicture: Sendable {
    /// The colour of a row that holds NaN or infinity: magenta.
    public static let invalid = RGBColor(red: 255, green: 0, blue: 255)

    /// A component is constant if it spreads by less than this part of the widest one.
    ///
    /// 2^-18 is 32 units in the last place of a float: below it lies rounding, not structure.
    private static let smallestSpread = 0x1p-18

    /// What a component is shifted and divided by: y becomes (y - low) / spread.
    private struct Scale: Sendable {
        let low, spread: Double
    }

    private let dimension: Int
    private let components: PrincipalComponents?
    /// One per component; `nil` for a constant one, which becomes 1/2.
    private let scales: [Scale?]

    /// Axes and scale of the rows of `reference` (N x D); rows with NaN or infinity are left out.
    ///
    /// Without a row that can be used all finite embeddings are the gray of the middle.
    ///
    /// - Parameters:
    ///   - reference: the embedding that the colours are fitted to, the unshifted one for example.
    ///   - percentiles: what becomes 0 and 1 in each component, within 0...100; between two values of the sorted
    ///     component interpolated linearly. The default lets single outliers not fade the rest.
    /// - Precondition: `percentiles` lies within 0...100.
    /// - Complexity: O(N D^2 + D^3 + N log N) time, O(N D) memory.
    public init(reference: MatrixView, percentiles: ClosedRange<Double> = 1...99) {
        require(
            percentiles.lowerBound >= 0 && percentiles.upperBound <= 100,
            "percentiles must lie in 0...100, found \(percentiles)")
        dimension = reference.columns
        let finite = Self.finiteRows(of: reference)
        guard let components = try? PrincipalComponents(of: finite.view, count: 3) else {
            self.components = nil
            scales = []
            return
        }
        self.components = components
        let projected = components.project(finite.view)
        let ranges = (0..<projected.columns).map { component in
            let sorted = (0..<projected.rows).map { Double(projected.elements[$0 * projected.columns + component]) }
                .sorted()
            return (
                Self.percentile(percentiles.lowerBound, of: sorted), Self.percentile(percentiles.upperBound, of: sorted)
            )
        }
        // Relative to the size of the embeddings as well: a constant far from 0 is rounded to less than its spread.
        let size = finite.elements.reduce(0) { max($0, abs($1)) }
        let widest = ranges.reduce(Double(size)) { max($0, $1.1 - $1.0) }
        scales = ranges.map { low, high in
            high - low > Self.smallestSpread * widest ? Scale(low: low, spread: high - low) : nil
        }
    }

    /// The colours of `points` (N x D, N = `width * height`, row i the pixel i in row-major order), an RGB picture.
    ///
    /// Rows that hold NaN or infinity are ``invalid``.
    ///
    /// - Precondition: `points` has the columns of the reference and `width * height` rows.
    /// - Complexity: O(N D).
    public func picture(of points: MatrixView, width: Int, height: Int) -> Image<UInt8> {
        require(
            points.columns == dimension,
            "points of dimension \(points.columns) in the colours of a reference of dimension \(dimension)")
        require(
            width >= 0 && height >= 0 && points.rows == width * height,
            "\(points.rows) points as a picture of \(width) x \(height)")
        let isFinite = Self.areRowsFinite(points)
        let projected = components?.project(points)
        var samples: [UInt8] = []
        samples.reserveCapacity(points.rows * 3)
        for row in 0..<points.rows {
            let color = isFinite[row] ? color(of: projected?.row(row) ?? []) : Self.invalid
            samples.append(color.red)
            samples.append(color.green)
            samples.append(color.blue)
        }
        return Image(width: width, height: height, channels: 3, samples: samples)
    }

    /// The colour of a row of principal components.
    private func color(of row: ArraySlice<Float>) -> RGBColor {
        let shares = zip(row, scales).map { value, scale in
            scale.map { min(max((Double(value) - $0.low) / $0.spread, 0), 1) } ?? 0.5
        }
        let samples = shares.map { UInt8((255 * $0).rounded()) }
        return switch shares.count {
        case 0: RGBColor(gray: 128)
        case 1: RGBColor(gray: samples[0])
        // sRGB has all colours of this lightness with |a| and |b| up to 0.095, the widest such square.
        case 2: OKLab(lightness: 0.75, a: 0.095 * (2 * shares[0] - 1), b: 0.095 * (2 * shares[1] - 1)).rgb
        default: RGBColor(red: samples[0], green: samples[1], blue: samples[2])
        }
    }

    /// The value below which `percent` per cent of the sorted values lie, interpolated linearly.
    private static func percentile(_ percent: Double, of sorted: [Double]) -> Double {
        let place = percent / 100 * Double(sorted.count - 1)
        let index = Int(place)
        guard index + 1 < sorted.count else { return sorted[index] }
        return sorted[index] + (place - Double(index)) * (sorted[index + 1] - sorted[index])
    }

    private static func areRowsFinite(_ points: MatrixView) -> [Bool] {
        (0..<points.rows).map { row in
            (0..<points.columns).allSatisfy { points.elements[row * points.rowStride + $0].isFinite }
        }
    }

    private static func finiteRows(of points: MatrixView) -> Matrix {
        var elements: [Float] = []
        var rows = 0
        for (row, isFinite) in areRowsFinite(points).enumerated() where isFinite {
            for column in 0..<points.columns { elements.append(points.elements[row * points.rowStride + column]) }
            rows += 1
        }
        return Matrix(rows: rows, columns: points.columns, elements: elements)
    }
}
