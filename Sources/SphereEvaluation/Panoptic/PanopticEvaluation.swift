/// Panoptic quality (Kirillov, He, Girshick, Rother and Dollar, CVPR 2019; cocodataset/panopticapi).
///
/// A predicted segment and one of the ground truth of the same class match above an intersection over union of 0.5, void pixels
/// not being part of the union; such matches are one to one. A prediction without match is a miss unless more than
/// half of it lies on void and on crowds of its class, ALL of them (the original remembers the last crowd of a class only).
///
/// Sums are exact and images merge in any order.
public struct PanopticEvaluation: Equatable, Sendable {
    /// A segment of an image.
    public struct Segment: Equatable, Sendable {
        /// The number of its pixels in the map.
        public var id: Int32
        /// The class.
        public var category: Int
        /// Whether it stands for a crowd; in predictions without meaning.
        public var isCrowd: Bool

        /// Segment `id` of class `category`.
        public init(id: Int32, category: Int, isCrowd: Bool = false) {
            self.id = id
            self.category = category
            self.isCrowd = isCrowd
        }
    }

    /// What is counted of a class.
    public struct Counts: Equatable, Sendable {
        /// Matches, predictions without one, and segments of the ground truth without one.
        public internal(set) var truePositives = 0, falsePositives = 0, falseNegatives = 0
        var unionSum = OrderIndependentSum()

        /// Counts of nothing.
        public init() {}

        /// The sum of intersection over union of the matches.
        public var intersectionOverUnionSum: Double { unionSum.value }

        /// Whether the class occurs at all.
        public var occurs: Bool { truePositives + falsePositives + falseNegatives > 0 }

        /// Panoptic quality: `sum of IoU / (TP + FP / 2 + FN / 2)`.
        public var panopticQuality: MetricValue { share(unionSum.value) }

        /// Recognition quality: `TP / (TP + FP / 2 + FN / 2)`.
        public var recognitionQuality: MetricValue { share(Double(truePositives)) }

        private func share(_ numerator: Double) -> MetricValue {
            .ratio(
                numerator, Double(truePositives) + 0.5 * Double(falsePositives) + 0.5 * Double(falseNegatives),
                ifZero: .absentClass)
        }

        /// Segmentation quality: the mean intersection over union of the matches; 0 where the class occurs without a match (as the
        /// original has it).
        public var segmentationQuality: MetricValue {
            if !occurs { return .undefined(.absentClass) }
            return .defined(truePositives == 0 ? 0 : unionSum.value / Double(truePositives))
        }
    }

    /// The label of pixels without segment.
    public let void: Int32
    /// The counts of every class that was met.
    public private(set) var categories: [Int: Counts] = [:]

    /// An evaluation without images.
    public init(void: Int32 = 0) {
        self.void = void
    }

    /// Adds an image.
    ///
    /// - Parameters:
    ///   - histogram: of the two maps of segment numbers.
    ///   - truth: all segments of the ground truth; one without pixels counts as not found.
    ///   - prediction: all predicted segments.
    /// - Throws: `EvaluationError.invalid` if a map has a number that is not listed, a predicted segment has no pixels, or a
    ///   number is listed twice or is void; the evaluation is then as before.
    /// - Complexity: O(cells + segments log segments).
    public mutating func add(
        _ histogram: JointHistogram, truth: [Segment], prediction: [Segment]
    ) throws(EvaluationError) {
        let rows = try Self.segments(truth, of: histogram.truthLabels, void: void, "the ground truth")
        let columns = try Self.segments(prediction, of: histogram.predictedLabels, void: void, "the prediction")
        if let empty = prediction.first(where: { histogram.column(ofPrediction: $0.id) == nil }) {
            throw .invalid(
                what: "segment \(empty.id) of the prediction", expected: "pixels in its map", found: "none")
        }
        let voidRow = histogram.row(ofTruth: void)
        var voidPixels = [Int](repeating: 0, count: columns.count)
        var crowdPixels = [Int](repeating: 0, count: columns.count)
        for cell in histogram.cells {
            if cell.row == voidRow {
                voidPixels[cell.column] = cell.count
            } else if let truth = rows[cell.row], truth.isCrowd, truth.category == columns[cell.column]?.category {
                crowdPixels[cell.column] += cell.count
            }
        }
        var isFound = [Bool](repeating: false, count: rows.count)
        var isMatched = [Bool](repeating: false, count: columns.count)
        for cell in histogram.cells {
            guard let truth = rows[cell.row], let prediction = columns[cell.column], !truth.isCrowd,
                truth.category == prediction.category
            else { continue }
            let union =
                histogram.truthSizes[cell.row] + histogram.predictedSizes[cell.column] - cell.count
                - voidPixels[cell.column]
            let value = Double(cell.count) / Double(union)
            guard value > 0.5 else { continue }
            categories[truth.category, default: Counts()].truePositives += 1
            categories[truth.category]!.unionSum.add(value)
            isFound[cell.row] = true
            isMatched[cell.column] = true
        }
        for segment in truth where !segment.isCrowd {
            if let row = histogram.row(ofTruth: segment.id), isFound[row] { continue }
            categories[segment.category, default: Counts()].falseNegatives += 1
        }
        for (column, segment) in columns.enumerated() where !isMatched[column] {
            guard let segment else { continue }
            let forgiven = Double(voidPixels[column] + crowdPixels[column])
            if forgiven / Double(histogram.predictedSizes[column]) > 0.5 { continue }
            categories[segment.category, default: Counts()].falsePositives += 1
        }
    }

    /// The segment of every label of a map, `nil` for void.
    private static func segments(
        _ segments: [Segment], of labels: [Int32], void: Int32, _ whose: String
    ) throws(EvaluationError) -> [Segment?] {
        var byNumber: [Int32: Segment] = [:]
        for segment in segments {
            if segment.id == void || byNumber.updateValue(segment, forKey: segment.id) != nil {
                throw .invalid(
                    what: "segment \(segment.id) of \(whose)", expected: "a number of its own",
                    found: segment.id == void ? "the number of void" : "a number that is listed twice")
            }
        }
        var result: [Segment?] = []
        for label in labels {
            let segment = byNumber[label]
            if segment == nil && label != void {
                throw .invalid(
                    what: "label \(label) in the map of \(whose)", expected: "void (\(void)) or a listed segment",
                    found: "a number that is not listed")
            }
            result.append(segment)
        }
        return result
    }

    /// Adds the images of another evaluation.
    public mutating func merge(_ other: PanopticEvaluation) {
        for (category, counts) in other.categories {
            categories[category, default: Counts()].truePositives += counts.truePositives
            categories[category]!.falsePositives += counts.falsePositives
            categories[category]!.falseNegatives += counts.falseNegatives
            categories[category]!.unionSum.merge(counts.unionSum)
        }
    }

    /// The mean of a quality over the classes that occur.
    ///
    /// - Parameter chosen: the classes to look at, `nil` for all.
    public func mean(
        of quality: (Counts) -> MetricValue, over chosen: Set<Int>? = nil
    ) -> MetricValue {
        .mean(
            of: categories.keys.sorted().filter { chosen?.contains($0) ?? true }.map { quality(categories[$0]!) },
            ifNone: .absentClass)
    }

    /// The mean panoptic quality over the classes that occur.
    public var panopticQuality: MetricValue { mean(of: \.panopticQuality) }
}
