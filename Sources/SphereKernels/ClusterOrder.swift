/// An order of points in which near ones stand together, so that blocks of them are narrow and far pairs of blocks negligible.
///
/// The points are cut in two along the direction in which they vary most, where the two sides vary least (Otsu 1979), at a
/// whole number of blocks; each side again, down to single blocks. The direction comes from at most 96 of the points, by power iterations.
/// O(N D log N): a twentieth of a step at N = 4096.
struct ClusterOrder: Sendable {
    /// Row numbers in the new order.
    let rows: AlignedBuffer<Int32>
    /// Of the row at each place, on the direction of its run.
    private let projections: AlignedBuffer<Float>
    /// Starts of the runs of a level, and the end of the last; the levels take turns.
    private let runs: (AlignedBuffer<Int32>, AlignedBuffer<Int32>)
    /// Where each run of a level is cut: its start if it is not.
    private let cuts: AlignedBuffer<Int32>
    private let blockRows: Int
    private let dimension: Int

    /// Points that a direction is found from.
    private static let sampleSize = 96
    private static let powerIterations = 3
    private static let bins = 64
    /// Neither side of a cut has less than this part of a run, which bounds the number of levels.
    private static let smallestSide = 8

    init(capacity: Int, dimension: Int, _ kernels: KernelTable) {
        blockRows = kernels.blockRows
        self.dimension = dimension
        rows = AlignedBuffer(count: capacity)
        projections = AlignedBuffer(count: capacity)
        let most = (capacity + blockRows - 1) / blockRows + 1
        runs = (AlignedBuffer(count: most), AlignedBuffer(count: most))
        cuts = AlignedBuffer(count: most)
    }

    /// Elements of scratch memory per worker.
    static func scratch(dimension: Int) -> Int { (sampleSize + 2) * dimension }

    /// Orders `points`.
    ///
    /// - Parameter scratch: memory of each worker.
    func arrange(
        _ points: RowPointer, count: Int, threads: Int,
        scratch: @Sendable (_ worker: Int) -> UnsafeMutablePointer<Float>
    ) {
        for i in 0..<count { rows.start[i] = Int32(i) }
        var (level, next) = runs
        level.start[0] = 0
        level.start[1] = Int32(count)
        var runCount = 1
        while true {
            let starts = level
            parallelFor(units: runCount, threads: threads) { worker, run in
                let (start, end) = (Int(starts.start[run]), Int(starts.start[run + 1]))
                cuts.start[run] = Int32(start + cut(points, start, end - start, scratch(worker)))
            }
            var cutCount = 0
            for run in 0..<runCount {
                next.start[run + cutCount] = level.start[run]
                if cuts.start[run] == level.start[run] { continue }
                cutCount += 1
                next.start[run + cutCount] = cuts.start[run]
            }
            if cutCount == 0 { return }
            runCount += cutCount
            next.start[runCount] = Int32(count)
            swap(&level, &next)
        }
    }

    /// Divides the run of `count` rows from `start` on; returns the number of rows before the cut, 0 for a single block.
    private func cut(
        _ points: RowPointer, _ start: Int, _ count: Int, _ scratch: UnsafeMutablePointer<Float>
    ) -> Int {
        if count <= blockRows { return 0 }
        let (rows, projections) = (rows.start + start, projections.start + start)
        let direction = findDirection(of: points, rows, count, scratch)
        var (smallest, largest) = (Float.infinity, -Float.infinity)
        for i in 0..<count {
            let projection = dot(points.start + Int(rows[i]) * points.stride, direction)
            // Rows with NaN or infinity are as good in one place as in another.
            projections[i] = projection.isFinite ? projection : 0
            smallest = min(smallest, projections[i])
            largest = max(largest, projections[i])
        }
        let place = threshold(projections, count, smallest, largest)
        select(place, projections, rows, count)
        return place
    }

