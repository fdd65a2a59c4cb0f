extension CosineSimilarity {
    /// The nearest neighbours of a few rows: for each of M queries k points, nearest first.
    public struct Neighbors: Sendable, Equatable {
        /// k, neighbours of each query.
        public let count: Int
        /// Rows of the points, M x k row-major; -1 where a query has fewer than k neighbours.
        public let indices: [Int32]
        /// Their cosines with the query, M x k; NaN where the index is -1.
        public let cosines: Matrix

        /// The neighbours of one query.
        ///
        /// - Precondition: `0 <= query < M`.
        public func indices(of query: Int) -> ArraySlice<Int32> {
            require(query >= 0 && query < cosines.rows, "query \(query) of \(cosines.rows)")
            return indices[query * count..<(query + 1) * count]
        }
    }

    /// The `count` points (N x D) of largest cosine with each of the queries (M x D), by falling cosine.
    ///
    /// Exact: every pair is evaluated (with float32 sums, as ``allPairs(_:_:into:accumulation:on:)`` to the bit), and of equal
    /// cosines the smaller index comes first. The M x N matrix is never stored. The same for any number of threads.
    ///
    /// Defined results: rows with NaN or infinity are nobody's neighbours; a zero row has cosine 0 with everything. Where
    /// fewer than `count` neighbours exist, the rest of the row has index -1 and cosine NaN.
    ///
    /// - Parameters:
    ///   - queries: M x D; need not be unit rows.
    ///   - points: N x D; need not be unit rows.
    ///   - count: k, 0 or more; may be more than N.
    ///   - excludingSelf: whether point i is left out for query i: the neighbours of the points among themselves.
    ///   - indices: receives rows of the points, M x k row-major.
    ///   - cosines: receives the cosines, M x k.
    ///   - execution: threads and instruction set.
    /// - Precondition: shapes as given, N < 2^31, and M = N with `excludingSelf`.
    /// - Complexity: O(M N D) time, 2 M N D floating-point operations, and O(k) for each of the about k log(N / k) points
    ///   of a query that are among its nearest when they are met, if the points have no order; O((M + N) D) memory.
    public static func nearestNeighbors(
        of queries: MatrixView, among points: MatrixView, count: Int, excludingSelf: Bool = false,
        indices: inout MutableSpan<Int32>, cosines: inout MutableMatrixView, on execution: Execution = .default
    ) {
        require(
            queries.columns == points.columns,
            "neighbors of rows of \(queries.columns) elements among rows of \(points.columns)")
        require(count >= 0, "count of neighbors must be 0 or more, found \(count)")
        require(points.rows <= Int(Int32.max), "neighbors among \(points.rows) points, at most \(Int32.max)")
        require(
            indices.count == queries.rows * count,
            "indices of \(count) neighbors of \(queries.rows) rows into \(indices.count) elements")
        require(
            cosines.rows == queries.rows && cosines.columns == count,
            "cosines of \(count) neighbors of \(queries.rows) rows into \(cosines.rows) x \(cosines.columns)")
        require(
            !excludingSelf || queries.rows == points.rows,
            "excluding self takes as many queries as points, found \(queries.rows) and \(points.rows)")
        if count == 0 { return }
        let stride = cosines.rowStride
        indices.withUnsafeMutableBufferPointer { indices in
            cosines.elements.withUnsafeMutableBufferPointer { cosines in
                guard let indices = indices.baseAddress, let cosines = cosines.baseAddress else { return }
                let lists = NeighborLists(
                    indices: indices, cosines: cosines, stride: stride, count: count, excludingSelf: excludingSelf)
                if queries.columns == 0 {
                    lists.fillWithZeroCosines(queries: queries.rows, points: points.rows)
                } else {
                    search(
                        PackedDirections<Float>(queries, as: .sources, execution),
                        PackedDirections<Float>(points, as: .panels, execution), lists, execution)
                }
            }
        }
    }

    /// The `count` points of largest cosine with each of the queries, as
    /// ``nearestNeighbors(of:among:count:excludingSelf:indices:cosines:on:)``.
    public static func nearestNeighbors(
        of queries: Matrix, among points: Matrix, count: Int, excludingSelf: Bool = false,
        on execution: Execution = .default
    ) -> Neighbors {
        require(count >= 0, "count of neighbors must be 0 or more, found \(count)")
        var indices = [Int32](repeating: -1, count: queries.rows * count)
        var cosines = Matrix(rows: queries.rows, columns: count)
        var span = indices.mutableSpan
        var view = cosines.mutableView
        nearestNeighbors(
            of: queries.view, among: points.view, count: count, excludingSelf: excludingSelf, indices: &span,
            cosines: &view, on: execution)
        return Neighbors(count: count, indices: indices, cosines: cosines)
    }

    /// Columns of a chunk, a multiple of every panel: after each the largest cosines are compared with what the lists hold.
    ///
    /// Fewer take more comparisons, more are read for nothing where one is good enough: a query without order in its points
    /// reads about k log(N / k) chunks.
    private static let chunkColumns = 96
    /// Bytes of the queries that go over a chunk, which stays in the first-level cache, one after the other from the second.
    ///
    /// The more, the less often the points come from beyond the caches, which took 9 % of the time at D = 64 with 48 KiB.
    private static let queryBytes = 192 * 1024

    private static func search(
        _ queries: PackedDirections<Float>, _ points: PackedDirections<Float>, _ lists: NeighborLists,
        _ execution: Execution
    ) {
        let kernels = execution.instructionSet.kernels
        let (group, dimension) = (queries.width, queries.dimension)
        let groups = (queries.rows + group - 1) / group
        // Enough units that threads finish together: 4 for each.
        let groupBytes = group * dimension * MemoryLayout<Float>.stride
        let perUnit = max(1, min(queryBytes / groupBytes, groups / (4 * execution.threads)))
        let padded = (points.rows + points.width - 1) / points.width * points.width
        // Panels of a chunk stay in 24 KiB of a first-level cache of 32, or are one panel.
        let fitting = 24 * 1024 / (dimension * MemoryLayout<Float>.stride * points.width) * points.width
        let chunk = max(points.width, min(chunkColumns, fitting))
        parallelFor(units: (groups + perUnit - 1) / perUnit, threads: execution.threads) { _, unit in
            let first = unit * perUnit * group
            let end = min(first + perUnit * group, queries.rows)
            withUnsafeTemporaryAllocation(of: Int.self, capacity: perUnit * group) { filled in
                let bytes = (group * chunk + perUnit * group) * MemoryLayout<Float>.stride
                withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 64) { scratch in
                    let filled = filled.baseAddress!
                    let tile = scratch.assumingMemoryBound(to: Float.self).baseAddress!
                    let thresholds = tile + group * chunk
                    for i in 0..<perUnit * group {
                        filled[i] = 0
                        // Nothing is above the threshold of a query that does not exist.
                        thresholds[i] = first + i < end ? -.infinity : .infinity
                    }
                    for column in stride(from: 0, to: padded, by: chunk) {
                        let columns = min(chunk, padded - column)
                        let existing = min(columns, points.rows - column)
                        for row in stride(from: first, to: end, by: group) {
                            var above = kernels.cosinesAbove(
                                points.start + column * dimension, columns, queries.start + row * dimension, dimension,
                                thresholds + row - first, tile)
                            while above != 0 {
                                let r = above.trailingZeroBitCount
                                above &= above - 1
                                let i = row - first + r
                                lists.add(
                                    tile + r * columns, existing, from: column, to: row + r, &filled[i], &thresholds[i])
                            }
                        }
                    }
                    for row in first..<end { lists.fillRest(of: row, from: filled[row - first]) }
                }
            }
        }
    }
}

