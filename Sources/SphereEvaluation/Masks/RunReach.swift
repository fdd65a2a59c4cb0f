/// Area and box of the runs of a mask, which are added one after the other.
struct RunReach {
    private let width: Int
    private let height: Int
    private(set) var area = 0
    private(set) var (left, right, top, bottom) = (Int.max, 0, Int.max, 0)
    /// The pixel behind the runs so far, and its number.
    private var (column, row, position) = (0, 0, 0)

    /// For runs that are known to add up to the pixels.
    init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// For runs from outside.
    init(checkedWidth width: Int, height: Int) throws(EvaluationError) {
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        guard width >= 0, height >= 0, !overflow, pixels <= 1 << 31 else {
            throw .invalid(
                what: "size of a mask", expected: "sides of 0 or more and at most 2^31 pixels",
                found: "\(width) x \(height)")
        }
        self.init(width: width, height: height)
    }

    private var pixels: Int { width * height }

    /// Adds a run that ends within the picture.
    @inline(__always)
    mutating func add(_ run: Int, isInside: Bool) {
        if run == 0 { return }
        let (firstColumn, firstRow, end) = (column, row, row + run)
        position += run
        row = end
        // Few runs go over more than one end of a column, and divisions are slow.
        if row >= height {
            row -= height
            column += 1
            if row >= height {
                let (columns, rest) = row.quotientAndRemainder(dividingBy: height)
                column += columns
                row = rest
            }
        }
        guard isInside else { return }
        area += run
        left = min(left, firstColumn)
        right = max(right, row == 0 ? column : column + 1)
        top = end > height ? 0 : min(top, firstRow)
        bottom = end > height ? height : max(bottom, end)
    }

    /// Adds run number `index`, and throws if it goes beyond the picture.
    @inline(__always)
    mutating func addChecked(_ run: Int, at index: Int) throws(EvaluationError) {
        guard run <= pixels - position else { throw beyond(run, index) }
        add(run, isInside: index & 1 == 1)
    }

    private func beyond(_ run: Int, _ index: Int) -> EvaluationError {
        .malformedMask(
            runIndex: index,
            reason: "the runs reach \(position + run) pixels of \(pixels) (\(width) x \(height))")
    }

    /// Throws unless the runs added up to the pixels.
    func checkEnd(runs: Int) throws(EvaluationError) {
        guard position == pixels else {
            throw .malformedMask(
                runIndex: runs, reason: "the runs end at \(position) of \(pixels) pixels (\(width) x \(height))")
        }
    }
}
