#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Sets of unit vectors with known distances: the targets that make the pair loss zero.
///
/// Each function returns n = `count` rows of D = `dimension` coordinates, unit vectors to the last bits.
public enum SphericalConfiguration {
    /// The corners of a regular simplex: n ≤ D + 1 unit vectors with all pairwise cosines -1/(n - 1), summing to zero.
    ///
    /// The best possible set of its size, and the one that reaches ``PairLossFloor``. One vector alone lies on the first
    /// axis. With r_j = √(n(n-1-j)/((n-1)(n-j))), row i has -r_j/(n-1-j) in the columns j < i, r_i in column i, 0 after:
    /// the Cholesky factor of the matrix of cosines.
    ///
    /// - Complexity: O(nD).
    /// - Precondition: `dimension` >= 1 and 0 <= `count` <= `dimension` + 1.
    public static func simplex(count: Int, dimension: Int) -> [[Double]] {
        requireDimension(dimension)
        require(
            count >= 0 && count - 1 <= dimension,
            "a simplex of \(count) vectors in dimension \(dimension): at most \(dimension) + 1 fit")
        if count == 1 { return [axis(0, sign: 1, dimension: dimension)] }
        let n = Double(count)
        var rows = [[Double]](repeating: [Double](repeating: 0, count: dimension), count: count)
        for column in 0..<max(0, count - 1) {
            let j = Double(column)
            let peak = (n * (n - 1 - j) / ((n - 1) * (n - j))).squareRoot()
            rows[column][column] = peak
            for row in column + 1..<count { rows[row][column] = -peak / (n - 1 - j) }
        }
        return rows
    }

    /// The trivial safe strategy of the paper: n ≤ 2D unit vectors, + and - along each axis in turn, with all pairwise
    /// cosines 0 or -1.
    ///
    /// At margin 0.5 they give zero loss: n groups in n/2 dimensions.
    ///
    /// - Complexity: O(nD).
    /// - Precondition: `dimension` >= 1 and 0 <= `count` <= 2 `dimension`.
    public static func axes(count: Int, dimension: Int) -> [[Double]] {
        requireDimension(dimension)
        require(
            count >= 0 && (count + 1) / 2 <= dimension,
            "\(count) vectors along the axes of dimension \(dimension): at most 2 x \(dimension) fit")
        return (0..<count).map { axis($0 / 2, sign: $0.isMultiple(of: 2) ? 1 : -1, dimension: dimension) }
    }

    /// Regular polygons in the ⌊D/2⌋ planes of neighbouring axes, and the two ends of the last axis for odd D: n unit
    /// vectors, as many as wanted, with all pairwise cosines at most max(0, cos(2π/m)) for polygons of m corners.
    ///
    /// m = max(4, ⌈(n - (2 if D is odd))/⌊D/2⌋⌉). The best possible set for D = 2, n ≥ 4; for n ≤ 2D vectors along the axes.
    /// At a given cosine their number grows in proportion to D, not exponentially as that of the best sets.
    ///
    /// - Complexity: O(nD).
    /// - Precondition: `dimension` >= 2 and `count` >= 0.
    public static func polygons(count: Int, dimension: Int) -> [[Double]] {
        require(dimension >= 2, "polygons in dimension \(dimension): must be 2 or more")
        require(count >= 0, "\(count) vectors on polygons: must be 0 or more")
        let poles = dimension.isMultiple(of: 2) ? 0 : min(count, 2)
        let planes = dimension / 2
        let corners = max(4, (count - poles) / planes + ((count - poles).isMultiple(of: planes) ? 0 : 1))
        let ends = (0..<poles).map { axis(dimension - 1, sign: $0 == 0 ? 1 : -1, dimension: dimension) }
        let points = (0..<count - poles).map { index in
            let (plane, corner) = index.quotientAndRemainder(dividingBy: corners)
            let angle = 2 * Double.pi * Double(corner) / Double(corners)
            var row = [Double](repeating: 0, count: dimension)
            row[2 * plane] = cos(angle)
            row[2 * plane + 1] = sin(angle)
            return row
        }
        return ends + points
    }

    private static func axis(_ index: Int, sign: Double, dimension: Int) -> [Double] {
        var row = [Double](repeating: 0, count: dimension)
        row[index] = sign
        return row
    }
}
