extension JointHistogram {
    /// The histogram without the pixels of some labels.
    ///
    /// A label that does not occur is ignored. Pixels whose ground truth is void or background are left out this way; the
    /// prediction on them then does not matter.
    ///
    /// - Complexity: O(cells).
    public func removing(truthLabels removedTruth: Set<Int32> = [], predictedLabels removedPrediction: Set<Int32> = [])
        -> JointHistogram
    {
        let keepsRow = truthLabels.map { !removedTruth.contains($0) }
        let keepsColumn = predictedLabels.map { !removedPrediction.contains($0) }
        return selecting { keepsRow[$0.row] && keepsColumn[$0.column] }
    }

    /// The histogram of the cells that `isKept` chooses, without rows and columns that are then empty.
    private func selecting(_ isKept: (Cell) -> Bool) -> JointHistogram {
        let kept = cells.filter(isKept)
        var hasRow = [Bool](repeating: false, count: truthLabels.count)
        var hasColumn = [Bool](repeating: false, count: predictedLabels.count)
        for cell in kept {
            hasRow[cell.row] = true
            hasColumn[cell.column] = true
        }
        let (rows, newTruth) = Self.renumbered(truthLabels, hasRow)
        let (columns, newPrediction) = Self.renumbered(predictedLabels, hasColumn)
        return JointHistogram(
            truthLabels: newTruth, predictedLabels: newPrediction,
            cells: kept.map { Cell(row: rows[$0.row], column: columns[$0.column], count: $0.count) })
    }

    private static func renumbered(_ labels: [Int32], _ isKept: [Bool]) -> (positions: [Int], labels: [Int32]) {
        var positions: [Int] = []
        var kept: [Int32] = []
        for (label, keeps) in zip(labels, isKept) {
            positions.append(kept.count)
            if keeps { kept.append(label) }
        }
        return (positions, kept)
    }

    /// The histogram with ground truth and prediction exchanged.
    ///
    /// - Complexity: O(cells).
    public var transposed: JointHistogram {
        var next = [Int](repeating: 0, count: predictedLabels.count + 1)
        for cell in cells { next[cell.column + 1] += 1 }
        for column in 0..<predictedLabels.count { next[column + 1] += next[column] }
        var turned = [Cell](repeating: Cell(row: 0, column: 0, count: 0), count: cells.count)
        for cell in cells {
            turned[next[cell.column]] = Cell(row: cell.column, column: cell.row, count: cell.count)
            next[cell.column] += 1
        }
        return JointHistogram(truthLabels: predictedLabels, predictedLabels: truthLabels, cells: turned)
    }

    /// The histogram of the pixels of this one and of `other` together.
    ///
    /// For labels that mean the same in both, such as classes. Objects of different images are different objects even where
    /// their numbers agree: keep histograms of images apart for metrics of objects.
    ///
    /// - Complexity: O(cells log cells).
    public func merged(with other: JointHistogram) -> JointHistogram {
        var counter = HashedPairCounter()
        for histogram in [self, other] {
            for cell in histogram.cells {
                counter.add(
                    histogram.truthLabels[cell.row], histogram.predictedLabels[cell.column], count: cell.count)
            }
        }
        return counter.histogram()
    }
}
