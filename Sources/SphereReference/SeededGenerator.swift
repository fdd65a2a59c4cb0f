public import SphereKernels

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif
/// A repeatable source of random numbers: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
///
/// The same seed gives the same numbers on every machine. For tests and benchmarks, not for cryptography.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var bits: SplitMix64

    /// A generator whose numbers follow from `seed` alone.
    public init(seed: UInt64) {
        bits = SplitMix64(seed: seed)
    }

    /// 64 random bits.
    public mutating func next() -> UInt64 { bits.next() }

    /// A uniform number in (0, 1).
    public mutating func uniform() -> Double {
        (Double(next() >> 12) + 0.5) * 0x1p-52
    }

    /// A normal number of mean 0 and variance 1 (Box and Muller).
    public mutating func normal() -> Double {
        (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform())
    }

    /// A matrix of independent normal numbers times `scale`.
    public mutating func normalMatrix(rows: Int, columns: Int, scale: Double = 1) -> Matrix {
        Matrix(
            rows: rows, columns: columns, elements: (0..<rows * columns).map { _ in Float(scale * normal()) })
    }

    /// Rows drawn uniformly from the unit sphere.
    public mutating func unitRows(_ rows: Int, dimension: Int) -> Matrix {
        let matrix = Reference.normalized(normalMatrix(rows: rows, columns: dimension))
        return matrix.rounded
    }

    /// Clusters on the unit sphere, the input of the benchmarks: each row is a random one of `clusters` uniform centres
    /// plus normal noise of expected length `noise`, normalised.
    public mutating func clusteredRows(
        _ rows: Int, dimension: Int, clusters: Int = 16, noise: Double = 0.3
    ) -> Matrix {
        clusteredRowsWithLabels(rows, dimension: dimension, clusters: clusters, noise: noise).points
    }

    /// ``clusteredRows(_:dimension:clusters:noise:)`` together with the centre that each row was drawn from.
    public mutating func clusteredRowsWithLabels(
        _ rows: Int, dimension: Int, clusters: Int = 16, noise: Double = 0.3
    ) -> (points: Matrix, labels: [Int]) {
        let centres = unitRows(clusters, dimension: dimension)
        let spread = noise / Double(dimension).squareRoot()
        var points = Matrix(rows: rows, columns: dimension)
        var labels: [Int] = []
        for i in 0..<rows {
            let label = Int(next() % UInt64(clusters))
            labels.append(label)
            for k in 0..<dimension { points[i, k] = Float(Double(centres[label, k]) + spread * normal()) }
        }
        return (Reference.normalized(points).rounded, labels)
    }
}
