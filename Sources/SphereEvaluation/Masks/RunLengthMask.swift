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
        var reach = try RunReach(checkedWidth: width, height: height)
        for index in runs.indices { try reach.addChecked(Int(runs[index]), at: index) }
        try reach.checkEnd(runs: runs.count)
        self.init(width: width, height: height, runs: runs, reach: reach)
    }

    /// Takes runs that are known to add up to the pixels.
    init(validWidth width: Int, height: Int, runs: [UInt32]) {
        var reach = RunReach(width: width, height: height)
        for index in runs.indices { reach.add(Int(runs[index]), isInside: index & 1 == 1) }
        self.init(width: width, height: height, runs: runs, reach: reach)
    }

    /// Takes runs that add up to the pixels, and where they lie.
    init(width: Int, height: Int, runs: [UInt32], reach: RunReach) {
        self.width = width
        self.height = height
        self.runs = runs
        area = reach.area
        columns = area == 0 ? 0..<0 : reach.left..<reach.right
        rows = area == 0 ? 0..<0 : reach.top..<reach.bottom
    }
}
