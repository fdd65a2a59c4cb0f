public import SphereKernels

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

extension Reference {
    /// A gradient in double, see ``MeanShiftGradient``.
    public struct MeanShiftGradient: Sendable {
        /// dL/dx, N x D.
        public var points: ReferenceMatrix
        /// dL/dw, N.
        public var weights: [Double]
        /// dL/dkappa.
        public var concentration = 0.0
        /// dL/deta.
        public var stepSize = 0.0
    }

    /// The gradient of a loss through one blurring step, by the chain rule from the back to the front.
    ///
    /// `upstream` is dL/dx' (N x D). For every ordered pair (i, j), with alpha_ij = dL/dM_i . (x_j - M_i) / d_i, the kernel
    /// value K_ij has the gradient w_j alpha_ij, and x_j as a summand of M_i has w_j K_ij / d_i dL/dM_i.
    public static func meanShiftGradient(
        _ points: Matrix, weights: [Float]? = nil, concentration: Double, stepSize: Double = 1, upstream: Matrix
    ) -> MeanShiftGradient {
        let (rows, dimension) = (points.rows, points.columns)
        let x = (0..<rows).map { points.row($0).map(Double.init) }
        let w = weights?.map(Double.init) ?? [Double](repeating: 1, count: rows)
        let used = (0..<rows).filter { x[$0].allSatisfy(\.isFinite) }
        var gradient = MeanShiftGradient(
            points: ReferenceMatrix(rows: rows, columns: dimension), weights: [Double](repeating: 0, count: rows))
        var cosines = [Double](repeating: 0, count: rows)
        var kernel = [Double](repeating: 0, count: rows)
        for i in used {
            // Forward: d_i, M_i, u_i = (1 - eta) x_i + eta M_i, y_i = u_i / |u_i|.
            var sum = 0.0
            var mean = [Double](repeating: 0, count: dimension)
            for j in used {
                cosines[j] = dot(x[i], x[j])
                kernel[j] = exp(concentration * (cosines[j] - 1))
                sum += w[j] * kernel[j]
                for k in 0..<dimension { mean[k] += w[j] * kernel[j] * x[j][k] }
            }
            for k in 0..<dimension { mean[k] /= sum }
            let moved = zip(x[i], mean).map { (1 - stepSize) * $0 + stepSize * $1 }
            let length = dot(moved, moved).squareRoot()
            let g = upstream.row(i).map(Double.init)
            guard sum > 0, length > 0 else {
                for k in 0..<dimension { gradient.points[i, k] += g[k] }
                continue
            }
            // Backward, from y_i to u_i to M_i and x_i.
            let y = moved.map { $0 / length }
            let radial = dot(y, g)
            let du = zip(g, y).map { ($0 - $1 * radial) / length }
            let dMean = du.map { stepSize * $0 }
            for k in 0..<dimension { gradient.points[i, k] += (1 - stepSize) * du[k] }
            gradient.stepSize += dot(du, mean) - dot(du, x[i])
            // And from M_i to the kernel values and their points.
            let level = dot(dMean, mean)
            for j in used {
                let alpha = (dot(dMean, x[j]) - level) / sum
                gradient.weights[j] += kernel[j] * alpha
                gradient.concentration += w[j] * alpha * kernel[j] * (cosines[j] - 1)
                let dCosine = concentration * kernel[j] * w[j] * alpha
                let share = w[j] * kernel[j] / sum
                for k in 0..<dimension {
                    gradient.points[j, k] += share * dMean[k] + dCosine * x[i][k]
                    gradient.points[i, k] += dCosine * x[j][k]
                }
            }
        }
        return gradient
    }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for k in a.indices { sum += a[k] * b[k] }
        return sum
    }

    /// A gradient in double, see ``KernelSumsGradient``.
    public struct KernelSumsGradient: Sendable {
        /// dL/dy, M x D.
        public var targets: ReferenceMatrix
        /// dL/dx, N x D.
        public var points: ReferenceMatrix
        /// dL/dw, N.
        public var weights: [Double]
        /// dL/dkappa.
        public var concentration = 0.0
    }

    /// The gradient of a loss through kernel sums: `upstream` is dL/ds (M) of
    /// `s_i = sum over j of w_j exp(kappa (x_j . y_i - 1))`.
    public static func kernelSumsGradient(
        at targets: Matrix, of points: Matrix, weights: [Float]? = nil, concentration: Double, upstream: [Float]
    ) -> KernelSumsGradient {
        let dimension = points.columns
        var gradient = KernelSumsGradient(
            targets: ReferenceMatrix(rows: targets.rows, columns: dimension),
            points: ReferenceMatrix(rows: points.rows, columns: dimension),
            weights: [Double](repeating: 0, count: points.rows))
        for i in 0..<targets.rows where targets.row(i).allSatisfy(\.isFinite) {
            for j in 0..<points.rows where points.row(j).allSatisfy(\.isFinite) {
                let cosine = dot(points.row(j), targets.row(i))
                let part = Double(upstream[i]) * exp(concentration * (cosine - 1))
                let weighted = part * Double(weights?[j] ?? 1)
                gradient.weights[j] += part
                gradient.concentration += weighted * (cosine - 1)
                for k in 0..<dimension {
                    gradient.targets[i, k] += concentration * weighted * Double(points[j, k])
                    gradient.points[j, k] += concentration * weighted * Double(targets[i, k])
                }
            }
        }
        return gradient
    }
}
