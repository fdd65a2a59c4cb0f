import SphereData
import SphereEvaluation

/// Average precision and recall of COCO on pictures of pixels, every threshold and area from scratch.
struct NaiveCOCO {
    private struct Object {
        let pixels: [Bool]
        let area: Double
        let isCrowd: Bool
        let score: Double
    }

    /// Objects and detections of one class of an image.
    private struct Group {
        var truth: [Object] = []
        var detections: [Object] = []
        var unions: [[Double]] = []
    }

    /// By class, images in order.
    private var classes: [[Group]]

    init(_ input: InstanceInput) {
        classes = input.categories.map { category in
            input.images.map { image in
                var group = Group()
                for object in image.truth where object.category == category {
                    group.truth.append(
                        Object(pixels: object.mask.pixels, area: object.area, isCrowd: object.isCrowd, score: 0))
                }
                for detection in image.predictions where detection.category == category {
                    let pixels = detection.mask.pixels
                    group.detections.append(
                        Object(pixels: pixels, area: Self.count(pixels), isCrowd: false, score: detection.score))
                }
                return group
            }
        }
        finish()
    }

    init(_ maps: LabelInput, _ scores: [Double]) {
        func objects(_ labels: [Int32], _ scores: [Double]?) -> [Object] {
            Set(labels).subtracting([0]).sorted().enumerated().map { place, label in
                let pixels = labels.map { $0 == label }
                return Object(pixels: pixels, area: Self.count(pixels), isCrowd: false, score: scores?[place] ?? 0)
            }
        }
        classes = [
            [
                Group(
                    truth: objects(maps.truth.labels, nil), detections: objects(maps.prediction.labels, scores),
                    unions: [])
            ]
        ]
        finish()
    }

    private static func count(_ pixels: [Bool]) -> Double { Double(pixels.reduce(0) { $0 + ($1 ? 1 : 0) }) }

    /// Sorts the detections by score and compares every one with every object, pixel by pixel.
    private mutating func finish() {
        for category in classes.indices {
            for image in classes[category].indices {
                var group = classes[category][image]
                let detections = group.detections
                group.detections = detections.indices.sorted {
                    detections[$0].score == detections[$1].score ? $0 < $1 : detections[$0].score > detections[$1].score
                }.map { detections[$0] }
                group.unions = group.detections.map { detection in
                    group.truth.map { object in
                        var both = 0.0
                        for pixel in object.pixels.indices where object.pixels[pixel] && detection.pixels[pixel] {
                            both += 1
                        }
                        return both / (detection.area + (object.isCrowd ? 0 : Self.count(object.pixels) - both))
                    }
                }
                classes[category][image] = group
            }
        }
    }

    private static let areas = [(0.0, 1e10), (0.0, 1024.0), (1024.0, 9216.0), (9216.0, 1e10)]

    func scores() -> Scores {
        let thresholds = (0..<10).map { $0 == 9 ? 0.95 : 0.5 + Double($0) * (0.45 / 9) }
        func mean(_ area: Int, _ number: Int, _ thresholds: [Double], _ part: Int) -> Double? {
            var (sum, count) = (0.0, 0.0)
            for groups in classes {
                for threshold in thresholds {
                    guard let values = Self.values(groups, Self.areas[area], number, threshold) else { continue }
                    sum += part == 0 ? values.precision : values.recall
                    count += 1
                }
            }
            return count == 0 ? nil : sum / count
        }
        return [
            ("ap", mean(0, 100, thresholds, 0)), ("ap50", mean(0, 100, [thresholds[0]], 0)),
            ("ap75", mean(0, 100, [thresholds[5]], 0)), ("ap_small", mean(1, 100, thresholds, 0)),
            ("ap_medium", mean(2, 100, thresholds, 0)), ("ap_large", mean(3, 100, thresholds, 0)),
            ("ar1", mean(0, 1, thresholds, 1)), ("ar10", mean(0, 10, thresholds, 1)),
            ("ar100", mean(0, 100, thresholds, 1)), ("ar_small", mean(1, 100, thresholds, 1)),
            ("ar_medium", mean(2, 100, thresholds, 1)), ("ar_large", mean(3, 100, thresholds, 1)),
        ]
    }

    /// Mean precision over the recall points and the last recall; `nil` without objects.
    private static func values(
        _ groups: [Group], _ range: (Double, Double), _ number: Int, _ threshold: Double
    ) -> (precision: Double, recall: Double)? {
        func isOutside(_ area: Double) -> Bool { area < range.0 || area > range.1 }
        var marks: [(score: Double, isHit: Bool)] = []
        var objects = 0
        for group in groups {
            let ignored = group.truth.map { $0.isCrowd || isOutside($0.area) }
            objects += ignored.filter { !$0 }.count
            var taken = ignored.map { _ in false }
            for (rank, detection) in group.detections.prefix(number).enumerated() {
                var (best, match) = (threshold, -1)
                for passIgnored in [false, true] where match < 0 {
                    for index in group.truth.indices where ignored[index] == passIgnored {
                        if taken[index] && !group.truth[index].isCrowd { continue }
                        if group.unions[rank][index] >= best { (best, match) = (group.unions[rank][index], index) }
                    }
                }
                if match >= 0 { taken[match] = true }
                if match >= 0 ? ignored[match] : isOutside(detection.area) { continue }
                marks.append((detection.score, match >= 0))
            }
        }
        if objects == 0 { return nil }
        let order = marks.indices.sorted {
            marks[$0].score == marks[$1].score ? $0 < $1 : marks[$0].score > marks[$1].score
        }
        var hits = 0.0
        let curve = order.enumerated().map { place, index -> (recall: Double, precision: Double) in
            if marks[index].isHit { hits += 1 }
            return (hits / Double(objects), hits / Double(place + 1))
        }
        var sum = 0.0
        for point in 0...100 {
            guard let first = curve.firstIndex(where: { $0.recall >= Double(point) * 0.01 }) else { break }
            sum += curve[first...].map(\.precision).max()!
        }
        return (sum / 101, hits / Double(objects))
    }
}
