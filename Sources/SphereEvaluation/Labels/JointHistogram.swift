internal import SphereKernels

/// How many pixels have label a in the ground truth and label b in the prediction: what every metric on two label maps is
/// made of.
///
/// Only pairs that occur are stored. Labels are what the maps hold (any 32-bit number, 0 and gaps included); inside, rows
/// number the labels of the ground truth and columns those of the prediction, both in ascending order. Nothing here knows
/// a background: leave labels out with ``removing(truthLabels:predictedLabels:)`` first, or name it in the metrics that
/// ask for it.
///
/// ```swift
/// let histogram = try JointHistogram(truth: truth, prediction: prediction)
/// histogram.adjustedRandIndex
/// histogram.removing(truthLabels: [0]).adjustedRandIndex      // the foreground only
/// ```
public struct JointHistogram: Equatable, Sendable {
    /// Pixels that share a label in the ground truth and one in the prediction.
    public struct Cell: Equatable, Sendable {
        /// The row: a position in ``JointHistogram/truthLabels``.
        public var row: Int
        /// The column: a position in ``JointHistogram/predictedLabels``.
        public var column: Int
        /// Pixels, 1 or more.
        public var count: Int

        /// `count` pixels of row `row` and column `column`.
        public init(row: Int, column: Int, count: Int) {
            self.row = row
            self.column = column
            self.count = count
        }
    }

    /// The labels of the ground truth that occur, ascending; one a row.
    public let truthLabels: [Int32]
    /// The labels of the prediction that occur, ascending; one a column.
    public let predictedLabels: [Int32]
    /// Pixels of every row.
    public let truthSizes: [Int]
    /// Pixels of every column.
    public let predictedSizes: [Int]
    /// The pairs that occur, by row and within a row by column.
    public let cells: [Cell]
    /// Where the cells of a row begin: those of row i are `rowStarts[i]..<rowStarts[i + 1]`.
    public let rowStarts: [Int]
    /// All pixels.
    public let total: Int

    /// Takes cells that are sorted by row and column, with every row and column occupied.
    init(truthLabels: [Int32], predictedLabels: [Int32], cells: [Cell]) {
        var truthSizes = [Int](repeating: 0, count: truthLabels.count)
        var predictedSizes = [Int](repeating: 0, count: predictedLabels.count)
        var rowStarts = [Int](repeating: 0, count: truthLabels.count + 1)
        var total = 0
        for cell in cells {
            truthSizes[cell.row] += cell.count
            predictedSizes[cell.column] += cell.count
            rowStarts[cell.row + 1] += 1
            total += cell.count
        }
        for row in 0..<truthLabels.count { rowStarts[row + 1] += rowStarts[row] }
        self.truthLabels = truthLabels
        self.predictedLabels = predictedLabels
        self.truthSizes = truthSizes
        self.predictedSizes = predictedSizes
        self.cells = cells
        self.rowStarts = rowStarts
        self.total = total
    }

    /// The cells of row `row`.
    public func cells(ofRow row: Int) -> ArraySlice<Cell> {
        cells[rowStarts[row]..<rowStarts[row + 1]]
    }

    /// Pixels with label `truth` in the ground truth and `prediction` in the prediction; 0 for labels that do not occur.
    ///
    /// - Complexity: O(log labels).
    public func count(truth: Int32, prediction: Int32) -> Int {
        guard let row = Self.position(of: truth, in: truthLabels),
            let column = Self.position(of: prediction, in: predictedLabels)
        else { return 0 }
        let cells = cells(ofRow: row)
        var (low, high) = (cells.startIndex, cells.endIndex)
        while low < high {
            let middle = (low + high) / 2
            if cells[middle].column < column { low = middle + 1 } else { high = middle }
        }
        return low < cells.endIndex && cells[low].column == column ? cells[low].count : 0
    }

    /// The row of a label of the ground truth, `nil` if it does not occur.
    ///
    /// - Complexity: O(log labels).
    public func row(ofTruth label: Int32) -> Int? { Self.position(of: label, in: truthLabels) }

    /// The column of a label of the prediction, `nil` if it does not occur.
    ///
    /// - Complexity: O(log labels).
    public func column(ofPrediction label: Int32) -> Int? { Self.position(of: label, in: predictedLabels) }

    /// Where `label` is in the ascending `labels`.
    static func position(of label: Int32, in labels: [Int32]) -> Int? {
        var (low, high) = (0, labels.count)
        while low < high {
            let middle = (low + high) / 2
            if labels[middle] < label { low = middle + 1 } else { high = middle }
        }
        return low < labels.count && labels[low] == label ? low : nil
    }
}
