internal import CFFTW
internal import SphereKernels

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The kernel exp(kappa (cos - 1)) on the sphere of R^3 as a finite Fourier series in the angles of two points.
///
/// With colatitudes theta, theta' and longitudes phi, phi'
///
///     K = sum over m of c_m cos(m (phi - phi')) sum over k, l of A^m_kl t_k(theta) t_l(theta'),    c_0 = 1, c_m = 2
///
/// where t_k(theta) is cos(k theta) for even m and sin(k theta) for odd m: the trigonometric interpolant of K at 2 L points a circle. docs/math.md,
/// "Sums on the sphere of R^3", bounds its error.
struct KernelCoefficients {
    /// L: m, k and l are 0...L.
    let degree: Int
    /// A^m_kl at ((m (L + 1)) + k) (L + 1) + l.
    let values: [Double]
    /// The largest difference between K and the series.
    let truncationError: Double
    /// Sums of c_m |A^m_kl| over all but m, and over all but k.
    private let byOrder: [Double]
    private let byDegree: [Double]

    /// Where the series would take more memory than 100 MB.
    static let largestDegree = 224

    /// The least degree at which the truncation error is at most `tolerance`; `nil` if that is more than ``largestDegree``.
    static func degree(concentration: Double, tolerance: Double) -> Int? {
        let tails = legendreTails(concentration)
        return (2...largestDegree).first { truncationError($0, tails) <= tolerance }
    }

    init(concentration: Double, degree: Int) {
        self.degree = degree
        truncationError = Self.truncationError(degree, Self.legendreTails(concentration))
        let size = degree + 1
        let angles = (0..<size).map { Double.pi * Double($0) / Double(degree) }
        let (sines, cosines) = (angles.map { sin($0) }, angles.map { cos($0) })
        // [phi][theta][theta'], then [m][k][l].
        let table = FourierMemory(count: size * size * size)
        for c in 0..<size {
            for a in 0..<size {
                let row = table.start + (c * size + a) * size
                for b in 0..<size {
                    row[b] = exp(
                        concentration * (cosines[a] * cosines[b] + sines[a] * sines[b] * cosines[c] - 1))
                }
            }
        }
        let scale = 1 / Double(2 * degree)
        RealTransform(.cosine, count: size, stride: size * size, lanes: size * size, table.start).execute(table.start)
        for m in 0..<size {
            let plane = table.start + m * size * size
            let factor = (m == degree ? 0.5 : 1) * scale * scale * scale
            for i in 0..<size * size { plane[i] *= factor }
        }
        Self.transformPlanes(table, size)
        var (byOrder, byDegree) = ([Double](repeating: 0, count: size), [Double](repeating: 0, count: size))
        for m in 0..<size {
            for k in 0..<size {
                let row = table.start + (m * size + k) * size
                var sum = 0.0
                for l in 0..<size { sum += abs(row[l]) }
                let weight = (m == 0 ? 1 : 2) * sum
                byOrder[m] += weight
                byDegree[k] += weight
            }
        }
        values = Array(UnsafeBufferPointer(start: table.start, count: size * size * size))
        (self.byOrder, self.byDegree) = (byOrder, byDegree)
    }

    /// From values at the angles theta, theta' to coefficients of cosines or sines, for every m.
    private static func transformPlanes(_ table: FourierMemory, _ size: Int) {
        let degree = size - 1
        let cosine = (
            RealTransform(.cosine, count: size, stride: size, lanes: size, table.start),
            RealTransform(.cosine, count: size, stride: 1, lanes: size, laneStride: size, table.start)
        )
        // Of sines there are degree - 1, from 1 on.
        let sine = (
            RealTransform(.sine, count: degree - 1, stride: size, lanes: size, table.start),
            RealTransform(.sine, count: degree - 1, stride: 1, lanes: size, laneStride: size, table.start)
        )
        for m in 0..<size {
            let plane = table.start + m * size * size
            if m.isMultiple(of: 2) {
                cosine.0.execute(plane)
                cosine.1.execute(plane)
                for k in 0..<size {
                    for l in 0..<size {
                        plane[k * size + l] *= (k % degree == 0 ? 1 : 2) * (l % degree == 0 ? 1 : 2)
                    }
                }
            } else {
                sine.0.execute(plane + size)
                sine.1.execute(plane + 1)
                for k in 0..<size {
                    for l in 0..<size {
                        plane[k * size + l] *= k % degree == 0 || l % degree == 0 ? 0 : 4
                    }
                }
            }
        }
    }

    /// The largest error that comes from splines in place of the series' functions, two of which are evaluated for each point.
    func splineError(_ spline: SplineGrid) -> Double {
        let errors = (0...degree).map(spline.aliasing)
        let sum =
            zip(errors, byOrder).reduce(0) { $0 + 2 * $1.0 * $1.1 }
            + zip(errors, byDegree).reduce(0) { $0 + 2 * $1.0 * $1.1 }
        return sum * exp(4 * errors.max()!)
    }

    // MARK: Truncation

    /// Sums of c_l over l >= the index, where K = sum over l of c_l P_l(cos): positive, and 1 in all.
    private static func legendreTails(_ concentration: Double) -> [Double] {
        // Backward recurrence of modified spherical Bessel functions: i_(l-1) = i_(l+1) + (2 l + 1) / kappa i_l.
        let first = largestDegree + 64 + Int(concentration.squareRoot())
        var values = [Double](repeating: 0, count: first + 2)
        values[first] = 1e-300
        for l in stride(from: first, to: 0, by: -1) {
            values[l - 1] = values[l + 1] + Double(2 * l + 1) / concentration * values[l]
            if values[l - 1] > 1e250 { for i in l - 1...first { values[i] *= 1e-250 } }
        }
        var tails = [Double](repeating: 0, count: first + 2)
        for l in stride(from: first, through: 0, by: -1) { tails[l] = tails[l + 1] + Double(2 * l + 1) * values[l] }
        return tails.map { $0 / tails[0] }
    }

    /// Interpolation reproduces degrees below L; of the rest it makes at most the Lebesgue constant of every variable.
    private static func truncationError(_ degree: Int, _ tails: [Double]) -> Double {
        let lebesgue = 2 / Double.pi * log(Double(2 * degree)) + 2
        return (1 + lebesgue * lebesgue * lebesgue) * tails[degree]
    }
}
