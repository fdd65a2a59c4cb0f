internal import SphereKernels

/// How one grid of a ``GatherTask`` is cut into strips, blocks of channels and units of work.
///
/// Depends on the shapes alone: so do results, moments included.
struct GatherPlan: Sendable {
    /// A unit of work: a strip of pixels and a block of output channels.
    struct Unit {
        let strip: Int
        let map: Int
        let rows: Range<Int>
        let columns: Range<Int>
        let channels: Range<Int>
    }

    /// Products whose panel of weights stays in a 32 KiB first-level cache (24 KiB with 16 columns).
    static let longestDepth = 384
    /// Taps that do not lie side by side and yet go together, at most: those of a window of 3 x 3.
    private static let mostDilatedTaps = 9
    /// Channels from which on neighboring pixels are so far apart that no prefetcher follows a tile, which takes a little of each.
    static let wideChannels = 128
    /// Elements of a strip of the source: with the strip of the result and a panel it stays in half of a 512 KiB second-level cache.
    private static let bufferElements = 48 * 1024
    /// Pixels of a strip at least: enough to read the weights, which come from farther away, rarely.
    private static let fewestStripPixels = 256
    /// Elements of a strip of the result where there are strips enough: the more rows, the less is gathered twice.
    private static let stripElements = 32 * 1024
    /// Strips that balance threads, and share moments of channels, well enough.
    private static let fewestStrips = 64

    let grid: TapGrid
    /// How minimal filtering would cut it up, where it gains.
    let winograd: WinogradPlan?
    /// Whether all pixels of all maps are one row, which they are where each is made from the one at its place.
    let isFlat: Bool
    /// The source, as one row of pixels if the grid is flattened.
    let sourceShape: MapShape
    /// Source channels that go together.
    let blocks: [Range<Int>]
    /// Segments (runs of taps of one block of channels) whose products are added up in registers.
    let segmentsTogether: Int
    /// Whether the source is read where it lies.
    let isDirect: Bool
    /// Whether the result has so few channels that lanes go over the products; weights are packed as rows then, one per channel.
    let isNarrow: Bool
    /// Rows of the packed weights.
    let depth: Int
    let packedStart: Int
    let packedSize: Int
    // The box of taps around a pixel.
    let top: Int
    let left: Int
    let spanY: Int
    let spanX: Int
    let bufferColumns: Int
    let bufferSize: Int
    private let maps: Int
    private let rowPieces: Pieces
    private let columnPieces: Pieces
    let channelPieces: Pieces
    /// Where segments start, for the first blocks and for the last one.
    private let segments: [Int]
    private let lastSegments: [Int]
    /// Where taps start, likewise.
    private let taps: [Int]
    private let lastTaps: [Int]

