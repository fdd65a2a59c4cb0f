/// Mean-shift steps on the unit sphere with the von Mises-Fisher kernel: points set once, any number of steps and sums.
///
/// For points x_1 ... x_N on the unit sphere of R^D with weights w_j and a concentration kappa, at a target y:
///
///     d(y)  = sum over j of w_j exp(kappa (x_j . y - 1))                                    kernel sum
///     m(y)  = sum over j of w_j exp(kappa (x_j . y - 1)) x_j / d(y)                         weighted mean
///     y'    = ((1 - eta) y + eta m(y)) / |(1 - eta) y + eta m(y)|                           step of size eta
///
/// With y running over the points themselves this is one loop of Gaussian blurring mean shift (``blur``; Kong and Fowlkes,
/// "Recurrent Pixel Embedding for Instance Grouping", CVPR 2018, equation 3); with other targets, seeds climbing on
/// fixed points (``shift``). The N x N matrix of kernel values is never stored: memory is O((N + M) D).
///
/// All packed operands and scratch belong to the plan; a step allocates nothing. Results are the same for every number of
/// threads, bit for bit. Error limits: docs/accuracy.md.
///
/// ## Defined results
/// - A point with NaN or infinity takes no part in any sum. A target with NaN or infinity stays as it is, with the sum NaN.
/// - Kernel values below 2^-126 (an angle of 66 degrees at kappa = 150) count as exactly 0.
/// - A target without any kernel weight around it, or whose step is the zero vector, stays where it is.
/// - The zero vector is a legal point: its cosine with everything is 0.
///
/// Steps take directions, not raw embeddings: normalise rows first (``RowNorms``). Lengths up to 1 + 0.005 are taken as they are.
public struct MeanShiftPlan: ~Copyable {
    /// The most points that fit.
    public let capacity: Int
    /// Number of coordinates of a point.
    public let dimension: Int
    /// Threads and instruction set.
    public let execution: Execution
    /// The number of points that are set.
    public private(set) var pointCount: Int
    /// Sum of the weights of the points that are set and take part.
    public private(set) var totalWeight: Double

    private let kernels: KernelTable
    /// Points in groups of `sourceGroup`, column by column: operand of the first product.
    private let sources: AlignedBuffer<Float>
    /// Points times weights, row-major: operand of the second product.
    private let weightedSources: AlignedBuffer<Float>
    /// Weights, 0 for padding and for points that take no part.
    private let weights: AlignedBuffer<Float>
    private let scratch: StepScratch

    /// Squared lengths above this are a mistake: the rows were not normalised.
    private static let largestSquare: Float = 1.01

    /// Memory for at most `capacity` points of `dimension` coordinates.
    ///
    /// - Precondition: `capacity >= 0` and `dimension >= 1`.
    /// - Complexity: about 8 N D + 4 N bytes, and at most 300 KiB + 400 D bytes per thread.
    public init(capacity: Int, dimension: Int, on execution: Execution = .default) {
        require(capacity >= 0, "capacity of a mean-shift plan must be 0 or more, found \(capacity)")
        require(dimension >= 1, "dimension of a mean-shift plan must be 1 or more, found \(dimension)")
        self.capacity = capacity
        self.dimension = dimension
        self.execution = execution
        pointCount = 0
        totalWeight = 0
        kernels = execution.instructionSet.kernels
        let padded = Self.padded(capacity, to: kernels.sourceGroup)
        sources = AlignedBuffer(count: padded * dimension)
        weightedSources = AlignedBuffer(count: padded * dimension)
        weights = AlignedBuffer(count: padded)
        scratch = StepScratch(kernels, dimension: dimension, workers: execution.threads)
    }

    private static func padded(_ count: Int, to multiple: Int) -> Int {
        (count + multiple - 1) / multiple * multiple
    }

    // MARK: Points

    /// Makes `points` (N x D, unit rows) with weight 1 each the points of the following steps and sums.
    ///
    /// - Precondition: N <= ``capacity``, D = ``dimension``, no row longer than 1.005.
    /// - Complexity: O(N D).
    public mutating func setPoints(_ points: MatrixView) {
        setPoints(points, weightAt: nil)
    }

    /// Makes `points` (N x D, unit rows) with the given weights (N, finite, 0 or more) the points of the following steps
    /// and sums.
    ///
    /// - Precondition: as ``setPoints(_:)``, and `weights` has N elements.
    /// - Complexity: O(N D).
    public mutating func setPoints(_ points: MatrixView, weights: Span<Float>) {
        require(weights.count == points.rows, "\(weights.count) weights for \(points.rows) points")
        weights.withUnsafeBufferPointer { buffer in
            for (i, weight) in buffer.enumerated() {
                require(weight >= 0 && weight < .infinity, "weight \(i) must be finite and 0 or more, found \(weight)")
            }
            setPoints(points, weightAt: buffer.baseAddress)
        }
    }