/// The neighbours found so far, in the memory of the result.
///
/// - Note: `@unchecked Sendable`: a list is only touched by the unit of work that its query belongs to.
private struct NeighborLists: @unchecked Sendable {
    let indices: UnsafeMutablePointer<Int32>
    let cosines: UnsafeMutablePointer<Float>
    /// Elements between the lists in `cosines`.
    let stride: Int
    /// k.
    let count: Int
    let excludingSelf: Bool

    /// Lists up to this length are moved element by element: searching and moving memory cost 50 ns at k = 10.
    private static let longestWalk = 32

    /// Adds those of `candidates` cosines of the points from `point` on that are above `threshold`, which becomes the
    /// cosine of the last of k neighbours.
    func add(
        _ values: UnsafePointer<Float>, _ candidates: Int, from point: Int, to query: Int, _ filled: inout Int,
        _ threshold: inout Float
    ) {
        let indices = indices + query * count
        let cosines = cosines + query * stride
        let excluded = excludingSelf ? query - point : -1
        var c = 0
        while c < candidates {
            // Eight are passed over in one step: one chunk in ten is read, for one value of it.
            if c + 8 <= candidates {
                let eight = UnsafeRawPointer(values + c).loadUnaligned(as: SIMD8<Float>.self)
                if !any(eight .> threshold) {
                    c += 8
                    continue
                }
            }
            let end = min(c + 8, candidates)
            while c < end {
                if values[c] > threshold && c != excluded {
                    insert(values[c], point + c, indices, cosines, &filled, &threshold)
                }
                c += 1
            }
        }
    }

