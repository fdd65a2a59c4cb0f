internal import SphereKernels

/// How a convolution with a window of 3 x 3 and stride 1, or one of its gradients, is cut up for minimal filtering: tiles of 2 x 2 pixels of the
/// result, each from 4 x 4 of the source, both as far apart as the taps.
///
/// Depends on the shapes alone: so do results.
struct WinogradPlan: Sendable {
    /// Channels on either side from which on the products that are saved outweigh the transforms.
    private static let fewestChannels = 32
    /// Pixels of the result from which on threads find enough to do.
    private static let fewestPixels = 1024
    /// Tiles of a unit of work, unless dilation makes it more: few leave the transforms in the second-level cache; many, for gradients of
    /// weights and for weights that do not fit there, read and write weights less often.
    private static let unitTiles = (few: 64, many: 128)
    /// Weights of a tap from which on tiles are many.
    private static let manyWeights = 1 << 17
    /// Source channels that are copied, with padding and through what comes before, at a time.
    private static let mostCopiedChannels = 64
    /// Positions of a tile's transform.
    static let positions = 16

    /// A unit of work: pixels of a map, the first rows and columns of tiles among them.
    struct Unit {
        let strip: Int
        let map: Int
        let rows: Range<Int>
        let columns: Range<Int>
    }

    /// Pixels from one tap to the next.
    let dilationY: Int
    let dilationX: Int
    /// The first tap.
    let top: Int
    let left: Int
    /// Where the weights of each tap start, row by row.
    let tapStarts: [Int]
    /// Source channels that are copied together.
    let blocks: [Range<Int>]
    /// Elements of the largest copy.
    let copySize: Int
    /// Tiles of the largest unit.
    let mostTiles: Int
    private let rows: Int
    private let columns: Int
    private let maps: Int
    // In blocks of 2 dilationY x 2 dilationX pixels, dilationY x dilationX tiles.
    private let rowPieces: Pieces
    private let columnPieces: Pieces

    /// `nil` where `grid` is not such a window, or is too small to gain.
    init?(
        _ grid: TapGrid, _ pass: GatherPlanKey.Pass, source: MapShape, resultChannels: Int, kernels: LayerKernels
    ) {
        guard
            grid.taps.count == 9, grid.stepY == 1, grid.stepX == 1, grid.start == 0, grid.resultPixelStep == 1,
            grid.resultRowStep == grid.columns, source.channels % kernels.lanes == 0,
            resultChannels % kernels.lanes == 0, min(source.channels, resultChannels) >= Self.fewestChannels,
            source.batch * grid.rows * grid.columns >= Self.fewestPixels
        else { return nil }
        let places = grid.runs.flatMap { run in (0..<grid.runLength).map { (y: run.y, x: run.x + $0) } }
        (dilationY, dilationX) = (places[3].y - places[0].y, places[1].x - places[0].x)
        (top, left) = (places[0].y, places[0].x)
        for (i, place) in places.enumerated() {
            guard place == (top + i / 3 * dilationY, left + i % 3 * dilationX) else { return nil }
        }
        guard dilationY >= 1 && dilationX >= 1 else { return nil }
        tapStarts = grid.taps.map { $0 * source.channels * resultChannels }
        (rows, columns, maps) = (grid.rows, grid.columns, source.batch)
        let rowBlocks = (rows + 2 * dilationY - 1) / (2 * dilationY)
        let columnBlocks = (columns + 2 * dilationX - 1) / (2 * dilationX)
        let isMany = pass == .backwardWeights || source.channels * resultChannels >= Self.manyWeights
        let unitBlocks = max(1, (isMany ? Self.unitTiles.many : Self.unitTiles.few) / (dilationY * dilationX))
        columnPieces = Pieces(columnBlocks, atMost: max(1, (columnBlocks + unitBlocks - 1) / unitBlocks), step: 1)
        let together = max(1, unitBlocks / columnPieces.longest)
        rowPieces = Pieces(rowBlocks, atMost: max(1, (rowBlocks + together - 1) / together), step: 1)
        mostTiles = rowPieces.longest * dilationY * columnPieces.longest * dilationX
        let count = (source.channels + Self.mostCopiedChannels - 1) / Self.mostCopiedChannels
        let length = (source.channels / kernels.lanes + count - 1) / count * kernels.lanes
        blocks = stride(from: 0, to: source.channels, by: length).map { $0..<min($0 + length, source.channels) }
        copySize = (rowPieces.longest + 1) * 2 * dilationY * (columnPieces.longest + 1) * 2 * dilationX * length
    }

