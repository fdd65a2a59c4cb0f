/// A grid of pixels of a result, and where in the source each of them is gathered from.
///
/// Pixel (i, j) is the sum over taps of weights times the source's pixel (i stepY + tap y, j stepX + tap x), 0 outside the source. Taps
/// whose source pixels follow one another in a row make a run, which is contiguous in memory. A forward convolution is one grid; the
/// gradient of its input is one per residue of the stride, each with the taps that hit it.
struct TapGrid: Sendable {
    /// Pixels of the grid.
    let rows: Int
    let columns: Int
    /// Source rows and columns from one pixel of the grid to the next.
    let stepY: Int
    let stepX: Int
    /// The first tap of each run.
    let runs: [(y: Int, x: Int)]
    let runLength: Int
    /// The number of each tap among the weights (row * window width + column), run by run.
    let taps: [Int]
    /// The grid's first pixel in the result, and how far its rows and columns are apart there, in pixels.
    let start: Int
    let resultRowStep: Int
    let resultPixelStep: Int

    /// The grid of a forward convolution.
    init(forward geometry: ConvolutionGeometry) {
        let window = geometry.window
        rows = geometry.output.height
        columns = geometry.output.width
        stepY = window.verticalStride
        stepX = window.horizontalStride
        let isRun = window.horizontalDilation == 1
        runLength = isRun ? window.width : 1
        runs = (0..<window.height).flatMap { i in
            (0..<(isRun ? 1 : window.width)).map { j in
                (i * window.verticalDilation - window.top, j * window.horizontalDilation - window.left)
            }
        }
        taps = Array(0..<window.height * window.width)
        start = 0
        resultRowStep = columns
        resultPixelStep = 1
    }

    /// The grid of the input pixels of the residues (`y`, `x`) of a stride, gathered from the gradient of the output; `nil` if there are no
    /// such pixels.
    init?(backward geometry: ConvolutionGeometry, y: Int, x: Int) {
        let (window, input) = (geometry.window, geometry.input)
        guard y < input.height, x < input.width else { return nil }
        rows = (input.height - y + window.verticalStride - 1) / window.verticalStride
        columns = (input.width - x + window.horizontalStride - 1) / window.horizontalStride
        stepY = 1
        stepX = 1
        // Window positions from the last to the first: sources in increasing order.
        let rowTaps = (0..<window.height).reversed().compactMap { i in
            Self.source(y + window.top - i * window.verticalDilation, window.verticalStride).map { (i, $0) }
        }
        let columnTaps = (0..<window.width).reversed().compactMap { j in
            Self.source(x + window.left - j * window.horizontalDilation, window.horizontalStride).map { (j, $0) }
        }
        let isRun = zip(columnTaps, columnTaps.dropFirst()).allSatisfy { $1.1 == $0.1 + 1 }
        runLength = isRun ? columnTaps.count : 1
        runs =
            runLength == 0
            ? []
            : rowTaps.flatMap { row in
                (isRun ? Array(columnTaps.prefix(1)) : columnTaps).map { (row.1, $0.1) }
            }
        taps = rowTaps.flatMap { row in columnTaps.map { row.0 * window.width + $0.0 } }
        start = y * input.width + x
        resultRowStep = window.verticalStride * input.width
        resultPixelStep = window.horizontalStride
    }

    /// The source that a position falls on, if the stride divides it.
    private static func source(_ position: Int, _ stride: Int) -> Int? {
        let quotient = position >= 0 ? position / stride : -((-position + stride - 1) / stride)
        return quotient * stride == position ? quotient : nil
    }

    /// A grid of all pixels of `batch` maps as one row, read where they lie.
    private init(flat grid: TapGrid, pixels: Int) {
        rows = 1
        columns = pixels
        (stepY, stepX) = (1, 1)
        (runs, runLength, taps) = (grid.runs, grid.runLength, grid.taps)
        (start, resultRowStep, resultPixelStep) = (0, pixels, 1)
    }

    /// Whether each pixel is made from the source's pixel at the same place alone.
    func isPointwise(source: MapShape) -> Bool {
        taps.count == 1 && runs[0] == (0, 0) && stepY == 1 && stepX == 1 && start == 0 && resultPixelStep == 1
            && resultRowStep == columns && rows == source.height && columns == source.width
    }

    /// The same for one map with all pixels in one row.
    func flattened(source: MapShape) -> TapGrid { TapGrid(flat: self, pixels: source.pixels) }

    // The box of the taps around a pixel.
    var top: Int { runs.map(\.y).min() ?? 0 }
    var left: Int { runs.map(\.x).min() ?? 0 }
    var bottom: Int { runs.map(\.y).max() ?? 0 }
    var right: Int { (runs.map(\.x).max() ?? 0) + runLength - 1 }

    /// Whether no pixel reads outside the source.
    func isInside(_ source: MapShape) -> Bool {
        top >= 0 && left >= 0 && (rows - 1) * stepY + bottom < source.height
            && (columns - 1) * stepX + right < source.width
    }
}