    /// - Parameter isPlain: whether the source is read as it is, through no scale, shift or rectifier.
    init(
        _ original: TapGrid, _ pass: GatherPlanKey.Pass, source: MapShape, resultChannels: Int, isPlain: Bool,
        kernels: LayerKernels, packedStart: Int = 0
    ) {
        isFlat = original.isPointwise(source: source)
        let shape =
            isFlat ? MapShape(batch: 1, height: 1, width: source.pixels, channels: source.channels) : source
        let grid = isFlat ? original.flattened(source: source) : original
        self.grid = grid
        sourceShape = shape
        winograd = WinogradPlan(grid, pass, source: shape, resultChannels: resultChannels, kernels: kernels)
        maps = shape.batch
        depth = grid.taps.count * shape.channels
        let padded = (resultChannels + kernels.lanes - 1) / kernels.lanes * kernels.lanes
        self.packedStart = packedStart
        packedSize = depth * padded

        // Dilated taps lie apart in a high and wide box, of which few channels leave room for many pixels; all taps go together then.
        let together = grid.runLength > 1 ? grid.runLength : min(Self.mostDilatedTaps, max(1, grid.taps.count))
        let longest = max(8, Self.longestDepth / together / 8 * 8)
        let count = max(1, (shape.channels + longest - 1) / longest)
        let length = ((shape.channels + count - 1) / count + 7) / 8 * 8
        blocks = stride(from: 0, to: shape.channels, by: length).map { $0..<min($0 + length, shape.channels) }
        let segmentLength = max(1, grid.runLength * min(length, shape.channels))
        // Blocks are multiples of 8 channels, the last one too if all are of the lanes.
        isNarrow =
            resultChannels <= kernels.narrowChannels && shape.channels % kernels.lanes == 0
            && length % kernels.lanes == 0
        // The rows of few channels are short: three blocks of 1152 products stay in the first-level cache, and sums over lanes
        // are rare.
        segmentsTogether = max(1, (isNarrow ? 3 : 1) * Self.longestDepth / segmentLength)

        (top, left) = (grid.top, grid.left)
        (spanY, spanX) = (grid.bottom - grid.top + 1, grid.right - grid.left + 1)
        isDirect = grid.taps.count == 1 && isPlain && grid.isInside(shape) && grid.top == 0 && grid.left == 0
        // Strips: whole rows if they are not too long, as many as the buffer and the pixels allow.
        let widest = max(48, min(Self.fewestStripPixels, Self.bufferElements / max(1, length * spanY)))
        let stripPixels = max(
            Self.fewestStripPixels,
            min(
                Self.stripElements / max(1, resultChannels),
                maps * grid.rows * grid.columns / Self.fewestStrips))
        columnPieces = Pieces(
            grid.columns, atMost: max(1, (grid.columns + widest - 1) / widest), step: kernels.tileRows)
        let columns = columnPieces.longest
        let span = (max(1, columns) - 1) * grid.stepX + spanX
        bufferColumns = span
        let rowsInBuffer = (Self.bufferElements / max(1, span * length) - spanY) / grid.stepY + 1
        let rows = max(1, min(rowsInBuffer, stripPixels / max(1, columns), grid.rows))
        let strips = max(1, (grid.rows + rows - 1) / rows)
        rowPieces = Pieces(grid.rows, atMost: strips, step: 1)
        bufferSize = isDirect ? 0 : ((rowPieces.longest - 1) * grid.stepY + spanY) * span * length
        // Few strips of many channels are shared by channels too.
        let stripCount = maps * rowPieces.count * columnPieces.count
        channelPieces = Pieces(
            resultChannels, atMost: max(1, 16 / max(1, stripCount)), step: 4 * kernels.panelColumns)

        func starts(_ block: Range<Int>?) -> [Int] {
            let size = block?.count ?? 0
            return grid.runs.map { run in ((run.y - grid.top) * span + run.x - grid.left) * size }
        }
        func taps(_ block: Range<Int>?) -> [Int] {
            starts(block).flatMap { start in (0..<grid.runLength).map { start + $0 * (block?.count ?? 0) } }
        }
        segments = starts(blocks.first)
        lastSegments = starts(blocks.last)
        self.taps = taps(blocks.first)
        lastTaps = taps(blocks.last)
    }

    /// Strips of pixels.
    var strips: Int { maps * rowPieces.count * columnPieces.count }

    /// Units of work: the strips of a block of output channels follow one another.
    var units: Int { strips * channelPieces.count }

    func unit(_ index: Int) -> Unit {
        let strip = index % strips
        let perMap = rowPieces.count * columnPieces.count
        return Unit(
            strip: strip, map: strip / perMap, rows: rowPieces[strip % perMap / columnPieces.count],
            columns: columnPieces[strip % columnPieces.count], channels: channelPieces[index / strips])
    }

    /// Pixels of strip number `strip`.
    func pixels(ofStrip strip: Int) -> Int {
        let unit = unit(strip)
        return unit.rows.count * unit.columns.count
    }

    /// Pixels of the longest strip.
    var longestStrip: Int { rowPieces.longest * columnPieces.longest }

    /// Calls `body` with where the segments of a block of channels start; all 0 where the source is read in place.
    func withSegments(ofBlock index: Int, _ body: (UnsafeBufferPointer<Int>) -> Void) {
        (index == blocks.count - 1 ? lastSegments : segments).withUnsafeBufferPointer(body)
    }

    /// Taps whose rows of weights follow one another without gaps: those of a run, if one block has all channels.
    var tapsTogether: Int { blocks.count == 1 ? grid.runLength : 1 }

    /// Calls `body` with where the taps of a block of channels start, as many at a time as lie together.
    func withTaps(ofBlock index: Int, _ body: (UnsafeBufferPointer<Int>) -> Void) {
        if tapsTogether > 1 { return withSegments(ofBlock: index, body) }
        (index == blocks.count - 1 ? lastTaps : taps).withUnsafeBufferPointer(body)
    }
}
