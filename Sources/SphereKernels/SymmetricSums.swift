internal import CInstructionSets

/// The memory of a blurring step beside its points: sums of both sides, scratch, and the counters of the schedule.
final class SymmetricSums: Sendable {
    /// What points across the lanes have got, as panels.
    let panelSums: AlignedBuffer<Float>
    let panelTotals: AlignedBuffer<Float>
    /// What points one after the other have got, row-major.
    let rowSums: AlignedBuffer<Float>
    let rowTotals: AlignedBuffer<Float>
    let turns: PartCounters
    let bounds: BlockBounds
    let order: ClusterOrder
    /// Tiles that each worker has evaluated.
    let evaluated: AlignedBuffer<Int>
    private let scratch: AlignedBuffer<Float>
    private let workerScratch: Int
    private let kernelScratch: Int
    private let dimension: Int
    private let stride: Int

    /// Bytes of what a unit of work goes over again and again for one of its parts (panels, their sums, rows): half of a
    /// second-level cache of 512 KiB.
    private static let partBytes = 256 * 1024

    init(capacity: Int, _ blocks: PackedBlocks, _ kernels: KernelTable, workers: Int) {
        dimension = blocks.dimension
        stride = blocks.stride
        let count = (capacity + kernels.blockRows - 1) / kernels.blockRows
        let rows = count * kernels.blockRows
        panelSums = AlignedBuffer(count: rows * dimension)
        panelTotals = AlignedBuffer(count: rows)
        rowSums = AlignedBuffer(count: rows * stride)
        rowTotals = AlignedBuffer(count: rows)
        let schedule = Self.schedule(blocks: max(1, count), blocks)
        turns = PartCounters(capacity: schedule.parts)
        // Of any number of blocks up to the capacity: fewer may have larger parts.
        let part = min(count, Self.largestPart(blocks))
        bounds = BlockBounds(
            blocks: count, largestPart: part, dimension: dimension, workers: workers, kernels)
        order = ClusterOrder(capacity: capacity, dimension: dimension, kernels)
        evaluated = AlignedBuffer(count: workers)
        // The largest of what the phases of a step need: the kernels, an ordered block with what finishes it, the bounds of a
        // part's blocks.
        workerScratch = [
            kernels.symmetricScratch + part, kernels.blockRows * (dimension + 2),
            ClusterOrder.scratch(dimension: dimension), BlockBounds.scratch(kernels),
        ].max()!
        scratch = AlignedBuffer(count: workers * workerScratch)
        kernelScratch = kernels.symmetricScratch
    }

    /// The schedule of so many blocks; it depends on their number and dimension alone.
    static func schedule(blocks count: Int, _ blocks: PackedBlocks) -> BlockSchedule {
        BlockSchedule(blocks: count, largestPart: largestPart(blocks))
    }

    /// The most blocks that a part of any schedule has.
    private static func largestPart(_ blocks: PackedBlocks) -> Int {
        let blockBytes = blocks.blockRows * (2 * blocks.dimension + blocks.stride) * MemoryLayout<Float>.stride
        return max(1, partBytes / blockBytes)
    }

    func scratch(_ worker: Int) -> UnsafeMutablePointer<Float> { scratch.start + worker * workerScratch }

    /// Room for a number per block of a part, beside what the kernels use.
    func partScratch(_ worker: Int) -> UnsafeMutablePointer<Float> { scratch(worker) + kernelScratch }

    /// Sets the sums of `rows` rows from `first` on to zero.
    func clear(from first: Int, rows: Int) {
        (panelSums.start + first * dimension).update(repeating: 0, count: rows * dimension)
        (panelTotals.start + first).update(repeating: 0, count: rows)
        (rowSums.start + first * stride).update(repeating: 0, count: rows * stride)
        (rowTotals.start + first).update(repeating: 0, count: rows)
    }

    /// Begins to count tiles.
    func clearEvaluated() { evaluated.start.update(repeating: 0, count: evaluated.count) }

    /// The share of the tiles of so many blocks that was evaluated.
    func evaluatedShare(blocks: Int) -> Double {
        let tiles = (0..<evaluated.count).reduce(0) { $0 + evaluated.start[$1] }
        return Double(tiles) / Double(blocks * (blocks + 1) / 2)
    }
}