    private mutating func setPoints(_ points: MatrixView, weightAt givenWeights: UnsafePointer<Float>?) {
        require(
            points.columns == dimension, "points of dimension \(points.columns) for a plan of dimension \(dimension)")
        require(points.rows <= capacity, "\(points.rows) points for a plan of capacity \(capacity)")
        let count = points.rows
        pointCount = count
        let group = kernels.sourceGroup
        let (dimension, kernels) = (dimension, kernels)
        let (sources, weightedSources, weights) = (sources.start, weightedSources.start, weights.start)
        nonisolated(unsafe) let (s, x, w, given) = (sources, weightedSources, weights, givenWeights)
        withRows(of: points) { rows in
            parallelFor(units: (count + group - 1) / group, threads: execution.threads) { _, unit in
                let start = unit * group
                let size = min(group, count - start)
                let group = PointGroup(rows: rows.advanced(by: start), count: size, first: start)
                let wg = w + start
                for i in 0..<kernels.sourceGroup { wg[i] = i < size ? given?[start + i] ?? 1 : 0 }
                kernels.packSourceGroup(
                    group.rows.start, group.rows.stride, size, dimension, nil, s + start * dimension)
                kernels.scaleRows(
                    group.rows.start, group.rows.stride, size, dimension, wg, x + start * dimension, dimension)
                let padding = kernels.sourceGroup - size
                (x + (start + size) * dimension).update(repeating: 0, count: padding * dimension)
                group.forEachUnusable(kernels) { i in
                    wg[i] = 0
                    for k in 0..<dimension {
                        s[start * dimension + k * kernels.sourceGroup + i] = 0
                        x[(start + i) * dimension + k] = 0
                    }
                }
            }
        }
        totalWeight = (0..<count).reduce(0) { $0 + Double(w[$1]) }
    }

    /// At most `panelColumns` consecutive rows, checked together.
    private struct PointGroup {
        let rows: RowPointer
        let count: Int
        let first: Int

        /// Calls `body` for every row that holds NaN or infinity; stops the program on a row that is too long.
        func forEachUnusable(_ kernels: KernelTable, _ body: (Int) -> Void) {
            withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { squares in
                kernels.squaredNorms(rows.start, rows.stride, count, rows.dimension, squares.baseAddress!)
                for i in 0..<count where !(squares[i] <= MeanShiftPlan.largestSquare) {
                    // A square may be infinite although the row is finite.
                    var isFinite = true
                    for k in 0..<rows.dimension where !rows.start[i * rows.stride + k].isFinite { isFinite = false }
                    require(
                        !isFinite,
                        "row \(first + i) has the length \(squares[i].squareRoot()), mean shift takes unit rows "
                            + "(RowNorms.normalized)")
                    body(i)
                }
            }
        }
    }

    // MARK: Steps and sums

