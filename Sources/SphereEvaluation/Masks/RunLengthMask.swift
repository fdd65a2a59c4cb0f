/// A binary mask as the lengths of its runs, column by column, the form of COCO's annotations.
///
/// Pixels are counted down the columns, from the left column to the right one: pixel (x, y) has the number
/// `x * height + y`. Runs alternate, beginning with pixels outside of the mask (a run of 0 if the first pixel is inside).
public struct RunLengthMask: Equatable, Sendable {
    /// Number of columns, 0 or more.
    public let width: Int
    /// Number of rows, 0 or more.
    public let height: Int
    /// Lengths of the runs, which add up to `width * height`: outside, inside, outside, and so on.
    public let runs: [UInt32]
    /// Pixels inside.
    public let area: Int
    /// The columns that the mask reaches, empty without pixels.
    public let columns: Range<Int>
    /// The rows that the mask reaches, or all rows where a run goes over the end of a column; empty without pixels.
    let rows: Range<Int>

    /// Takes `runs` as a mask.
    ///
    /// - Throws: `EvaluationError.malformedMask` unless the runs add up to the pixels of the picture,
    ///   `EvaluationError.invalid` for sizes that are negative or beyond 2^31 pixels.
    /// - Complexity: O(runs).
    public init(width: Int, height: Int, runs: [UInt32]) throws(EvaluationError) {
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        guard width >= 0, height >= 0, !overflow, pixels <= 1 << 31 else {
            throw .invalid(
                what: "size of a mask", expected: "sides of 0 or more and at most 2^31 pixels",
                found: "\(width) x \(height)")
        }
        var position = 0
        for (index, run) in runs.enumerated() {
            position += Int(run)
            if position > pixels {
                throw .malformedMask(
                    runIndex: index, reason: "the runs reach \(position) pixels of \(pixels) (\(width) x \(height))")
            }
        }
        guard position == pixels else {
            throw .malformedMask(
                runIndex: runs.count, reason: "the runs end at \(position) of \(pixels) pixels (\(width) x \(height))")
        }
        self.init(validWidth: width, height: height, runs: runs)
    }

    /// Takes runs that are known to add up to the pixels.
    init(validWidth width: Int, height: Int, runs: [UInt32]) {
        self.width = width
        self.height = height
        self.runs = runs
        var (position, area) = (0, 0)
        var (left, right, top, bottom) = (Int.max, 0, Int.max, 0)
        for index in runs.indices {
            let run = Int(runs[index])
            if index & 1 == 1 && run > 0 {
                area += run
                let (column, row) = position.quotientAndRemainder(dividingBy: height)
                left = min(left, column)
                if row + run <= height {
                    right = max(right, column + 1)
                    top = min(top, row)
                    bottom = max(bottom, row + run)
                } else {
                    right = max(right, (position + run - 1) / height + 1)
                    (top, bottom) = (0, height)
                }
            }
            position += run
        }
        self.area = area
        columns = area == 0 ? 0..<0 : left..<right
        rows = area == 0 ? 0..<0 : top..<bottom
    }
}
