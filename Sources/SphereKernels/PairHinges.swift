/// Points sorted by group, packed for sums over the pairs of points of different groups.
///
/// What the pair loss of SphereLosses needs of every row i, without the matrix of all pairs: with
/// `s_ij = (1 + x_i . x_j)/2` and w_j the weight of j's group,
///
///     hinge_i = Σ_j w_j max(0, s_ij - α),    direction_i = Σ_j w_j g(s_ij) x_j,
///
/// g the step [s > α], the hinge or its cube. Every ordered pair is evaluated, so that a row depends on no other row's work.
package struct PairHinges: Sendable {
    /// The pairs that are summed over.
    package enum Pairs: Sendable {
        /// i and j in different groups.
        case ofDifferentGroups
        /// i and j in the same group, i = j among them.
        case withinGroups
    }

    /// The factor of a point in the direction of another.
    package enum Factor: Int, Sendable {
        /// [s > α], the derivative of the hinge.
        case step = 0
        /// max(0, s - α).
        case hinge = 1
        /// max(0, s - α)³.
        case cube = 3
    }

    /// Points, those that are in `order`.
    package let count: Int
    package let dimension: Int
    private let execution: Execution
    private let kernels: KernelTable
    private let panels: AlignedBuffer<Float>
    private let sources: AlignedBuffer<Float>
    private let rows: AlignedBuffer<Float>
    /// Number of the group of every point, -1 in the padding behind; exact in float32, since there are fewer than 2^24.
    private let groups: AlignedBuffer<Float>
    private let weights: AlignedBuffer<Float>

    /// Packs the rows of `points` (N x D) in the given order.
    ///
    /// - Parameters:
    ///   - order: rows, those of a group side by side; a row may be left out.
    ///   - groupStarts: where each group starts in `order`, and its end behind the last.
    ///   - groupWeights: the weight w of the points of each group.
    /// - Precondition: D >= 1 and fewer than 2^24 groups.
    /// - Complexity: O(N D) time and memory.
    package init(
        _ points: MatrixView, order: [Int], groupStarts: [Int], groupWeights: [Float], on execution: Execution
    ) {
        require(points.columns >= 1, "pairs of points with \(points.columns) coordinates: needs 1 or more")
        require(groupWeights.count < 1 << 24, "\(groupWeights.count) groups: must be fewer than \(1 << 24)")
        let kernels = execution.instructionSet.kernels
        let (count, dimension) = (order.count, points.columns)
        let (width, group) = (kernels.panelColumns, kernels.sourceGroup)
        let panelCount = (count + width - 1) / width
        let sourceCount = (count + group - 1) / group
        let rows = AlignedBuffer<Float>(count: count * dimension)
        let panels = AlignedBuffer<Float>(count: panelCount * width * dimension)
        let sources = AlignedBuffer<Float>(count: sourceCount * group * dimension)
        let groups = AlignedBuffer<Float>(count: panelCount * width)
        let weights = AlignedBuffer<Float>(count: count)
        withRows(of: points) { all in
            for (position, row) in order.enumerated() {
                (rows.start + position * dimension).update(from: all.start + row * all.stride, count: dimension)
            }
        }
        groups.start.update(repeating: -1, count: groups.count)
        for (number, weight) in groupWeights.enumerated() {
            for position in groupStarts[number]..<groupStarts[number + 1] {
                groups.start[position] = Float(number)
                weights.start[position] = weight
            }
        }
        for panel in 0..<panelCount {
            let first = panel * width
            kernels.packPanel(
                rows.start + first * dimension, dimension, min(width, count - first), dimension, nil,
                panels.start + first * dimension)
        }
        for source in 0..<sourceCount {
            let first = source * group
            kernels.packSourceGroup(
                rows.start + first * dimension, dimension, min(group, count - first), dimension, nil,
                sources.start + first * dimension)
        }
        (self.count, self.dimension, self.execution, self.kernels) = (count, dimension, execution, kernels)
        (self.panels, self.sources, self.rows, self.groups, self.weights) = (panels, sources, rows, groups, weights)
    }

    /// Adds up the hinges of every point, and its direction when `directions` is not empty.
    ///
    /// Within a block of sources sums are float32; blocks are added in their order, hinges in double.
    ///
    /// - Parameters:
    ///   - hinges: one per point in the order of packing, overwritten.
    ///   - directions: count x D in the order of packing, overwritten, or no elements.
    /// - Complexity: O(N^2 D) time, O(N D) memory.
    package func sum(
        over pairs: Pairs, margin: Double, factor: Factor, hinges: inout [Double], directions: inout [Float]
    ) {
        let wantsDirections = !directions.isEmpty
        require(hinges.count == count, "hinges of \(count) points into \(hinges.count) elements")
        require(
            !wantsDirections || directions.count == count * dimension,
            "directions of \(count) x \(dimension) into \(directions.count) elements")
        hinges.withUnsafeMutableBufferPointer { hinges in
            directions.withUnsafeMutableBufferPointer { directions in
                guard let start = hinges.baseAddress else { return }
                nonisolated(unsafe) let hingeStart = start
                nonisolated(unsafe) let directionStart = wantsDirections ? directions.baseAddress : nil
                let width = kernels.panelColumns
                parallelFor(units: (count + width - 1) / width, threads: execution.threads) { _, panel in
                    sumPanel(
                        panel, pairs, Float(0.5 - margin), factor, hingeStart + panel * width,
                        directionStart.map { $0 + panel * width * dimension })
                }
            }
        }
    }

    private func sumPanel(
        _ panel: Int, _ pairs: Pairs, _ offset: Float, _ factor: Factor, _ hinges: UnsafeMutablePointer<Double>,
        _ directions: UnsafeMutablePointer<Float>?
    ) {
        let (width, block) = (kernels.panelColumns, kernels.sourceBlock)
        let first = panel * width
        let columns = min(width, count - first)
        let sumCount = directions == nil ? 0 : width * dimension
        for c in 0..<columns { hinges[c] = 0 }
        withUnsafeTemporaryAllocation(
            byteCount: ((block + 1) * width + sumCount) * MemoryLayout<Float>.stride, alignment: 64
        ) { scratch in
            let tile = scratch.assumingMemoryBound(to: Float.self).baseAddress!
            let blockHinges = tile + block * width
            let sums = blockHinges + width
            sums.update(repeating: 0, count: sumCount)
            for start in stride(from: 0, to: count, by: block) {
                let rowCount = min(block, count - start)
                if isIdle(pairs, columns: first..<first + columns, sources: start..<start + rowCount) { continue }
                kernels.pairLossTile(
                    panels.start + first * dimension, groups.start + first, sources.start + start * dimension,
                    rows.start + start * dimension, groups.start + start, weights.start + start, rowCount, dimension,
                    offset, factor.rawValue, pairs == .withinGroups, tile, blockHinges,
                    directions == nil ? nil : sums)
                for c in 0..<columns { hinges[c] += Double(blockHinges[c]) }
            }
            guard let directions else { return }
            for c in 0..<columns {
                for k in 0..<dimension { directions[c * dimension + k] = sums[k * width + c] }
            }
        }
    }

    /// Whether no pair of these columns and sources counts.
    private func isIdle(_ pairs: Pairs, columns: Range<Int>, sources: Range<Int>) -> Bool {
        let (low, high) = (groups.start[columns.lowerBound], groups.start[columns.upperBound - 1])
        let (sourceLow, sourceHigh) = (groups.start[sources.lowerBound], groups.start[sources.upperBound - 1])
        return switch pairs {
        case .ofDifferentGroups: low == high && sourceLow == low && sourceHigh == low
        case .withinGroups: sourceHigh < low || sourceLow > high
        }
    }
}
