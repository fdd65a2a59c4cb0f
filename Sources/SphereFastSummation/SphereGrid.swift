internal import SphereKernels

/// Where a point lies on a ``SphereGrid``.
struct GridPlace: Sendable {
    /// In parts of the distance of rows, 0 to n/2.
    var row = 0.0
    /// In parts of the distance of columns, 0 to n.
    var column = 0.0
}

/// A grid over the angles of the sphere of R^3, on which values at points are spread, convolved with the kernel and read.
///
/// Rows are colatitudes 0...pi, n/2 + 1 of them, columns longitudes, n of them. The sphere is covered once, and the grid goes on over the poles: a row
/// before the first is the row as far after it, half a circle further. Every element holds the values of all fields, `Lanes` numbers.
final class SphereGrid<Lanes: SIMD & SendableMetatype>: @unchecked Sendable where Lanes.Scalar == Double {
    // Sendable: threads write to memory that parallelFor keeps apart.
    private let spline: SplineGrid
    private let coefficients: KernelCoefficients
    private let threads: Int
    /// n.
    private let columns: Int
    /// n/2 + 1.
    private let rows: Int
    /// With what splines reach beyond on both sides.
    private let paddedColumns: Int
    private let paddedRows: Int
    /// Grids that parts of the points are spread on.
    private let parts: [FourierMemory]
    private let real: FourierMemory
    private let complex: FourierMemory
    private let circle: CircleTransform
    private let cosine: RealTransform
    private let sine: RealTransform
    private let scratch: [FourierMemory]

    private static var lanes: Int { Lanes.scalarCount }

    /// Points from which on they are spread on ``mostParts`` grids.
    private static var pointsForParts: Int { 1 << 15 }
    private static var mostParts: Int { 4 }

    init(_ spline: SplineGrid, _ coefficients: KernelCoefficients, threads: Int) {
        self.spline = spline
        self.coefficients = coefficients
        self.threads = threads
        columns = spline.points
        rows = columns / 2 + 1
        paddedColumns = columns + 2 * spline.reach
        paddedRows = rows + 2 * spline.reach
        let lanes = Self.lanes
        let padded = paddedRows * paddedColumns * lanes
        parts = (0..<Self.mostParts).map { _ in FourierMemory(count: padded) }
        real = FourierMemory(count: rows * columns * lanes)
        complex = FourierMemory(count: rows * rows * lanes * 2)
        circle = CircleTransform(count: columns, lanes: lanes)
        let stride = rows * lanes * 2
        cosine = RealTransform(.cosine, count: rows, stride: stride, lanes: 2 * lanes, complex.start)
        sine = RealTransform(.sine, count: rows - 2, stride: stride, lanes: 2 * lanes, complex.start)
        let results = (coefficients.degree + 1) * 2 * lanes
        scratch = (0..<threads).map { _ in FourierMemory(count: results) }
    }

    /// Sums over all points of their values times the kernel, wherever ``read(at:_:)`` asks for them.
    ///
    /// - Parameters:
    ///   - places: of the points.
    ///   - values: of a point, in every field.
    func convolve(_ places: [GridPlace], _ values: @Sendable (_ point: Int) -> Lanes) {
        spread(places, values)
        fold(partCount(places.count))
        toCoefficients()
        applyKernel()
        toValues()
        pad()
    }

    private func partCount(_ points: Int) -> Int { points < Self.pointsForParts ? 1 : Self.mostParts }

    private func lanes(_ memory: UnsafeMutablePointer<Double>) -> UnsafeMutablePointer<Lanes> {
        UnsafeMutableRawPointer(memory).assumingMemoryBound(to: Lanes.self)
    }

