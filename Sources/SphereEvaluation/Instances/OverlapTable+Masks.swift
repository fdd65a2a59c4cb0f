extension OverlapTable {
    /// The overlaps of masks; predicted masks may overlap one another, and so may those of the ground truth.
    ///
    /// - Throws: `EvaluationError.sizesDiffer` if not all masks have one size.
    /// - Complexity: O(pairs), and O(runs) for each pair whose boxes overlap.
    public init(truth: [RunLengthMask], predictions: [RunLengthMask]) throws(EvaluationError) {
        if let first = truth.first ?? predictions.first {
            for mask in truth + predictions where mask.width != first.width || mask.height != first.height {
                throw .sizesDiffer(
                    truthWidth: first.width, truthHeight: first.height, predictionWidth: mask.width,
                    predictionHeight: mask.height)
            }
        }
        self.init(sizedTruth: truth, predictions: predictions)
    }

    /// The overlaps of masks that are known to have one size.
    init(sizedTruth truth: [RunLengthMask], predictions: [RunLengthMask]) {
        var entries: [Entry] = []
        var starts = [0]
        starts.reserveCapacity(predictions.count + 1)
        for prediction in predictions {
            for index in truth.indices {
                let pixels = truth[index].intersection(prediction)
                if pixels > 0 { entries.append(Entry(truth: index, intersection: pixels)) }
            }
            starts.append(entries.count)
        }
        self.init(
            truthAreas: truth.map(\.area), predictedAreas: predictions.map(\.area), entries: entries, starts: starts)
    }
}

extension OverlapTable {
    /// The overlaps of the labels of two maps, from their joint histogram.
    ///
    /// Objects are numbered in the order of the lists. A label that does not occur is an object without pixels.
    ///
    /// - Complexity: O(cells + labels log labels).
    public init(_ histogram: JointHistogram, truthLabels: [Int32], predictedLabels: [Int32]) {
        var truthNumbers = [Int](repeating: -1, count: histogram.truthLabels.count)
        var truthAreas = [Int](repeating: 0, count: truthLabels.count)
        for (number, label) in truthLabels.enumerated() {
            guard let row = histogram.row(ofTruth: label) else { continue }
            truthNumbers[row] = number
            truthAreas[number] = histogram.truthSizes[row]
        }
        let columns = predictedLabels.map { histogram.column(ofPrediction: $0) }
        let areas = columns.map { $0.map { histogram.predictedSizes[$0] } ?? 0 }
        let turned = histogram.transposed
        let lists = columns.map { column -> [Entry] in
            guard let column else { return [] }
            return turned.cells(ofRow: column).filter { truthNumbers[$0.column] >= 0 }
                .map { Entry(truth: truthNumbers[$0.column], intersection: $0.count) }
                .sorted { $0.truth < $1.truth }
        }
        self.init(truthAreas: truthAreas, predictedAreas: areas, entries: lists)
    }

    /// The overlaps of all labels of two maps but the background, in ascending order of the labels.
    ///
    /// - Parameter background: the label that is no object in either map, `nil` if every label is one.
    /// - Complexity: O(cells + labels log labels).
    public init(_ histogram: JointHistogram, background: Int32? = 0) {
        self.init(
            histogram, truthLabels: histogram.truthLabels.filter { $0 != background },
            predictedLabels: histogram.predictedLabels.filter { $0 != background })
    }
}
