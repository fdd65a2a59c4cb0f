public import SphereKernels
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Kernel sums and mean-shift steps in at most three dimensions, in time proportional to the number of points, with a certified error.
///
///     s(y) = sum over j of w_j exp(kappa (x_j . y - 1))        u(y) = sum over j of w_j exp(kappa (x_j . y - 1)) x_j
///
/// The kernel is a finite Fourier series in the angles of two points, up to the ``kernelError``. Points are spread on a grid over the angles with
/// B-splines, convolved by FFTW, and sums are read from the grid with the same splines (docs/math.md, "Sums on the sphere of R^3").
///
/// ```swift
/// let summation = try FastSummation(concentration: 100)
/// let step = summation.step(points, within: 1e-4)
/// step.moved.shifted                 // where all N points go
/// step.angles.max()                  // no point is farther than this from where the exact step takes it, in radians
/// ```
///
/// D = 3; D = 2 and D = 1 are great circles of the same sphere. The largest concentration depends on the tolerance: 1,700 at 1e-6, 780 at 1e-12. Above it
/// exact steps, which skip negligible tiles, are the better choice anyway (``MeanShiftPlan``).
///
/// Source: Potts and Steidl, "Fast summation at nonequispaced knots by NFFTs", SIAM J. Sci. Comput. 24 (2003); Keiner, Kunis and Potts, "Fast
/// summation of radial functions on the sphere", Computing 78 (2006). The splines and the bounds of the error are this package's.
///
/// Links FFTW, whose licence is the GNU General Public License.
public final class FastSummation: Sendable {
    /// kappa.
    public let concentration: Double
    /// Threads; sums are the same to the bit for any number of them.
    public let execution: Execution
    /// No kernel value is farther from exp(kappa (cos - 1)) than this: sums are as exact as this times the weight of all points.
    public let kernelError: Double
    /// The degree of the Fourier series.
    public var degree: Int { coefficients.degree }
    /// Points of a circle of the grid.
    public var gridSize: Int { spline.points }

    /// Points of a circle of the grid that a point is spread on.
    public var order: Int { spline.order }

    let coefficients: KernelCoefficients
    let spline: SplineGrid
    private let grid: Mutex<SphereGrid<SIMD4<Double>>>
    /// Made by the first step of a chain that needs it.
    private let chainGrid = Mutex<SphereGrid<SIMD16<Double>>?>(nil)

    /// A room for rounding in double, in parts of the weight of all points.
    private static let rounding = 0x1p-46

    /// Sums of the concentration kappa = `concentration`, every kernel value within `tolerance`.
    ///
    /// - Parameter tolerance: at least 1e-13.
    /// - Throws: ``FastSummationError/concentrationTooLarge(_:tolerance:)``.
    /// - Precondition: `concentration` is finite and more than 0, `tolerance` in 1e-13...0.1.
    /// - Complexity: O(kappa^1.5) time and memory: 60 ms and 20 MB at kappa = 100.
    public init(
        concentration: Double, tolerance: Double = 1e-12, on execution: Execution = .default
    ) throws(FastSummationError) {
        require(
            concentration > 0 && concentration.isFinite,
            "concentration must be finite and more than 0, found \(concentration)")
        require(tolerance >= 1e-13 && tolerance <= 0.1, "tolerance must be in 1e-13...0.1, found \(tolerance)")
        guard let degree = KernelCoefficients.degree(concentration: concentration, tolerance: tolerance / 2) else {
            throw .concentrationTooLarge(concentration, tolerance: tolerance)
        }
        self.concentration = concentration
        self.execution = execution
        coefficients = KernelCoefficients(concentration: concentration, degree: degree)
        spline = Self.spline(coefficients, tolerance - coefficients.truncationError)
        kernelError = coefficients.truncationError + coefficients.splineError(spline) + Self.rounding
        grid = Mutex(SphereGrid(spline, coefficients, threads: execution.threads))
    }

    /// The splines and grid of the least work that keep the error below `tolerance`.
    private static func spline(_ coefficients: KernelCoefficients, _ tolerance: Double) -> SplineGrid {
        var best: (spline: SplineGrid, work: Double)?
        for density in [2.5, 3, 4, 6, 8] {
            for order in stride(from: 4, through: SplineGrid.largestOrder, by: 2) {
                let spline = SplineGrid(
                    order: order, points: SplineGrid.size(atLeast: Int(density * Double(coefficients.degree)) + 2))
                // Points cost the square of the order, and more on a grid that is not in the cache.
                let work = Double(order * order) * (4 + density)
                if coefficients.splineError(spline) > tolerance { continue }
                if work < best?.work ?? .infinity { best = (spline, work) }
                break
            }
        }
        // At 8 points for the shortest wave and order 16 the error is below 1e-12 of the kernel.
        return best?.spline
            ?? SplineGrid(
                order: SplineGrid.largestOrder, points: SplineGrid.size(atLeast: 8 * coefficients.degree + 2))
    }