    /// Calls `body` with the values of the spline around a place, and the padded row and column of the first.
    @inline(__always)
    private func withSpline(
        at place: GridPlace,
        _ body: (_ row: Int, _ column: Int, _ down: UnsafePointer<Double>, _ along: UnsafePointer<Double>) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * SplineGrid.largestOrder) { memory in
            let (down, along) = (memory.baseAddress!, memory.baseAddress! + SplineGrid.largestOrder)
            let row = spline.weights(at: place.row, into: down) + spline.reach
            let column = spline.weights(at: place.column, into: along) + spline.reach
            body(row, column, UnsafePointer(down), UnsafePointer(along))
        }
    }

    private func spread(_ places: [GridPlace], _ values: @Sendable (_ point: Int) -> Lanes) {
        let parts = partCount(places.count)
        parallelFor(units: parts, threads: threads) { _, part in
            let memory = self.parts[part]
            memory.start.update(repeating: 0, count: memory.count)
            let grid = lanes(memory.start)
            for point in part * places.count / parts..<(part + 1) * places.count / parts {
                let value = values(point)
                withSpline(at: places[point]) { row, column, down, along in
                    for p in 0..<spline.order {
                        let target = grid + (row + p) * paddedColumns + column
                        let scaled = value * down[p]
                        for q in 0..<spline.order { target[q] += scaled * along[q] }
                    }
                }
            }
        }
    }

    /// The row and column that a padded one is.
    private func wrapped(_ paddedRow: Int, _ paddedColumn: Int) -> (row: Int, column: Int) {
        var (row, column) = (paddedRow - spline.reach, paddedColumn - spline.reach)
        if row < 0 || row >= rows {
            row = row < 0 ? -row : columns - row
            column += columns / 2
        }
        if column < 0 { column += columns }
        if column >= columns { column -= columns }
        return (row, column)
    }

    /// Adds the parts, and what lies beyond the edges where it belongs.
    private func fold(_ parts: Int) {
        real.start.update(repeating: 0, count: real.count)
        let target = lanes(real.start)
        for part in self.parts[..<parts] {
            let grid = lanes(part.start)
            for p in 0..<paddedRows {
                for q in 0..<paddedColumns {
                    let (row, column) = wrapped(p, q)
                    target[row * columns + column] += grid[p * paddedColumns + q]
                }
            }
        }
    }

    private func pad() {
        parallelFor(units: paddedRows, threads: threads) { [self] _, p in
            let (source, target) = (lanes(real.start), lanes(parts[0].start))
            for q in 0..<paddedColumns {
                let (row, column) = wrapped(p, q)
                target[p * paddedColumns + q] = source[row * columns + column]
            }
        }
    }

    // MARK: Coefficients

    /// Elements of a row of coefficients.
    private var complexStride: Int { rows * Self.lanes * 2 }

    private func toCoefficients() {
        parallelFor(units: rows, threads: threads) { [self] _, p in
            let row = complex.start + p * complexStride
            circle.forward(real.start + p * columns * Self.lanes, row)
            // All but the poles stand for themselves and their mirror image on the other half of the circle.
            if p > 0 && p < rows - 1 { for i in 0..<complexStride { row[i] *= 0.5 } }
        }
        parallelFor(units: coefficients.degree + 1, threads: threads) { [self] _, m in transform(m) }
    }

    /// The transform over colatitudes, which is its own inverse but for factors.
    private func transform(_ m: Int) {
        let column = complex.start + m * Self.lanes * 2
        if m.isMultiple(of: 2) {
            cosine.execute(column)
        } else {
            sine.execute(column + complexStride)
        }
    }

    private func applyKernel() {
        let size = coefficients.degree + 1
        let lanes = Self.lanes
        let inverses = (0..<size).map { 1 / spline.transform($0) }
        parallelFor(units: size, threads: threads) { [self] worker, m in
            let column = self.lanes(complex.start + m * lanes * 2)
            let stride = complexStride / lanes
            let result = self.lanes(scratch[worker].start)
            let first = m.isMultiple(of: 2) ? 0 : 1
            coefficients.values.withUnsafeBufferPointer { values in
                for k in first..<size {
                    var (re, im) = (Lanes(), Lanes())
                    let row = values.baseAddress! + (m * size + k) * size
                    for l in first..<size {
                        let factor = row[l] * inverses[l]
                        re += column[l * stride] * factor
                        im += column[l * stride + 1] * factor
                    }
                    // Splines stand for the functions of both points, in both angles. Inner terms of the transforms count twice.
                    let factor = inverses[k] * inverses[m] * inverses[m] * (k == 0 ? 1 : 0.5)
                    result[2 * k] = re * factor
                    result[2 * k + 1] = im * factor
                }
            }
            for k in 0..<rows {
                let isInside = k >= first && k < size
                column[k * stride] = isInside ? result[2 * k] : Lanes()
                column[k * stride + 1] = isInside ? result[2 * k + 1] : Lanes()
            }
        }
    }

    private func toValues() {
        parallelFor(units: coefficients.degree + 1, threads: threads) { [self] _, m in transform(m) }
        parallelFor(units: rows, threads: threads) { [self] _, p in
            let row = complex.start + p * complexStride
            let used = (coefficients.degree + 1) * Self.lanes * 2
            (row + used).update(repeating: 0, count: complexStride - used)
            circle.backward(row, real.start + p * columns * Self.lanes)
        }
    }

    // MARK: Reading

    /// The sums at a place.
    func read(at place: GridPlace) -> Lanes {
        let grid = lanes(parts[0].start)
        var sum = Lanes()
        withSpline(at: place) { row, column, down, along in
            for p in 0..<spline.order {
                let source = grid + (row + p) * paddedColumns + column
                var line = Lanes()
                for q in 0..<spline.order { line += source[q] * along[q] }
                sum += line * down[p]
            }
        }
        return sum
    }
}
