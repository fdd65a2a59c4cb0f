public import SphereData
public import SphereKernels
internal import SphereLinearAlgebra

/// Points on the unit sphere, seen from outside: each a dot in the colour of its label.
///
/// Three coordinates are right, up and towards the viewer; points on the far side are pale. Of more coordinates the first three principal
/// components, scaled to the length of the longest, are shown (no points if one is not finite); with two coordinates points lie on the edge.
public enum SpherePicture {
    /// The colour of the paper, and how much of it the far side has.
    private static let paper = RGBColor(gray: 250)
    private static let paleness = 0.65

    /// `points` (N x D) in the colours of `labels` (``LabelColors``), a square RGB picture with `side` pixels.
    ///
    /// - Precondition: one label for each point, D >= 2, `side` >= 16.
    /// - Complexity: O(N D^2 + side^2).
    public static func picture(of points: MatrixView, labels: Span<Int32>, side: Int = 160) -> Image<UInt8> {
        require(
            labels.count == points.rows && points.columns >= 2,
            "\(labels.count) labels for \(points.rows) points of \(points.columns) coordinates")
        require(side >= 16, "a picture of \(side) pixels")
        var samples = [UInt8](repeating: paper.red, count: side * side * 3)
        func paint(_ x: Int, _ y: Int, _ color: RGBColor) {
            guard (0..<side).contains(x), (0..<side).contains(y) else { return }
            let start = (y * side + x) * 3
            (samples[start], samples[start + 1], samples[start + 2]) = (color.red, color.green, color.blue)
        }
        let middle = Double(side - 1) / 2
        let radius = middle * 0.94
        for y in 0..<side {
            for x in 0..<side {
                let (u, v) = (Double(x) - middle, Double(y) - middle)
                let distance = (u * u + v * v).squareRoot()
                if abs(distance - radius) < 0.6 {
                    paint(x, y, RGBColor(gray: 170))
                } else if distance < radius {
                    paint(x, y, RGBColor(gray: 255))
                }
            }
        }
        let coordinates = coordinates(of: points)
        // The far ones first.
        for row in coordinates.indices.sorted(by: { (coordinates[$0].z, $0) < (coordinates[$1].z, $1) }) {
            let point = coordinates[row]
            guard point.x.isFinite, point.y.isFinite, point.z.isFinite else { continue }
            let color = LabelColors.color(of: labels[row])
            let shown =
                point.z >= 0
                ? color
                : RGBColor(red: pale(color.red), green: pale(color.green), blue: pale(color.blue))
            let (x, y) = (Int((middle + radius * point.x).rounded()), Int((middle - radius * point.y).rounded()))
            for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] { paint(x + dx, y + dy, shown) }
        }
        return Image(width: side, height: side, channels: 3, samples: samples)
    }

    private static func pale(_ share: UInt8) -> UInt8 {
        UInt8((Double(share) * (1 - paleness) + 255 * paleness).rounded())
    }

    /// The coordinates that are shown, in the unit ball.
    private static func coordinates(of points: MatrixView) -> [(x: Double, y: Double, z: Double)] {
        func row(_ index: Int, _ column: Int) -> Double {
            Double(points.elements[index * points.rowStride + column])
        }
        if points.columns <= 3 {
            return (0..<points.rows).map { (row($0, 0), row($0, 1), points.columns == 3 ? row($0, 2) : 0) }
        }
        guard let projected = (try? PrincipalComponents(of: points, count: 3))?.project(points) else {
            return (0..<points.rows).map { _ in (0, 0, 0) }
        }
        func value(_ index: Int, _ column: Int) -> Double {
            column < projected.columns ? Double(projected[index, column]) : 0
        }
        let longest = (0..<points.rows).reduce(1e-30) { longest, index in
            let square = (0..<3).reduce(0) { $0 + value(index, $1) * value(index, $1) }
            return square.isFinite ? max(longest, square.squareRoot()) : longest
        }
        return (0..<points.rows).map {
            (value($0, 0) / longest, value($0, 1) / longest, value($0, 2) / longest)
        }
    }
}