    // MARK: Sums

    /// Kernel sums s at `targets` (M x D) of `points` (N x D) with `weights`.
    ///
    /// - Parameter weights: N, finite and 0 or more; `nil`: 1 each.
    /// - Returns: M sums, and a bound of the error of each: ``kernelError`` times the sum of the weights.
    /// - Precondition: D <= 3, the same for both; unit rows.
    /// - Complexity: O(M + N) and O(kappa^1.5).
    public func kernelSums(
        at targets: Matrix, of points: Matrix, weights: [Float]? = nil
    ) -> (sums: [Double], errorBound: Double) {
        let (vectors, places) = vectors(points)
        requireWeights(weights, of: points)
        require(
            targets.columns == points.columns,
            "targets of dimension \(targets.columns) for points of dimension \(points.columns)")
        let targetPlaces = self.vectors(targets).places
        let sums = self.sums(vectors, places, weights, at: targetPlaces).map { $0[3] }
        return (sums, kernelError * total(weights, points.rows))
    }

    /// Logarithm of the kernel density estimate at `targets` (M x D) over `points` (N x D).
    ///
    ///     f(y) = sum over j of w_j C_D(kappa) exp(kappa x_j . y) / sum over j of w_j
    ///
    /// as ``MeanShiftPlan/logDensity(at:concentration:)``, which evaluates all pairs. A sum below its error bound may be anything between 0 and
    /// twice the bound; its logarithm is that of 0.
    ///
    /// - Precondition: as ``kernelSums(at:of:weights:)``, and D >= 2.
    public func logDensity(at targets: Matrix, of points: Matrix, weights: [Float]? = nil) -> [Double] {
        let distribution = VonMisesFisher(dimension: points.columns, concentration: concentration)
        let factor = distribution.scaledLogNormalizer - log(total(weights, points.rows))
        let (sums, error) = kernelSums(at: targets, of: points, weights: weights)
        return sums.map { $0 > error ? log($0) + factor : -.infinity }
    }

    // MARK: Steps

    /// A step, and how exact it is.
    public struct Step: Sendable {
        /// Where the points have gone, and their sums.
        public var moved: MeanShiftStep
        /// Bounds of the angles between these and the points of the exact step, in radians, without rounding.
        public var angles: [Double]
        /// Rows whose bound was above what was asked for, and that were evaluated with all points.
        public var redoneRows: Int
    }

    /// One step of blurring mean shift: x_i moves to the direction of u(x_i).
    ///
    /// - Parameters:
    ///   - points: N x D, unit rows, D <= 3.
    ///   - weights: N, finite and 0 or more; `nil`: 1 each.
    ///   - angle: points whose bound is larger than this, because few others are near, are moved by exact sums.
    /// - Complexity: O(N) and O(kappa^1.5), and O(N) for each point that is redone.
    public func step(_ points: Matrix, weights: [Float]? = nil, within angle: Double) -> Step {
        let (vectors, places) = vectors(points)
        requireWeights(weights, of: points)
        let sums = sums(vectors, places, weights, at: places)
        let error = kernelError * total(weights, points.rows)
        var step = MeanShiftStep(rows: points.rows, dimension: points.columns)
        var angles = [Double](repeating: 0, count: points.rows)
        var redone: [Int] = []
        for (row, sum) in sums.enumerated() {
            let length = Self.length(sum)
            angles[row] = error < length ? asin(error / length) : .pi
            if angles[row] > angle { redone.append(row) }
            write(sum, length, vectors[row], to: &step, row)
        }
        redo(redone, of: points, weights, &step, &angles)
        return Step(moved: step, angles: angles, redoneRows: redone.count)
    }

    /// Moves rows by exact sums.
    func redo(
        _ rows: [Int], of points: Matrix, _ weights: [Float]?, _ step: inout MeanShiftStep, _ angles: inout [Double]
    ) {
        if rows.isEmpty { return }
        var plan = MeanShiftPlan(capacity: points.rows, dimension: points.columns, on: execution)
        if let weights { plan.setPoints(points.view, weights: weights.span) } else { plan.setPoints(points.view) }
        let exact = plan.shifted(points.selectingRows(rows), concentration: Float(concentration))
        for (i, row) in rows.enumerated() {
            for k in 0..<points.columns { step.shifted[row, k] = exact.shifted[i, k] }
            step.sums[row] = exact.sums[i]
            step.lengths[row] = exact.lengths[i]
            angles[row] = 0
        }
    }

    /// The length of the vector in a sum's first three fields.
    static func length(_ sum: SIMD4<Double>) -> Double {
        (sum[0] * sum[0] + sum[1] * sum[1] + sum[2] * sum[2]).squareRoot()
    }

