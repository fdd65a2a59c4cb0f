public import SphereKernels

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif
extension Reference {
    /// The result of one mean-shift step in double.
    public struct MeanShiftStep: Sendable {
        /// Where the targets have moved.
        public let shifted: ReferenceMatrix
        /// Kernel sums d.
        public let sums: [Double]
        /// Length of `(1 - eta) y + eta m`: where it is small, rounding errors of the step are large.
        public let lengths: [Double]
    }

    /// One loop of blurring mean shift: every point moves towards all points.
    ///
    /// See ``MeanShiftPlan``.
    public static func meanShiftStep(
        _ points: Matrix, weights: [Float]? = nil, concentration: Double, stepSize: Double = 1
    ) -> MeanShiftStep {
        meanShiftStep(of: points, towards: points, weights: weights, concentration: concentration, stepSize: stepSize)
    }

    /// One step of `targets` towards fixed `points`.
    ///
    /// `y' = ((1 - eta) y + eta m) / |...|`, `m = sum over j of w_j K_j x_j / d`, `d = sum over j of w_j K_j`,
    /// `K_j = exp(kappa (x_j . y - 1))`.
    public static func meanShiftStep(
        of targets: Matrix, towards points: Matrix, weights: [Float]? = nil, concentration: Double,
        stepSize: Double = 1
    ) -> MeanShiftStep {
        let dimension = targets.columns
        var shifted = ReferenceMatrix(targets)
        var sums = [Double](repeating: .nan, count: targets.rows)
        var lengths = [Double](repeating: .nan, count: targets.rows)
        let takesPart = (0..<points.rows).map { isFinite(points.row($0)) }
        for i in 0..<targets.rows where isFinite(targets.row(i)) {
            var sum = 0.0
            var weighted = [Double](repeating: 0, count: dimension)
            for j in 0..<points.rows where takesPart[j] {
                let kernel = exp(concentration * (dot(points.row(j), targets.row(i)) - 1))
                let weight = kernel * Double(weights?[j] ?? 1)
                sum += weight
                for (k, x) in points.row(j).enumerated() { weighted[k] += weight * Double(x) }
            }
            sums[i] = sum
            guard sum > 0 else { continue }
            let moved = (0..<dimension).map { k in
                (1 - stepSize) * Double(targets[i, k]) + stepSize * weighted[k] / sum
            }
            let length = moved.reduce(0) { $0 + $1 * $1 }.squareRoot()
            lengths[i] = length
            guard length > 0 else { continue }
            for k in 0..<dimension { shifted[i, k] = moved[k] / length }
        }
        return MeanShiftStep(shifted: shifted, sums: sums, lengths: lengths)
    }

    /// Kernel sums `sum over j of w_j exp(kappa (x_j . y_i - 1))` at every target.
    public static func kernelSums(
        at targets: Matrix, of points: Matrix, weights: [Float]? = nil, concentration: Double
    ) -> [Double] {
        (0..<targets.rows).map { i in
            guard isFinite(targets.row(i)) else { return .nan }
            var sum = 0.0
            for j in 0..<points.rows where isFinite(points.row(j)) {
                sum += Double(weights?[j] ?? 1) * exp(concentration * (dot(points.row(j), targets.row(i)) - 1))
            }
            return sum
        }
    }

    private static func isFinite(_ row: ArraySlice<Float>) -> Bool {
        row.allSatisfy(\.isFinite)
    }
}
