internal import SphereKernels

/// Average recall of proposals without classes, after Hosang, Benenson, Dollar and Schiele (TPAMI 2016).
///
/// Of every image the best N proposals by score are taken, and pairs are made one to one by repeatedly taking the largest
/// intersection over union that is left. Recall at t is the share of objects whose pair reaches t; average recall is
/// `2 x integral over [0.5, 1]`, by the trapezoidal rule in steps of 0.001. Not to be confused with COCO's AR@N, in
/// which proposals choose by their score and ten thresholds are averaged (``COCOEvaluation`` with `separatesCategories: false`).
///
/// Keeps counts only; images merge in any order.
public struct ProposalEvaluation: Equatable, Sendable {
    /// Numbers of proposals an image, ascending: 1, 10, 100, 1000.
    public let numbers: [Int]
    /// Objects of the ground truth.
    public private(set) var truthCount = 0
    /// Objects whose intersection over union lies in step i of 1000 of [0, 1], for every number; the last place is 1.
    private var counts: [[Int]]
    private var unionSums: [OrderIndependentSum]

    private static let steps = 1000

    /// An evaluation without images.
    ///
    /// - Precondition: the numbers ascend from 1.
    public init(numbers: [Int] = [1, 10, 100, 1000]) {
        require(
            numbers.first ?? 0 >= 1 && zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 },
            "numbers of proposals must ascend from 1, found \(numbers)")
        self.numbers = numbers
        counts = [[Int]](repeating: [Int](repeating: 0, count: Self.steps + 1), count: numbers.count)
        unionSums = [OrderIndependentSum](repeating: OrderIndependentSum(), count: numbers.count)
    }

    /// Adds an image.
    ///
    /// - Parameter scores: rank the proposals; of equal scores the earlier one comes first.
    /// - Precondition: there is a score, which is a number, for every proposal.
    /// - Complexity: O(overlaps log overlaps) for every number.
    public mutating func add(overlaps: OverlapTable, scores: [Double]) {
        require(
            scores.count == overlaps.predictedAreas.count && scores.allSatisfy { !$0.isNaN },
            "\(scores.count) scores for \(overlaps.predictedAreas.count) proposals; all must be numbers")
        truthCount += overlaps.truthAreas.count
        let order = descendingOrder(scores)
        var rank = [Int](repeating: 0, count: order.count)
        for (place, proposal) in order.enumerated() { rank[proposal] = place }
        var pairs: [(value: Double, truth: Int, rank: Int)] = []
        for proposal in order {
            for entry in overlaps.overlaps(ofPrediction: proposal) {
                pairs.append((overlaps.intersectionOverUnion(entry, prediction: proposal), entry.truth, rank[proposal]))
            }
        }
        pairs.sort { $0.value == $1.value ? ($0.truth, $0.rank) < ($1.truth, $1.rank) : $0.value > $1.value }
        for (place, number) in numbers.enumerated() {
            var isFound = [Bool](repeating: false, count: overlaps.truthAreas.count)
            var isUsed = [Bool](repeating: false, count: order.count)
            for pair in pairs where pair.rank < number && !isFound[pair.truth] && !isUsed[pair.rank] {
                isFound[pair.truth] = true
                isUsed[pair.rank] = true
                counts[place][Self.step(of: pair.value)] += 1
                unionSums[place].add(pair.value)
            }
            counts[place][0] += isFound.reduce(0) { $0 + ($1 ? 0 : 1) }
        }
    }

    /// The last threshold i / 1000 that `value` reaches.
    private static func step(of value: Double) -> Int {
        var step = min(steps, Int(value * Double(steps)))
        while step < steps && Double(step + 1) / Double(steps) <= value { step += 1 }
        while Double(step) / Double(steps) > value { step -= 1 }
        return step
    }

    /// Adds the images of another evaluation.
    ///
    /// - Precondition: both have the same numbers of proposals.
    public mutating func merge(_ other: ProposalEvaluation) {
        require(numbers == other.numbers, "evaluations of \(numbers) and \(other.numbers) proposals")
        truthCount += other.truthCount
        for place in numbers.indices {
            for step in counts[place].indices { counts[place][step] += other.counts[place][step] }
            unionSums[place].merge(other.unionSums[place])
        }
    }

    private func place(of number: Int?) -> Int {
        guard let number else { return numbers.count - 1 }
        let place = numbers.firstIndex(of: number)
        require(place != nil, "\(number) proposals were not evaluated, only \(numbers)")
        return place!
    }

    /// Recall at the thresholds 0.5, 0.501, ...
    ///
    /// 1, the curve over the intersection over union; `nil` without objects.
    ///
    /// - Parameter number: proposals an image, `nil` for the largest number.
    public func recallCurve(number: Int? = nil) -> [Double]? {
        if truthCount == 0 { return nil }
        let counts = counts[place(of: number)]
        var reached = 0
        var recalls: [Double] = []
        for step in (Self.steps / 2...Self.steps).reversed() {
            reached += counts[step]
            recalls.append(Double(reached) / Double(truthCount))
        }
        return recalls.reversed()
    }

    /// Recall at a threshold of [0.5, 1] in thousandths; undefined without objects.
    ///
    /// - Precondition: the threshold is in range.
    public func recall(at threshold: Double, number: Int? = nil) -> MetricValue {
        let step = Int((threshold * Double(Self.steps)).rounded())
        require((Self.steps / 2...Self.steps).contains(step), "the threshold must be in [0.5, 1], found \(threshold)")
        guard let curve = recallCurve(number: number) else { return .undefined(.noTruth) }
        return .defined(curve[step - Self.steps / 2])
    }

    /// Average recall; undefined without objects.
    ///
    /// - Parameter number: proposals an image, `nil` for the largest number.
    public func averageRecall(number: Int? = nil) -> MetricValue {
        guard let curve = recallCurve(number: number) else { return .undefined(.noTruth) }
        let sum = curve.reduce(0.0, +) - (curve[0] + curve[curve.count - 1]) / 2
        return .defined(2 * sum / Double(Self.steps))
    }

    /// The mean intersection over union of the objects with their pairs, 0 for those without; undefined without objects.
    ///
    /// - Parameter number: proposals an image, `nil` for the largest number.
    public func meanIntersectionOverUnion(number: Int? = nil) -> MetricValue {
        .ratio(unionSums[place(of: number)].value, Double(truthCount), ifZero: .noTruth)
    }
}