    /// Writes the result for a row whose sums are `sum`.
    func write(
        _ sum: SIMD4<Double>, _ length: Double, _ point: SIMD3<Double>, to step: inout MeanShiftStep, _ row: Int
    ) {
        for k in 0..<step.shifted.columns { step.shifted[row, k] = Float(length > 0 ? sum[k] / length : point[k]) }
        step.sums[row] = Float(sum[3])
        step.lengths[row] = Float(sum[3] > 0 ? length / sum[3] : 0)
    }

    /// u and s at `targets`, in fields 0 to 2 and 3.
    private func sums(
        _ vectors: [SIMD3<Double>], _ places: [GridPlace], _ weights: [Float]?, at targets: [GridPlace]
    ) -> [SIMD4<Double>] {
        grid.withLock { grid in
            if let weights {
                grid.convolve(places) { SIMD4(vectors[$0], 1) * Double(weights[$0]) }
            } else {
                grid.convolve(places) { SIMD4(vectors[$0], 1) }
            }
            var sums = [SIMD4<Double>](repeating: .zero, count: targets.count)
            forEach(targets.count, &sums) { [grid] in grid.read(at: targets[$0]) }
            return sums
        }
    }

    /// The sums of a step with bounds, at the points themselves.
    func chainSums(
        _ vectors: [SIMD3<Double>], _ places: [GridPlace], _ weights: [Float]?, _ angles: [Double]
    ) -> [ChainSums] {
        chainGrid.withLock { kept in
            let grid = kept ?? SphereGrid(spline, coefficients, threads: execution.threads)
            kept = grid
            grid.convolve(places) { point in
                ChainSums(
                    vectors[point], weight: weights.map { Double($0[point]) } ?? 1, angle: angles[point]
                ).fields
            }
            var sums = [ChainSums](repeating: ChainSums(.zero), count: places.count)
            forEach(places.count, &sums) { ChainSums(grid.read(at: places[$0])) }
            return sums
        }
    }

    // MARK: Points

    /// The points as unit vectors of R^3, and their places on the grid.
    func vectors(_ points: Matrix) -> (vectors: [SIMD3<Double>], places: [GridPlace]) {
        require(
            (1...3).contains(points.columns),
            "fast summation takes points of dimension 1, 2 or 3, found \(points.columns)")
        var vectors = [SIMD3<Double>](repeating: .zero, count: points.rows)
        forEach(points.rows, &vectors) { row in
            var vector = SIMD3<Double>.zero
            for k in 0..<points.columns { vector[k] = Double(points[row, k]) }
            let length = (vector * vector).sum().squareRoot()
            require(
                abs(length - 1) <= 0.005,
                "row \(row) has the length \(length), fast summation takes unit rows (RowNorms.normalized)")
            return vector / length
        }
        let scale = Double(spline.points) / (2 * Double.pi)
        var places = [GridPlace](repeating: GridPlace(), count: points.rows)
        forEach(points.rows, &places) { [vectors] row in
            let v = vectors[row]
            let latitude = atan2((v.x * v.x + v.y * v.y).squareRoot(), v.z)
            let longitude = atan2(v.y, v.x)
            return GridPlace(row: latitude * scale, column: (longitude < 0 ? longitude + 2 * .pi : longitude) * scale)
        }
        return (vectors, places)
    }

    func total(_ weights: [Float]?, _ count: Int) -> Double {
        weights?.reduce(0.0) { $0 + Double($1) } ?? Double(count)
    }

    private func requireWeights(_ weights: [Float]?, of points: Matrix) {
        guard let weights else { return }
        require(weights.count == points.rows, "\(weights.count) weights for \(points.rows) points")
        for (i, weight) in weights.enumerated() where !(weight >= 0 && weight < .infinity) {
            require(false, "weight \(i) must be finite and 0 or more, found \(weight)")
        }
    }

    /// Sets every element of `results` to what `body` returns, on all threads.
    func forEach<Result>(_ count: Int, _ results: inout [Result], _ body: @Sendable (_ index: Int) -> Result) {
        let unit = 1024
        results.withUnsafeMutableBufferPointer { results in
            nonisolated(unsafe) let results = results
            parallelFor(units: (count + unit - 1) / unit, threads: execution.threads) { _, block in
                for i in block * unit..<min(count, (block + 1) * unit) { results[i] = body(i) }
            }
        }
    }
}

/// Why there can be no fast summation.
public enum FastSummationError: Error, Equatable, CustomStringConvertible {
    /// The kernel is so narrow that its Fourier series would take more than 100 MB.
    case concentrationTooLarge(Double, tolerance: Double)

    /// What was asked for, in one line.
    public var description: String {
        switch self {
        case .concentrationTooLarge(let concentration, let tolerance):
            "the kernel of concentration \(concentration) is too narrow for fast summation within \(tolerance); exact steps skip what is far"
        }
    }
}
