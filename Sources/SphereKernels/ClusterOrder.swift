/// An order of points in which near ones stand together, so that blocks of them are narrow and far pairs of blocks negligible.
///
/// Up to 48 pivots are chosen among a sample, each the point farthest from those before, until every point of the sample is
/// near one. Points go to their nearest pivot, and the pivots form a chain of nearest neighbours. O(48 N D), less than a
/// hundredth of a step at N = 4096.
struct ClusterOrder: Sendable {
    /// Row numbers in the new order.
    let rows: AlignedBuffer<Int32>
    private let cells: AlignedBuffer<UInt8>
    private let pivots: AlignedBuffer<Float>
    private let panels: AlignedBuffer<Float>
    private let nearest: AlignedBuffer<Float>
    private let kernels: KernelTable
    private let dimension: Int

    /// As many as the widest panel has columns.
    private static let mostPivots = 48
    /// Rows among which pivots are chosen.
    private static let sampleSize = 512

    init(capacity: Int, dimension: Int, _ kernels: KernelTable) {
        rows = AlignedBuffer(count: capacity)
        cells = AlignedBuffer(count: capacity)
        pivots = AlignedBuffer(count: Self.mostPivots * dimension)
        panels = AlignedBuffer(count: Self.mostPivots * dimension)
        nearest = AlignedBuffer(count: 2 * Self.sampleSize)
        self.kernels = kernels
        self.dimension = dimension
    }

    /// Elements of scratch memory per worker.
    static func scratch(dimension: Int, _ kernels: KernelTable) -> Int {
        kernels.sourceGroup * (dimension + kernels.panelColumns + mostPivots)
    }

    /// Orders `points`.
    ///
    /// - Parameters:
    ///   - cosine: points with at least this cosine are near.
    ///   - scratch: memory of each worker.
    func arrange(
        _ points: RowPointer, count: Int, nearCosine cosine: Float, threads: Int,
        scratch: @Sendable (_ worker: Int) -> UnsafeMutablePointer<Float>
    ) {
        let cellCount = choosePivots(points, count: count, nearCosine: cosine)
        assign(points, count: count, pivots: cellCount, threads: threads, scratch: scratch)
        // A counting sort, which keeps the order within a cell.
        withUnsafeTemporaryAllocation(of: Int.self, capacity: cellCount + 1) { starts in
            for cell in 0...cellCount { starts[cell] = 0 }
            for i in 0..<count { starts[Int(cells.start[i]) + 1] += 1 }
            for cell in 1...cellCount { starts[cell] += starts[cell - 1] }
            for i in 0..<count {
                let cell = Int(cells.start[i])
                rows.start[starts[cell]] = Int32(i)
                starts[cell] += 1
            }
        }
    }

    /// Chooses pivots farthest first, puts them into a chain and packs them; returns their number.
    private func choosePivots(_ points: RowPointer, count: Int, nearCosine: Float) -> Int {
        let size = min(count, Self.sampleSize)
        let stride = count / size
        let (best, cosines) = (nearest.start, nearest.start + Self.sampleSize)
        for i in 0..<size { best[i] = -2 }
        var chosen = 0
        var next = 0
        while next < size - 1 && !isUsable(points.start + next * stride * points.stride) { next += 1 }
        while chosen < Self.mostPivots {
            let pivot = pivots.start + chosen * dimension
            pivot.update(from: points.start + next * stride * points.stride, count: dimension)
            chosen += 1
            kernels.pairedCosines(points.start, stride * points.stride, pivot, 0, size, dimension, cosines)
            var farthest: Float = 2
            for i in 0..<size {
                // Zero rows and rows with NaN are as near to one pivot as to another.
                best[i] = cosines[i].isNaN ? 1 : max(best[i], cosines[i])
                if best[i] < farthest {
                    farthest = best[i]
                    next = i
                }
            }
            if farthest >= nearCosine { break }
        }
        chain(chosen)
        for first in Swift.stride(from: 0, to: chosen, by: kernels.panelColumns) {
            kernels.packPanel(
                pivots.start + first * dimension, dimension, min(kernels.panelColumns, chosen - first), dimension, nil,
                panels.start + first * dimension)
        }
        return chosen
    }

    private func isUsable(_ row: UnsafePointer<Float>) -> Bool {
        var square: Float = 0
        for k in 0..<dimension { square += row[k] * row[k] }
        return square > 0 && square < .infinity
    }

    /// Brings the pivots into the order of a chain: each is followed by the nearest of those left.
    private func chain(_ count: Int) {
        for position in 1..<max(1, count - 1) {
            let last = pivots.start + (position - 1) * dimension
            let cosines = nearest.start
            let rest = pivots.start + position * dimension
            kernels.pairedCosines(rest, dimension, last, 0, count - position, dimension, cosines)
            var best = 0
            for i in 0..<count - position where cosines[i] > cosines[best] { best = i }
            if best == 0 { continue }
            let other = rest + best * dimension
            for k in 0..<dimension { (rest[k], other[k]) = (other[k], rest[k]) }
        }
    }

    /// The nearest pivot of every point.
    private func assign(
        _ points: RowPointer, count: Int, pivots: Int, threads: Int,
        scratch: @Sendable (_ worker: Int) -> UnsafeMutablePointer<Float>
    ) {
        let group = kernels.sourceGroup
        // 64 groups at a time: some 10 microseconds.
        let unitGroups = 64
        let groups = (count + group - 1) / group
        parallelFor(units: (groups + unitGroups - 1) / unitGroups, threads: threads) { worker, unit in
            let packed = scratch(worker)
            let tile = packed + group * dimension
            let cosines = tile + group * kernels.panelColumns
            for g in unit * unitGroups..<min((unit + 1) * unitGroups, groups) {
                let first = g * group
                let size = min(group, count - first)
                kernels.packSourceGroup(
                    points.start + first * points.stride, points.stride, size, dimension, nil, packed)
                kernels.cosineStrip(panels.start, pivots, packed, size, dimension, tile, cosines, Self.mostPivots)
                for r in 0..<size {
                    let row = cosines + r * Self.mostPivots
                    var best = 0
                    for cell in 1..<max(1, pivots) where row[cell] > row[best] { best = cell }
                    cells.start[first + r] = UInt8(best)
                }
            }
        }
    }
}