    /// A unit vector along which the rows vary much, in `scratch`.
    private func findDirection(
        of points: RowPointer, _ rows: UnsafePointer<Int32>, _ count: Int, _ scratch: UnsafeMutablePointer<Float>
    ) -> UnsafePointer<Float> {
        let size = min(count, Self.sampleSize)
        var (direction, other) = (scratch + size * dimension, scratch + (size + 1) * dimension)
        direction.update(repeating: 0, count: dimension)
        for i in 0..<size {
            let sample = scratch + i * dimension
            sample.update(from: points.start + Int(rows[i * count / size]) * points.stride, count: dimension)
            if !dot(sample, sample).isFinite { sample.update(repeating: 0, count: dimension) }
            add(1 / Float(size), sample, to: direction)
        }
        var farthest = 0
        var largest: Float = -1
        for i in 0..<size {
            let sample = scratch + i * dimension
            add(-1, direction, to: sample)
            let square = dot(sample, sample)
            if square > largest { (farthest, largest) = (i, square) }
        }
        direction.update(from: scratch + farthest * dimension, count: dimension)
        for _ in 0..<Self.powerIterations {
            let length = dot(direction, direction).squareRoot()
            if !(length > 0) { break }
            other.update(repeating: 0, count: dimension)
            for i in 0..<size {
                let sample = scratch + i * dimension
                add(dot(sample, direction) / length, sample, to: other)
            }
            swap(&direction, &other)
        }
        return UnsafePointer(direction)
    }

    /// The number of rows before the cut that leaves the least variance on its sides.
    private func threshold(
        _ projections: UnsafePointer<Float>, _ count: Int, _ smallest: Float, _ largest: Float
    ) -> Int {
        func blocks(_ rows: Int) -> Int { (rows + blockRows / 2) / blockRows * blockRows }
        let least = max(blockRows, blocks(count / Self.smallestSide))
        let most = max(least, min((count - 1) / blockRows * blockRows, blocks(count - count / Self.smallestSide)))
        if least == most || !(largest > smallest) { return blocks((least + most) / 2) }
        let bins = Self.bins
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * bins) { memory in
            let (counts, sums) = (memory.baseAddress!, memory.baseAddress! + bins)
            counts.update(repeating: 0, count: 2 * bins)
            let scale = Float(bins) / (largest - smallest)
            for i in 0..<count {
                let bin = min(bins - 1, Int((projections[i] - smallest) * scale))
                counts[bin] += 1
                sums[bin] += projections[i] - smallest
            }
            var total: Float = 0
            for bin in 0..<bins { total += sums[bin] }
            let all = Float(count)
            var (before, sum) = (Float(0), Float(0))
            var (best, largestVariance) = (all / 2, Float(-1))
            for bin in 0..<bins - 1 {
                before += counts[bin]
                sum += sums[bin]
                if before < Float(least - blockRows / 2) || before > Float(most + blockRows / 2) || before == all {
                    continue
                }
                let difference = total * before / all - sum
                let variance = difference * difference / (before * (all - before))
                if variance > largestVariance { (best, largestVariance) = (before, variance) }
            }
            return max(least, min(most, blocks(Int(best))))
        }
    }

    /// Brings the `place` smallest projections, with their rows, to the front (Hoare 1961).
    private func select(
        _ place: Int, _ projections: UnsafeMutablePointer<Float>, _ rows: UnsafeMutablePointer<Int32>, _ count: Int
    ) {
        var (low, high) = (0, count - 1)
        while low < high {
            let (a, b, c) = (projections[low], projections[low + (high - low) / 2], projections[high])
            let pivot = max(min(a, b), min(max(a, b), c))
            var (i, j) = (low, high)
            while i <= j {
                while projections[i] < pivot { i += 1 }
                while projections[j] > pivot { j -= 1 }
                if i <= j {
                    (projections[i], projections[j]) = (projections[j], projections[i])
                    (rows[i], rows[j]) = (rows[j], rows[i])
                    i += 1
                    j -= 1
                }
            }
            if place <= j {
                high = j
            } else if place >= i {
                low = i
            } else {
                return
            }
        }
    }

    // MARK: Vectors

    private typealias Lanes = SIMD8<Float>

    private func lanes(_ x: UnsafePointer<Float>) -> Lanes { UnsafeRawPointer(x).loadUnaligned(as: Lanes.self) }

    private func dot(_ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>) -> Float {
        var sums = Lanes()
        var k = 0
        while k + Lanes.scalarCount <= dimension {
            sums += lanes(x + k) * lanes(y + k)
            k += Lanes.scalarCount
        }
        var sum = sums.sum()
        while k < dimension {
            sum += x[k] * y[k]
            k += 1
        }
        return sum
    }

    private func add(_ factor: Float, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>) {
        var k = 0
        while k + Lanes.scalarCount <= dimension {
            UnsafeMutableRawPointer(y + k).storeBytes(of: lanes(y + k) + factor * lanes(x + k), as: Lanes.self)
            k += Lanes.scalarCount
        }
        while k < dimension {
            y[k] += factor * x[k]
            k += 1
        }
    }
}
