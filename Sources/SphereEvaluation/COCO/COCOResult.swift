internal import SphereKernels

/// Average precision and recall of a ``COCOEvaluation``.
public struct COCOResult: Equatable, Sendable {
    /// What was evaluated.
    public let settings: COCOEvaluation.Settings
    /// The classes that occur in ground truth or detections, ascending.
    public let categories: [Int]
    /// Objects to be found, at class x areas + area.
    let truthCounts: [Int]
    /// The mean precision over the recall points and the last recall, at ((class x areas + area) x numbers + number) x
    /// thresholds + threshold.
    let precisions: [Double]
    let recalls: [Double]
    /// Precision at the recall points, all areas and the largest number of detections, at (class x thresholds + threshold) x
    /// points; `nil` if they were not wanted.
    let curves: [Double]?

    /// Objects of a class to be found, all classes unless one is given: without crowds and what is outside of the range.
    public func truthCount(area: String = "all", category: Int? = nil) -> Int {
        let area = position(ofArea: area)
        return positions(of: category).reduce(0) { $0 + truthCount($1, area) }
    }

    private func truthCount(_ category: Int, _ area: Int) -> Int {
        truthCounts[category * settings.areas.count + area]
    }

    /// Average precision: the mean over thresholds, recall points and classes.
    ///
    /// Classes without an object to be found are left out; undefined where none has one.
    ///
    /// - Parameters:
    ///   - threshold: one of the thresholds, `nil` for the mean over all.
    ///   - area: name of an area.
    ///   - maximumDetections: one of the numbers of detections, `nil` for the largest.
    ///   - category: one class, `nil` for the mean over all.
    /// - Precondition: what is given is among the settings and the classes that occur.
    public func averagePrecision(
        threshold: Double? = nil, area: String = "all", maximumDetections: Int? = nil, category: Int? = nil
    ) -> MetricValue {
        mean(precisions, threshold, area, maximumDetections, category)
    }

    /// Average recall: the mean over thresholds and classes of the recall that all detections reach together.
    ///
    /// Classes without an object to be found are left out; undefined where none has one. Parameters as in
    /// ``averagePrecision(threshold:area:maximumDetections:category:)``.
    public func averageRecall(
        threshold: Double? = nil, area: String = "all", maximumDetections: Int? = nil, category: Int? = nil
    ) -> MetricValue {
        mean(recalls, threshold, area, maximumDetections, category)
    }

    /// The precision at every recall point, the mean over the classes with objects, for all areas and the largest number of
    /// detections; `nil` where no class has one.
    ///
    /// - Precondition: the result was made with its curves.
    public func precisionCurve(threshold: Double, category: Int? = nil) -> [Double]? {
        let threshold = position(ofThreshold: threshold)
        require(curves != nil, "the result was made without curves: result(keepsCurves: false)")
        let classes = positions(of: category).filter { truthCount($0, 0) > 0 }
        guard let curves, !classes.isEmpty else { return nil }
        let points = settings.recallPoints.count
        return (0..<points).map { point in
            classes.reduce(0.0) { $0 + curves[($1 * settings.thresholds.count + threshold) * points + point] }
                / Double(classes.count)
        }
    }

    private func mean(
        _ values: [Double], _ threshold: Double?, _ area: String, _ maximumDetections: Int?, _ category: Int?
    ) -> MetricValue {
        let area = position(ofArea: area)
        let numbers = settings.maximumDetections
        let number =
            maximumDetections.map { wanted in
                let place = numbers.firstIndex(of: wanted)
                require(place != nil, "\(wanted) detections were not evaluated, only \(numbers)")
                return place!
            } ?? numbers.count - 1
        let thresholds = threshold.map { [position(ofThreshold: $0)] } ?? Array(settings.thresholds.indices)
        var (sum, count) = (0.0, 0)
        for category in positions(of: category) where truthCount(category, area) > 0 {
            let start = ((category * settings.areas.count + area) * numbers.count + number) * settings.thresholds.count
            for threshold in thresholds { sum += values[start + threshold] }
            count += thresholds.count
        }
        return .ratio(sum, Double(count), ifZero: .noTruth)
    }

    private func position(ofArea name: String) -> Int {
        let place = settings.areas.firstIndex { $0.name == name }
        require(place != nil, "area \(name) was not evaluated, only \(settings.areas.map(\.name))")
        return place!
    }

    private func position(ofThreshold threshold: Double) -> Int {
        let place = settings.thresholds.firstIndex { abs($0 - threshold) < 1e-9 }
        require(place != nil, "threshold \(threshold) was not evaluated, only \(settings.thresholds)")
        return place!
    }

    private func positions(of category: Int?) -> [Int] {
        guard let category else { return Array(categories.indices) }
        let place = categories.firstIndex(of: category)
        require(place != nil, "class \(category) does not occur")
        return [place!]
    }
}