    var units: Int { maps * rowPieces.count * columnPieces.count }

    func unit(_ number: Int) -> Unit {
        let perMap = rowPieces.count * columnPieces.count
        let (rowBlocks, columnBlocks) = (
            rowPieces[number % perMap / columnPieces.count], columnPieces[number % columnPieces.count]
        )
        return Unit(
            strip: number, map: number / perMap,
            rows: rowBlocks.lowerBound * 2 * dilationY..<min(rowBlocks.upperBound * 2 * dilationY, rows),
            columns: columnBlocks.lowerBound * 2 * dilationX..<min(columnBlocks.upperBound * 2 * dilationX, columns))
    }

    /// Rows of tiles of a unit.
    func tileRows(of unit: Unit) -> Int { Self.tiles(over: unit.rows.count, dilation: dilationY) }

    /// Columns of tiles of a unit.
    func tileColumns(of unit: Unit) -> Int { Self.tiles(over: unit.columns.count, dilation: dilationX) }

    /// The first pixel of a tile.
    static func pixel(ofTile tile: Int, dilation: Int) -> Int { tile / dilation * 2 * dilation + tile % dilation }

    private static func tiles(over pixels: Int, dilation: Int) -> Int {
        pixels / (2 * dilation) * dilation + min(pixels % (2 * dilation), dilation)
    }

    /// A row of a unit's tiles on a map of the given elements of a row and of a pixel, and their transform.
    func row(ofPixels rowStep: Int, _ channels: Int, _ unit: Unit, tileStep: Int? = nil) -> LayerKernels.WinogradRow {
        let tileStep = tileStep ?? channels
        return (
            tileColumns(of: unit), dilationX, dilationY * rowStep, dilationX * channels, channels, channels, tileStep,
            mostTiles * tileStep
        )
    }

    /// The transform of a unit's source, block of channels by block.
    ///
    /// - Parameters:
    ///   - copy: ``copySize`` elements.
    ///   - tiles: positions x ``mostTiles`` x channels elements.
    func transform(
        _ source: UnsafePointer<Float>, _ shape: MapShape, _ affine: AffinePointers, _ unit: Unit,
        _ kernels: LayerKernels, by copy: UnsafeMutablePointer<Float>, into tiles: UnsafeMutablePointer<Float>
    ) {
        // Tiles reach two dilations beyond their block.
        func reach(_ pixels: Int, _ dilation: Int) -> Int { ((pixels - 1) / (2 * dilation) + 2) * 2 * dilation }
        let (rows, columns) = (reach(unit.rows.count, dilationY), reach(unit.columns.count, dilationX))
        let (y, x) = (unit.rows.lowerBound + top, unit.columns.lowerBound + left)
        let map = source + unit.map * shape.height * shape.width * shape.channels
        for block in blocks {
            copySource(
                map + block.lowerBound, shape, y..<y + rows, x..<x + columns, block, affine, kernels, into: copy,
                rowStep: columns * block.count)
            let row = row(ofPixels: columns * block.count, block.count, unit, tileStep: shape.channels)
            for tileRow in 0..<tileRows(of: unit) {
                kernels.winogradSource(
                    UnsafePointer(copy) + Self.pixel(ofTile: tileRow, dilation: dilationY) * columns * block.count, row,
                    tiles + tileRow * row.tiles * shape.channels + block.lowerBound)
            }
        }
    }
}
