public import SphereGrouping
public import SphereKernels

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

extension FastSummation: KernelSummation {
    /// Of a chain's sums; bounds grow by factors of up to five in a step.
    private static let chainTolerance = 1e-12

    /// Sums for chains in at most three dimensions, where a step costs less than the pairs of `count` points.
    public static func forChain(
        of count: Int, dimension: Int, concentration: Double, on execution: Execution
    ) -> (any KernelSummation)? {
        if dimension > 3 { return nil }
        guard
            let degree = KernelCoefficients.degree(
                concentration: concentration, tolerance: chainTolerance / 2)
        else { return nil }
        // Nanoseconds on one thread; exact steps skip most pairs of many data.
        let (pointCost, degreeCost, pairCost) = (2500.0, 100.0, 0.05)
        let cost = pointCost * Double(count) + degreeCost * pow(Double(degree), 3)
        if cost > pairCost * Double(count) * Double(count) { return nil }
        return try? FastSummation(concentration: concentration, tolerance: chainTolerance, on: execution)
    }

    /// One step and its bounds, see docs/math.md, "Sums on the sphere of R^3".
    ///
    /// - Complexity: O(N) and O(kappa^1.5).
    public func step(_ points: Matrix, weights: [Float]?, angles: [Double]?) -> CertifiedStep {
        guard let angles else {
            let step = step(points, weights: weights, within: .infinity)
            return CertifiedStep(moved: step.moved, angles: step.angles, kernelEvaluations: 0)
        }
        let (vectors, places) = vectors(points)
        let sums = chainSums(vectors, places, weights, angles)
        let bounds = ChainBounds(
            concentration: concentration, largestAngle: angles.max() ?? 0,
            error: kernelError * total(weights, points.rows))
        var moved = MeanShiftStep(rows: points.rows, dimension: points.columns)
        var results = angles
        forEach(points.rows, &results) { bounds.angle(sums[$0], at: vectors[$0], own: angles[$0]) }
        for (row, sum) in sums.enumerated() {
            let field = sum.step
            write(field, Self.length(field), vectors[row], to: &moved, row)
        }
        return CertifiedStep(moved: moved, angles: results, kernelEvaluations: 0)
    }
}

/// What a point's sums over w_j K(x_j, y) times something are, for steps with bounds.
struct ChainSums {
    /// x, y, z, 1; xx, yy, xy, xz; yz, E, E xx, E yy; E xy, E xz, E yz, nothing, where E is the bound of x_j's angle.
    var fields: SIMD16<Double>

    init(_ fields: SIMD16<Double>) { self.fields = fields }

    /// The fields of a point.
    init(_ v: SIMD3<Double>, weight: Double, angle: Double) {
        let (xx, yy, xy, xz, yz) = (v.x * v.x, v.y * v.y, v.x * v.y, v.x * v.z, v.y * v.z)
        fields =
            weight
            * SIMD16(
                v.x, v.y, v.z, 1, xx, yy, xy, xz, yz, angle, angle * xx, angle * yy, angle * xy, angle * xz,
                angle * yz, 0)
    }

    /// The sum of w_j K x_j, and of w_j K.
    var step: SIMD4<Double> { fields.lowHalf.lowHalf }
    var sum: Double { fields[3] }
    /// The sum of w_j K E_j.
    var angles: Double { fields[9] }

    /// The sum of w_j K times the squared distance of x_j from the line of the unit vector y.
    func squares(from y: SIMD3<Double>) -> Double {
        squares(y, sum, fields[4], fields[5], fields[6], fields[7], fields[8])
    }

    /// The same, times E_j.
    func angleSquares(from y: SIMD3<Double>) -> Double {
        squares(y, angles, fields[10], fields[11], fields[12], fields[13], fields[14])
    }

    private func squares(
        _ y: SIMD3<Double>, _ sum: Double, _ xx: Double, _ yy: Double, _ xy: Double, _ xz: Double, _ yz: Double
    ) -> Double {
        let zz = sum - xx - yy
        let along =
            y.x * y.x * xx + y.y * y.y * yy + y.z * y.z * zz + 2 * (y.x * y.y * xy + y.x * y.z * xz + y.y * y.z * yz)
        return sum - along
    }
}

/// How far a step may take a point from where the exact chain has it.
///
/// The bound of `ChainCertificate` in SphereGrouping, with sums over pairs of a sine and a distance replaced by the root of the sums of their squares (Cauchy and
/// Schwarz), which are kernel sums themselves.
struct ChainBounds: Sendable {
    let concentration: Double
    /// max E_j.
    let largestAngle: Double
    /// A bound of the error of every field, of those with E in parts of the largest angle.
    let error: Double

    /// A bound of the angle between the step of `sums` and the exact one of a point within `own` of `point`.
    func angle(_ sums: ChainSums, at point: SIMD3<Double>, own: Double) -> Double {
        let step = sums.step
        let length = FastSummation.length(step)
        if !(length > error) { return .pi }
        let direction = SIMD3(step.x, step.y, step.z) / length
        let delta = own + largestAngle
        let largest = concentration * (delta + delta * delta / 2)
        // e^rho - 1 <= factor rho for all rho up to the largest.
        let factor = largest < 1e-9 ? 1.0000001 : expm1(largest) / largest
        let sum = sums.sum + error
        func root(_ a: Double, _ b: Double, _ error: Double) -> Double {
            (max(0, a) + 2 * error).squareRoot() * (max(0, b) + 2 * error).squareRoot()
        }
        let spread = root(sums.squares(from: point), sums.squares(from: direction), error)
        let angleError = error * largestAngle
        let angleSpread = root(sums.angleSquares(from: point), sums.angleSquares(from: direction), angleError)
        let moved = exp(largest) * (sums.angles + angleError)
        let across =
            error + factor * concentration * (own * spread + angleSpread + delta * delta / 2 * sum) + moved
        let along = length - error - expm1(largest) * sum - moved
        return along > 0 ? min(.pi, atan2(across, along)) : .pi
    }
}
