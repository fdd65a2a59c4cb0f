/// How a product is cut into blocks that fit the caches, and into units of work for threads.
///
/// Only ``depthBlock`` changes the order of additions, and it depends on the inner size alone.
struct ProductBlocking: Sendable {
    /// A unit of work: some rows and columns of one matrix of the batch.
    struct Unit {
        let matrix: Int
        let rows: Range<Int>
        let columns: Range<Int>
    }

    /// The longest block of the inner index: a group of 6 or 8 rows of it (12 or 16 KiB) stays in a 32 KiB L1 while the panels
    /// stream past, and the result is read and written once per 512 products.
    private static let longestDepth = 512

    /// Products of one block of the inner index.
    let depthBlock: Int
    /// Whether all panels of a unit's columns stay in the second-level cache, over all of the inner index.
    let isResident: Bool
    /// Rows that go together over all of the inner index if `isResident`.
    let residentRows: Int
    let packsLeft: Bool
    let packsRight: Bool
    /// Elements of the packed left operand, 0 if it is not packed here.
    let packedLeftSize: Int
    /// Elements that a worker packs panels into.
    let workerSize: Int
    /// Units of work.
    let units: Int
    private let rowPieces: ProductPieces
    private let columnPieces: ProductPieces

    init(_ task: ProductTask, threads: Int) {
        let (kernels, shape) = (task.kernels, task.shape)
        let (group, width) = (kernels.productGroup, kernels.panelColumns)
        let depth = max(1, shape.depth)
        let depthCount = (depth + Self.longestDepth - 1) / Self.longestDepth
        depthBlock = (depth + depthCount - 1) / depthCount

        // Half of the second-level cache: 512 KiB on Zen 2 and 3, 1 MiB and more wherever there is AVX-512.
        let panelElements = (kernels.lanes == 16 ? 512 : 256) * 1024 / 4
        isResident = kernels.wholeVectors(shape.columns) * depth <= panelElements
        residentRows = depthCount == 1 ? max(group, shape.rows) / group * group : group
        let blockColumns = isResident ? shape.columns : max(1, panelElements / depthBlock / width) * width
        columnPieces = ProductPieces(shape.columns, unit: max(width, blockColumns / width * width))

        // A panel of the right operand that only one group reads is read where it lies.
        packsRight = !task.right.isPacked && (task.right.isTransposed || shape.rows > group)
        // Broadcasts from rows that lie 4 KiB apart compete for one set of the first-level cache, and across rows every one
        // is another line. Packing costs about a cycle an element, and pays when each is used for enough columns.
        let least = task.left.isTransposed ? 2 * width + 1 : 512
        packsLeft = !task.left.isPacked && shape.columns >= least && shape.depth > 0

        // Rows are shared too where there are too few blocks of columns for the threads. Results do not depend on it.
        let blocks = columnPieces.count * task.count
        let wanted = threads == 1 ? 1 : max(1, (4 * threads + blocks - 1) / blocks)
        let rows = (shape.rows + wanted - 1) / wanted
        rowPieces = ProductPieces(
            shape.rows, unit: max(packsRight ? 8 * group : group, (rows + group - 1) / group * group))

        units = task.count * rowPieces.count * columnPieces.count
        packedLeftSize = packsLeft ? (task.left.matrixStride == 0 ? 1 : task.count) * shape.rows * depth : 0
        let widest = kernels.wholeVectors(columnPieces.count == 0 ? 0 : columnPieces[columnPieces.count - 1].count)
        workerSize = packsRight ? widest * (isResident ? depth : depthBlock) : 0
    }

    /// Unit number `index`: the rows of a block of columns follow each other.
    func unit(_ index: Int) -> Unit {
        let block = index / rowPieces.count
        return Unit(
            matrix: block / columnPieces.count, rows: rowPieces[index % rowPieces.count],
            columns: columnPieces[block % columnPieces.count])
    }

    /// The blocks of the inner index, in order.
    func depthBlocks(of depth: Int) -> DepthBlocks { DepthBlocks(depth: depth, length: depthBlock) }

    /// The blocks of the inner index.
    struct DepthBlocks: Sequence, IteratorProtocol {
        let depth: Int
        let length: Int
        private var first = 0

        init(depth: Int, length: Int) {
            self.depth = depth
            self.length = length
        }

        mutating func next() -> Range<Int>? {
            if first >= depth { return nil }
            let range = first..<Swift.min(depth, first + length)
            first += length
            return range
        }
    }
}