    /// Inserts a cosine above the threshold.
    private func insert(
        _ value: Float, _ point: Int, _ indices: UnsafeMutablePointer<Int32>, _ cosines: UnsafeMutablePointer<Float>,
        _ filled: inout Int, _ threshold: inout Float
    ) {
        // The kernel does not limit what is mostly thrown away; a value above 1 does not pass a threshold of 1.
        let cosine = max(-1, min(1, value))
        if !(cosine > threshold) { return }
        // Points come by rising index, so this one goes behind all that are as near.
        let last = min(filled, count - 1)
        var position = last
        if count <= Self.longestWalk {
            while position > 0 && cosines[position - 1] < cosine {
                cosines[position] = cosines[position - 1]
                indices[position] = indices[position - 1]
                position -= 1
            }
        } else {
            position = self.position(of: cosine, in: cosines, filled)
            (cosines + position + 1).update(from: cosines + position, count: last - position)
            (indices + position + 1).update(from: indices + position, count: last - position)
        }
        cosines[position] = cosine
        indices[position] = Int32(truncatingIfNeeded: point)
        filled = last + 1
        if filled == count { threshold = cosines[count - 1] }
    }

    /// How many of the `filled` cosines, which fall, are not below `cosine`.
    private func position(of cosine: Float, in cosines: UnsafePointer<Float>, _ filled: Int) -> Int {
        var (low, high) = (0, filled)
        while low < high {
            let middle = (low + high) / 2
            if cosines[middle] >= cosine { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Marks what no neighbour was found for.
    func fillRest(of query: Int, from filled: Int) {
        (indices + query * count + filled).update(repeating: -1, count: count - filled)
        (cosines + query * stride + filled).update(repeating: .nan, count: count - filled)
    }

    /// The lists of rows without elements, whose cosines are all 0.
    func fillWithZeroCosines(queries: Int, points: Int) {
        for query in 0..<queries {
            var filled = 0
            var point = 0
            while filled < count && point < points {
                if !(excludingSelf && point == query) {
                    indices[query * count + filled] = Int32(truncatingIfNeeded: point)
                    cosines[query * stride + filled] = 0
                    filled += 1
                }
                point += 1
            }
            fillRest(of: query, from: filled)
        }
    }
}
