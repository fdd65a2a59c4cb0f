internal import SphereKernels

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// How far points may be from those of the exact chain, carried through a blurring step point by point.
///
/// Let every point j of the exact chain be within E_b of the distinct point z_b that stands for it, and let y_a be where z_a goes. With
/// theta_ab the angle of z_a and z_b, delta = E_a + E_b and rho_ab = kappa (delta sin theta_ab + delta^2 / 2), kernel values are within a
/// factor of e^rho, and the exact point goes to one whose angle to y_a is at most
///
///     atan2(sum_b W_b K_ab ((e^rho - 1) |z_b - (z_b . y_a) y_a| + e^rho E_b),
///           sum_b W_b K_ab (z_b . y_a - (e^rho - 1) |z_b . y_a| - e^rho E_b))
///
/// docs/math.md derives it.
enum ChainCertificate {
    /// Rows whose cosines are in memory at a time.
    private static let blockRows = 128

    /// The angles after the step of `points` to `moved` (M x D, unit rows).
    ///
    /// - Complexity: O(M^2 D).
    static func angles(
        after angles: [Double], from points: Matrix, to moved: Matrix, weights: [Float], concentration kappa: Double,
        on execution: Execution
    ) -> [Double] {
        let count = points.rows
        let total = weights.reduce(0.0) { $0 + Double($1) }
        let smallest = weights.reduce(Double.infinity) { $1 > 0 ? min($0, Double($1)) : $0 }
        // Pairs beyond this have kernel values below 1e-10 of a point's own, all together; a bound for all of them is added instead.
        let largestExponent = log(total / smallest) + 23
        let largestAngle = angles.max() ?? 0
        let growth = kappa * (2 * largestAngle + 2 * largestAngle * largestAngle)
        let farValue = total * exp(-largestExponent)
        let far = farValue * (expm1(growth) + exp(growth) * largestAngle)
        // Errors of float32 cosines: of c in the sine, and kappa times as much in the kernel's value.
        let cosineError = Double(points.columns + 12) * 0x1p-24
        var result = [Double](repeating: 0, count: count)
        var start = 0
        while start < count {
            let end = min(count, start + blockRows)
            let first = start
            let rows = Array(first..<end)
            let before = CosineSimilarity.allPairs(points.selectingRows(rows), points, on: execution)
            let after = CosineSimilarity.allPairs(moved.selectingRows(rows), points, on: execution)
            result.withUnsafeMutableBufferPointer { result in
                nonisolated(unsafe) let result = result.baseAddress! + first
                parallelFor(units: end - first, threads: execution.threads) { _, unit in
                    var (across, along) = (far, -farValue - far)
                    let own = angles[first + unit]
                    before.elements.withUnsafeBufferPointer { cosines in
                        after.elements.withUnsafeBufferPointer { targets in
                            for b in 0..<count {
                                let cosine = Double(cosines[unit * count + b])
                                let exponent = kappa * (1 - cosine)
                                if exponent > largestExponent { continue }
                                let target = Double(targets[unit * count + b])
                                let delta = own + angles[b]
                                let rho = kappa * delta * (sine(cosine, cosineError) + delta / 2)
                                let change = expm1(rho)
                                let value = Double(weights[b]) * exp(-exponent)
                                let moved = (1 + change) * angles[b]
                                across += value * (change * sine(target, cosineError) + moved)
                                along += value * (target - change * abs(target) - moved)
                            }
                        }
                    }
                    let angle = along > 0 ? atan2(across, along) : .pi
                    result[unit] = min(.pi, angle * (1 + 4 * (kappa + 1) * cosineError))
                }
            }
            start = end
        }
        return result
    }

    /// The sine of an angle whose cosine is known within `error`, not too small.
    private static func sine(_ cosine: Double, _ error: Double) -> Double {
        max(0, 1 - cosine * cosine + 2 * error).squareRoot()
    }
}
