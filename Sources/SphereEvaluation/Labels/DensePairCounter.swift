/// Counts of pairs of labels in a table with a place for every pair of two ranges of labels.
struct DensePairCounter: PairCounter {
    private let truthRange: ClosedRange<Int32>
    private let predictedRange: ClosedRange<Int32>
    private let columns: Int
    private var counts: [Int]

    init(truth: ClosedRange<Int32>, prediction: ClosedRange<Int32>) {
        truthRange = truth
        predictedRange = prediction
        columns = Self.width(prediction)
        counts = [Int](repeating: 0, count: Self.width(truth) * columns)
    }

    private static func width(_ range: ClosedRange<Int32>) -> Int {
        Int(range.upperBound) - Int(range.lowerBound) + 1
    }

    /// Places of a table for two ranges, `Int.max` if there are more.
    static func places(_ a: ClosedRange<Int32>, _ b: ClosedRange<Int32>) -> Int {
        let (product, overflow) = width(a).multipliedReportingOverflow(by: width(b))
        return overflow ? .max : product
    }

    mutating func add(_ a: Int32, _ b: Int32, count: Int) {
        counts[Int(a &- truthRange.lowerBound) * columns + Int(b &- predictedRange.lowerBound)] += count
    }

    mutating func merge(_ other: DensePairCounter) {
        for place in counts.indices { counts[place] += other.counts[place] }
    }

    func histogram() -> JointHistogram {
        var columnNumbers = [Int](repeating: 0, count: columns)
        for place in counts.indices where counts[place] > 0 { columnNumbers[place % columns] = 1 }
        var predictedLabels: [Int32] = []
        for column in 0..<columns where columnNumbers[column] > 0 {
            columnNumbers[column] = predictedLabels.count
            predictedLabels.append(predictedRange.lowerBound + Int32(column))
        }

        var truthLabels: [Int32] = []
        var cells: [JointHistogram.Cell] = []
        for row in 0..<counts.count / max(columns, 1) {
            let firstCell = cells.count
            for column in 0..<columns {
                let count = counts[row * columns + column]
                if count > 0 {
                    cells.append(.init(row: truthLabels.count, column: columnNumbers[column], count: count))
                }
            }
            if cells.count > firstCell { truthLabels.append(truthRange.lowerBound + Int32(row)) }
        }
        return JointHistogram(truthLabels: truthLabels, predictedLabels: predictedLabels, cells: cells)
    }
}