    /// Moves `targets` (M x D, unit rows) one step towards the points that are set.
    ///
    /// - Parameters:
    ///   - targets: y, M x D.
    ///   - concentration: kappa > 0.
    ///   - stepSize: eta in (0, 1]; 1 moves a target to the mean.
    ///   - shifted: receives y', M x D.
    ///   - sums: receives the kernel sums d, M elements.
    /// - Precondition: shapes as given, no target longer than 1.005.
    /// - Complexity: O(M N D) time: 4 M N D floating-point operations and M N exponentials.
    public func shift(
        _ targets: MatrixView, concentration: Float, stepSize: Float = 1, into shifted: inout MutableMatrixView,
        sums: inout MutableSpan<Float>
    ) {
        require(
            shifted.rows == targets.rows && shifted.columns == targets.columns,
            "targets of \(targets.rows) x \(targets.columns) shifted into \(shifted.rows) x \(shifted.columns)")
        require(stepSize > 0 && stepSize <= 1, "step size must be in (0, 1], found \(stepSize)")
        let scale = exponentScale(concentration)
        let stride = shifted.rowStride
        let (kernels, dimension) = (kernels, dimension)
        nonisolated(unsafe) let (s, x, w) = (sources.start, weightedSources.start, weights.start)
        shifted.elements.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            nonisolated(unsafe) let out = start
            forEachPanel(
                targets, into: &sums,
                addBlock: { panel, tile, first, count in
                    kernels.meanShiftPanel(
                        panel.points, s + first * dimension, x + first * dimension, w + first, count, dimension,
                        scale, tile, panel.sums, panel.totals)
                },
                finish: { panel, group in
                    kernels.finishMeanShiftPanel(
                        group.rows.start, group.rows.stride, group.count, dimension, stepSize, panel.points,
                        panel.sums, panel.totals, panel.lengths, out + group.first * stride, stride)
                })
        }
    }

    /// Kernel sums at `targets` (M x D, unit rows): `sums[i] = sum over j of w_j exp(kappa (x_j . y_i - 1))`.
    ///
    /// Times C_D(kappa) exp(kappa) (``VonMisesFisher``) and divided by the sum of the weights, this is the kernel density
    /// estimate at y_i.
    ///
    /// - Precondition: `sums` has M elements, `concentration >= 0`, no target longer than 1.005.
    /// - Complexity: O(M N D) time: 2 M N D floating-point operations and M N exponentials.
    public func kernelSums(at targets: MatrixView, concentration: Float, into sums: inout MutableSpan<Float>) {
        let scale = exponentScale(concentration)
        let (kernels, dimension) = (kernels, dimension)
        nonisolated(unsafe) let (s, w) = (sources.start, weights.start)
        forEachPanel(
            targets, into: &sums,
            addBlock: { panel, tile, first, count in
                kernels.kernelSumPanel(
                    panel.points, s + first * dimension, w + first, count, dimension, scale, tile, panel.totals)
            }, finish: { _, _ in })
    }

    /// One loop of blurring mean shift: sets `points` and moves each of them.
    ///
    /// Parameters, preconditions and results as ``setPoints(_:)`` and
    /// ``shift(_:concentration:stepSize:into:sums:)``; `shifted` may be set as the points of the next loop.
    public mutating func blur(
        _ points: MatrixView, concentration: Float, stepSize: Float = 1, into shifted: inout MutableMatrixView,
        sums: inout MutableSpan<Float>
    ) {
        setPoints(points)
        shift(points, concentration: concentration, stepSize: stepSize, into: &shifted, sums: &sums)
    }

    /// One loop of blurring mean shift of weighted points, as ``blur(_:concentration:stepSize:into:sums:)``.
    public mutating func blur(
        _ points: MatrixView, weights: Span<Float>, concentration: Float, stepSize: Float = 1,
        into shifted: inout MutableMatrixView, sums: inout MutableSpan<Float>
    ) {
        setPoints(points, weights: weights)
        shift(points, concentration: concentration, stepSize: stepSize, into: &shifted, sums: &sums)
    }

    /// kappa / ln 2, the factor from a cosine to a power of two.
    private func exponentScale(_ concentration: Float) -> Float {
        require(
            concentration >= 0 && concentration < .infinity,
            "concentration must be finite and 0 or more, found \(concentration)")
        return Float(Double(concentration) * 1.4426950408889634)
    }

    private var sourceCount: Int { Self.padded(pointCount, to: kernels.sourceGroup) }

    /// Packs the targets in panels, adds every block of sources to every panel, finishes each panel and copies its totals
    /// to `sums`.
    ///
    /// A unit of work is a few panels: each block of sources is added to all of them while it is in the first- or
    /// second-level cache. Panel by panel, all sources would stream from beyond it for every 48 targets. How many panels go
    /// together has no influence on what is added in which order.
    private func forEachPanel(
        _ targets: MatrixView, into sums: inout MutableSpan<Float>,
        addBlock:
            @Sendable (
                _ panel: PanelScratch, _ tile: UnsafeMutablePointer<Float>, _ first: Int, _ count: Int
            ) -> Void,
        finish: @Sendable (_ panel: PanelScratch, _ group: PointGroup) -> Void
    ) {
        require(
            targets.columns == dimension,
            "targets of dimension \(targets.columns) for a plan of dimension \(dimension)")
        require(sums.count == targets.rows, "sums of \(targets.rows) targets into \(sums.count) elements")
        let count = targets.rows
        let width = kernels.panelColumns
        let panels = (count + width - 1) / width
        // Enough units that threads finish together: 8 for each.
        let unitPanels = max(1, min(scratch.panelsPerWorker, panels / (8 * execution.threads)))
        let (kernels, dimension, scratch, sourceCount) = (kernels, dimension, scratch, sourceCount)
        sums.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            nonisolated(unsafe) let sums = start
            withRows(of: targets) { rows in
                parallelFor(units: (panels + unitPanels - 1) / unitPanels, threads: execution.threads) { worker, unit in
                    let tile = scratch.tile(worker)
                    let members = unit * unitPanels..<min((unit + 1) * unitPanels, panels)
                    func group(_ panel: Int) -> PointGroup {
                        let first = panel * width
                        return PointGroup(
                            rows: rows.advanced(by: first), count: min(width, count - first), first: first)
                    }
                    func panelScratch(_ panel: Int) -> PanelScratch {
                        scratch.panel(worker, panel - members.lowerBound)
                    }
                    for panel in members {
                        let (group, target) = (group(panel), panelScratch(panel))
                        kernels.packPanel(
                            group.rows.start, group.rows.stride, group.count, dimension, nil, target.points)
                        target.clear(dimension: dimension, width: width)
                    }
                    flushingSubnormals {
                        for first in stride(from: 0, to: sourceCount, by: kernels.sourceBlock) {
                            let size = min(kernels.sourceBlock, sourceCount - first)
                            for panel in members { addBlock(panelScratch(panel), tile, first, size) }
                        }
                        for panel in members { finish(panelScratch(panel), group(panel)) }
                    }
                    for panel in members {
                        let (group, target) = (group(panel), panelScratch(panel))
                        (sums + group.first).update(from: target.totals, count: group.count)
                        group.forEachUnusable(kernels) { i in sums[group.first + i] = .nan }
                    }
                }
            }
        }
    }
}
