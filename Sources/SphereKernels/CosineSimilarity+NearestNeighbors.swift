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
    /// - Complexity: O(M N D) time, 2 M N D floating-point operations (half of them where queries and points are the same
    ///   memory: each pair is evaluated once), and O(k) for each of the about k log(N / k) points
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
                    let sources = PackedDirections<Float>(queries, as: .sources, execution)
                    let panels = PackedDirections<Float>(points, as: .panels, execution)
                    // Lists of every worker must not take much more memory than the points.
                    let isSmall = execution.threads == 1 || execution.threads * count <= 4 * queries.columns
                    if isSmall && isSame(queries, points) {
                        searchThemselves(sources, panels, lists, execution)
                    } else {
                        search(sources, panels, lists, execution)
                    }
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
    /// The more, the less often the points come from beyond the caches.
    private static let queryBytes = 192 * 1024

    /// Whether both are the same rows in the same memory.
    private static func isSame(_ a: MatrixView, _ b: MatrixView) -> Bool {
        guard a.rows == b.rows && a.rowStride == b.rowStride else { return false }
        return a.elements.withUnsafeBufferPointer { first in
            b.elements.withUnsafeBufferPointer { first.baseAddress == $0.baseAddress }
        }
    }

    /// Columns of a chunk for panels of `width` rows: they stay in 24 KiB of a first-level cache of 32, or are one panel.
    private static func chunk(width: Int, dimension: Int) -> Int {
        let fitting = 24 * 1024 / (dimension * MemoryLayout<Float>.stride * width) * width
        return max(width, min(chunkColumns, fitting))
    }

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
        let chunk = chunk(width: points.width, dimension: dimension)
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

    /// The neighbours of points among themselves, each pair of different units evaluated once: (i, j) and (j, i) have the
    /// same cosine to the bit.
    ///
    /// A unit of work is a block of rows against its own columns, in both orders, and against all columns behind it, where
    /// cosines go to the lists of rows and columns. Every worker has lists of its own; to each of them points come by rising
    /// index, since units do. Thresholds serve rows and columns alike.
    private static func searchThemselves(
        _ sources: PackedDirections<Float>, _ panels: PackedDirections<Float>, _ lists: NeighborLists,
        _ execution: Execution
    ) {
        let kernels = execution.instructionSet.kernels
        let (count, group, dimension) = (sources.rows, sources.width, sources.dimension)
        let padded = (count + panels.width - 1) / panels.width * panels.width
        let chunk = chunk(width: panels.width, dimension: dimension)
        // Units begin where a group, a panel and a chunk begin, and are enough for threads to finish together.
        let rowBytes = dimension * MemoryLayout<Float>.stride
        let wanted = min(queryBytes / rowBytes, count / (4 * execution.threads))
        let unitRows = max(1, wanted / chunkColumns) * chunkColumns
        let units = (count + unitRows - 1) / unitRows
        let workers = max(1, min(execution.threads, units))
        // The last group may reach beyond the last row.
        let states = WorkerLists(lists, rows: count, capacity: padded + chunkColumns, workers: workers)
        parallelFor(units: units, threads: workers) { worker, unit in
            let (lists, filled, thresholds) = states.worker(worker)
            let first = unit * unitRows
            let end = min(first + unitRows, count)
            withUnsafeTemporaryAllocation(byteCount: group * chunk * MemoryLayout<Float>.stride, alignment: 64) {
                scratch in
                let tile = scratch.assumingMemoryBound(to: Float.self).baseAddress!
                var column = first
                while column < padded {
                    let isOwn = column < first + unitRows
                    let columns = min(chunk, (isOwn ? min(first + unitRows, padded) : padded) - column)
                    let existing = min(columns, count - column)
                    for row in stride(from: first, to: end, by: group) {
                        var above = kernels.cosinesAbove(
                            panels.start + column * dimension, columns, sources.start + row * dimension, dimension,
                            thresholds + row, tile)
                        while above != 0 {
                            let r = above.trailingZeroBitCount
                            above &= above - 1
                            lists.add(
                                tile + r * columns, existing, from: column, to: row + r, &filled[row + r],
                                &thresholds[row + r])
                        }
                        if !isOwn && kernels.columnsAbove(tile, columns, thresholds + column) != 0 {
                            lists.addColumns(
                                tile, columns, existing, from: column, rows: min(group, end - row), first: row, filled,
                                thresholds)
                        }
                    }
                    column += columns
                }
            }
        }
        states.merge(execution)
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

    /// Adds the cosines of a tile (`rows` x `columns`) that are above the thresholds of their columns to the lists of
    /// those.
    func addColumns(
        _ tile: UnsafePointer<Float>, _ columns: Int, _ existing: Int, from column: Int, rows: Int, first: Int,
        _ filled: UnsafeMutablePointer<Int>, _ thresholds: UnsafeMutablePointer<Float>
    ) {
        for r in 0..<rows {
            let values = tile + r * columns
            var c = 0
            while c < existing {
                if c + 8 <= existing {
                    let eight = UnsafeRawPointer(values + c).loadUnaligned(as: SIMD8<Float>.self)
                    let limits = UnsafeRawPointer(thresholds + column + c).loadUnaligned(as: SIMD8<Float>.self)
                    if !any(eight .> limits) {
                        c += 8
                        continue
                    }
                }
                let end = min(c + 8, existing)
                while c < end {
                    let list = column + c
                    if values[c] > thresholds[list] {
                        insert(
                            values[c], first + r, indices + list * count, cosines + list * stride, &filled[list],
                            &thresholds[list])
                    }
                    c += 1
                }
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

/// The lists of several workers for the same queries.
private struct WorkerLists: Sendable {
    private let result: NeighborLists
    private let rows: Int
    private let capacity: Int
    private let workers: Int
    private let indices: AlignedBuffer<Int32>
    private let cosines: AlignedBuffer<Float>
    private let filled: AlignedBuffer<Int>
    private let thresholds: AlignedBuffer<Float>

    /// Empty lists; a single worker writes to the result.
    init(_ result: NeighborLists, rows: Int, capacity: Int, workers: Int) {
        self.result = result
        self.rows = rows
        self.capacity = capacity
        self.workers = workers
        let own = workers == 1 ? 0 : workers * rows * result.count
        indices = AlignedBuffer(count: own)
        cosines = AlignedBuffer(count: own)
        filled = AlignedBuffer(count: workers * rows)
        thresholds = AlignedBuffer(count: workers * capacity)
        filled.start.update(repeating: 0, count: workers * rows)
        for worker in 0..<workers {
            let start = thresholds.start + worker * capacity
            start.update(repeating: -.infinity, count: rows)
            // Nothing is above the threshold of a point that does not exist.
            (start + rows).update(repeating: .infinity, count: capacity - rows)
        }
    }

    /// The lists of one worker, their lengths and their thresholds.
    func worker(
        _ worker: Int
    ) -> (lists: NeighborLists, filled: UnsafeMutablePointer<Int>, thresholds: UnsafeMutablePointer<Float>) {
        let first = worker * rows * result.count
        let lists =
            workers == 1
            ? result
            : NeighborLists(
                indices: indices.start + first, cosines: cosines.start + first, stride: result.count,
                count: result.count, excludingSelf: result.excludingSelf)
        return (lists, filled.start + worker * rows, thresholds.start + worker * capacity)
    }

    /// Merges the lists into the result and marks what no neighbour was found for.
    func merge(_ execution: Execution) {
        // Rows that one unit of work merges.
        let unitRows = 1024
        parallelFor(units: (rows + unitRows - 1) / unitRows, threads: execution.threads) { _, unit in
            for row in unit * unitRows..<min((unit + 1) * unitRows, rows) {
                let length = workers == 1 ? filled.start[row] : merge(row)
                result.fillRest(of: row, from: length)
            }
        }
    }

    /// Merges the lists of one row, and returns the length of the result.
    private func merge(_ row: Int) -> Int {
        let count = result.count
        return withUnsafeTemporaryAllocation(of: Int.self, capacity: workers) { heads in
            heads.initialize(repeating: 0)
            for rank in 0..<count {
                // The largest head; of equal ones the smaller index.
                var best: (worker: Int, cosine: Float, index: Int32)?
                for worker in 0..<workers where heads[worker] < filled.start[worker * rows + row] {
                    let place = (worker * rows + row) * count + heads[worker]
                    let (cosine, index) = (cosines.start[place], indices.start[place])
                    if best.map({ cosine > $0.cosine || (cosine == $0.cosine && index < $0.index) }) ?? true {
                        best = (worker, cosine, index)
                    }
                }
                guard let best else { return rank }
                heads[best.worker] += 1
                result.cosines[row * result.stride + rank] = best.cosine
                result.indices[row * count + rank] = best.index
            }
            return count
        }
    }
}
