/// The outputs of a window that moves over maps, in runs whose windows have the same elements inside the map.
struct WindowTaps: Sendable {
    let input: MapShape
    let output: MapShape
    let window: SlidingWindow

    init(_ input: MapShape, _ window: SlidingWindow) {
        self.input = input
        self.window = window
        output = window.output(of: input)
    }

    /// A run of outputs of one row.
    struct Run {
        /// The outputs' columns.
        let columns: Range<Int>
        /// Elements inside the map: `rows` x `width` of them.
        let tapCount: Int
        /// How many of them are in a row of the window.
        let width: Int
    }

    /// Rows of the window that lie inside the map, for outputs of row `p`.
    func windowRows(_ p: Int) -> Range<Int> {
        Self.elements(
            p * window.verticalStride - window.top, size: input.height, count: window.height,
            dilation: window.verticalDilation)
    }

    /// The input row that row `i` of the window of outputs of row `p` lies on.
    func inputRow(_ p: Int, _ i: Int) -> Int { p * window.verticalStride - window.top + i * window.verticalDilation }

    /// The rows of outputs whose windows span any of the input rows `rows`.
    func outputRows(reading rows: Range<Int>) -> Range<Int> {
        let first = Self.quotientUp(rows.lowerBound + window.top - (window.verticalExtent - 1), window.verticalStride)
        let last = Self.quotientDown(rows.upperBound - 1 + window.top, window.verticalStride)
        let start = min(max(0, first), output.height)
        return start..<max(start, min(output.height, last + 1))
    }

    /// Calls `body` with every run of the outputs of row `p`, from the left, and the addresses of its taps: those of the first
    /// output's elements inside the map, in elements from the map's start, row by row.
    ///
    /// - Parameter taps: room for the elements of the window.
    func forEachRun(ofRow p: Int, _ taps: UnsafeMutablePointer<Int>, _ body: (Run) -> Void) {
        let rows = windowRows(p)
        var q = 0
        while q < output.width {
            let columns = windowColumns(q)
            var end = q + 1
            if columns.count == window.width {
                while end < output.width && windowColumns(end).count == window.width { end += 1 }
            }
            var count = 0
            for i in rows {
                let row = inputRow(p, i) * input.width + q * window.horizontalStride - window.left
                for j in columns {
                    taps[count] = (row + j * window.horizontalDilation) * input.channels
                    count += 1
                }
            }
            body(Run(columns: q..<end, tapCount: count, width: columns.count))
            q = end
        }
    }

    private func windowColumns(_ q: Int) -> Range<Int> {
        Self.elements(
            q * window.horizontalStride - window.left, size: input.width, count: window.width,
            dilation: window.horizontalDilation)
    }

    /// Elements i of 0..<count with 0 <= start + i dilation < size.
    private static func elements(_ start: Int, size: Int, count: Int, dilation: Int) -> Range<Int> {
        let first = max(0, quotientUp(-start, dilation))
        let end = min(count, quotientDown(size - 1 - start, dilation) + 1)
        return first < end ? first..<end : 0..<0
    }

    private static func quotientDown(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : -((-a + b - 1) / b) }

    private static func quotientUp(_ a: Int, _ b: Int) -> Int { -quotientDown(-a, b) }
}
