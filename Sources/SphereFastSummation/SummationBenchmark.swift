public import SphereKernels

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A blurring step by ``FastSummation`` beside exact ones, in turns.
public struct SummationBenchmark: Sendable, Hashable {
    /// What points are used.
    public enum Distribution: String, Sendable, Hashable, CaseIterable, Encodable {
        /// Uniform on the sphere.
        case uniform
        /// Normal noise of 0.15 around 16 directions.
        case clustered
    }

    /// What was measured.
    public struct Result: Sendable, Hashable, Encodable {
        /// How the points lie.
        public var distribution: Distribution
        /// Seconds for making the sums, once for a concentration: the shortest.
        public var plan: Double
        /// Seconds of a step: the shortest.
        public var fast: Double
        /// Seconds of an exact step that evaluates every tile, and of one that skips negligible ones: the shortest.
        public var exact: Double
        /// See ``exact``.
        public var skipping: Double
        /// The largest certified angle, in radians.
        public var certifiedAngle: Double
        /// The largest angle to the exact step, which has rounding errors.
        public var largestAngle: Double
        /// Points that were moved by exact sums.
        public var redoneRows: Int
    }

    /// N.
    public var points: Int
    /// D, at most 3.
    public var dimension: Int
    /// kappa.
    public var concentration: Float
    /// Angles that a point may be off by, in radians.
    public var angle = 1e-4
    /// Turns.
    public var turns = 3

    /// Steps of `points` points.
    ///
    /// - Precondition: N is 1 or more, D in 1...3.
    public init(points: Int, dimension: Int, concentration: Float) {
        require(points >= 1 && (1...3).contains(dimension), "\(points) points of \(dimension) coordinates")
        (self.points, self.dimension, self.concentration) = (points, dimension, concentration)
    }

    /// Runs all contestants in turns.
    public func run(_ distribution: Distribution, on execution: Execution) throws(FastSummationError) -> Result {
        let points = points(distribution)
        let clock = ContinuousClock()
        var result = Result(
            distribution: distribution, plan: .infinity, fast: .infinity, exact: .infinity, skipping: .infinity,
            certifiedAngle: 0, largestAngle: 0, redoneRows: 0)
        var plan = MeanShiftPlan(capacity: points.rows, dimension: dimension, on: execution)
        var exact = MeanShiftStep(rows: points.rows, dimension: dimension)
        // Most sums of a point are of the order of the mean kernel value, 1 / (2 kappa) for uniform points.
        let tolerance = max(1e-12, min(0.1, angle / Double(concentration) / 64))
        for _ in 0..<turns {
            let start = clock.now
            let summation = try FastSummation(
                concentration: Double(concentration), tolerance: tolerance, on: execution)
            let made = clock.now
            let step = summation.step(points, within: angle)
            let end = clock.now
            result.plan = min(result.plan, (made - start) / .seconds(1))
            result.fast = min(result.fast, (end - made) / .seconds(1))
            result.redoneRows = step.redoneRows
            result.certifiedAngle = step.angles.max() ?? 0
            for (tiles, time) in [
                (MeanShiftPlan.NegligibleTiles.skipInClusterOrder, \Result.skipping), (.evaluate, \.exact),
            ] {
                plan.negligibleTiles = tiles
                let start = clock.now
                plan.blur(points.view, concentration: concentration, into: &exact)
                result[keyPath: time] = min(result[keyPath: time], (clock.now - start) / .seconds(1))
            }
            result.largestAngle = largestAngle(step.moved.shifted, exact.shifted)
        }
        return result
    }

    private func points(_ distribution: Distribution) -> Matrix {
        // A linear congruential generator (Knuth) is enough for points to be timed on.
        var state: UInt64 = 1
        func uniform() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (Double(state >> 11) + 0.5) * 0x1p-53
        }
        func normal() -> Float { Float((-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform())) }
        func rows(_ count: Int) -> Matrix {
            RowNorms.normalized(
                Matrix(
                    rows: count, columns: dimension, elements: (0..<count * dimension).map { _ in normal() }))
        }
        if distribution == .uniform { return rows(points) }
        let centers = rows(16)
        var result = Matrix(rows: points, columns: dimension)
        for row in 0..<points {
            for k in 0..<dimension { result[row, k] = centers[row % 16, k] + 0.15 * normal() }
        }
        return RowNorms.normalized(result)
    }

    private func largestAngle(_ a: Matrix, _ b: Matrix) -> Double {
        var largest = 0.0
        for row in 0..<a.rows {
            var square = 0.0
            for (x, y) in zip(a.row(row), b.row(row)) { square += (Double(x) - Double(y)) * (Double(x) - Double(y)) }
            largest = max(largest, square)
        }
        return 2 * asin(min(1, largest.squareRoot() / 2))
    }
}
