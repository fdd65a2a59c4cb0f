import SphereData
import SphereEvaluation

/// Overlap and boundary F of UOIS and UCN with a picture for every object, its boundary and its surroundings.
struct NaiveObjects {
    private let width: Int
    private let height: Int
    private let truth: [[Bool]]
    private let predictions: [[Bool]]
    private let contours: Bool

    /// - Parameter contours: whether boundaries are outer contours (UOIS) or changes (UCN).
    init(_ maps: LabelInput, contours: Bool) {
        func objects(_ labels: [Int32]) -> [[Bool]] {
            Set(labels).subtracting([0]).sorted().map { label in labels.map { $0 == label } }
        }
        (width, height) = (maps.truth.width, maps.truth.height)
        truth = objects(maps.truth.labels)
        predictions = objects(maps.prediction.labels)
        self.contours = contours
    }

    private static func count(_ pixels: [Bool]) -> Double { Double(pixels.reduce(0) { $0 + ($1 ? 1 : 0) }) }

    private static func count(_ a: [Bool], and b: [Bool]) -> Double {
        var count = 0.0
        for pixel in a.indices where a[pixel] && b[pixel] { count += 1 }
        return count
    }

    func scores() -> Scores {
        let (truthAreas, areas) = (truth.map(Self.count), predictions.map(Self.count))
        var both: [[Double]] = []
        var measures: [Double] = []
        for (object, area) in zip(truth, truthAreas) {
            both.append(predictions.map { Self.count(object, and: $0) })
            measures += zip(both.last!, areas).map { 2 * $0 / (area + $1) }
        }
        let partners = OptimalAssignment.maximum(measures, rows: truth.count, columns: predictions.count)
        let (truthBounds, bounds) = (truth.map(boundary), predictions.map(boundary))
        var (inside, hits, found) = (0.0, 0.0, 0.0)
        for (index, partner) in partners.enumerated() where partner >= 0 && both[index][partner] > 0 {
            inside += both[index][partner]
            hits += Self.count(bounds[partner], and: surroundings(truthBounds[index]))
            found += Self.count(truthBounds[index], and: surroundings(bounds[partner]))
        }
        func f(_ precision: Double, _ recall: Double) -> Double { 2 * precision * recall / (precision + recall) }
        let (p, r) = (inside / areas.reduce(0, +), inside / truthAreas.reduce(0, +))
        let bp = hits / bounds.map(Self.count).reduce(0, +)
        let br = found / truthBounds.map(Self.count).reduce(0, +)
        return [
            ("overlap_precision", p), ("overlap_recall", r), ("overlap_f", f(p, r)), ("boundary_precision", bp),
            ("boundary_recall", br), ("boundary_f", f(bp, br)),
        ]
    }

    private func boundary(_ object: [Bool]) -> [Bool] {
        func value(_ pixels: [Bool], _ x: Int, _ y: Int, outside: Bool) -> Bool {
            x < 0 || y < 0 || x >= width || y >= height ? outside : pixels[y * width + x]
        }
        var result = [Bool](repeating: false, count: object.count)
        if !contours {
            for y in 0..<height {
                for x in 0..<width {
                    let here = object[y * width + x]
                    for (dx, dy) in [(1, 0), (0, 1), (1, 1)]
                    where value(object, x + dx, y + dy, outside: here) != here {
                        result[y * width + x] = true
                    }
                }
            }
            return result
        }
        // What can be reached from beyond the picture through its border, without entering the object.
        var isOuter = [Bool](repeating: false, count: object.count)
        var open: [(Int, Int)] = []
        for y in -1...height {
            for x in -1...width where x < 0 || y < 0 || x == width || y == height { open.append((x, y)) }
        }
        while let (x, y) = open.popLast() {
            for (dx, dy) in [(1, 0), (-1, 0), (0, 1), (0, -1)] {
                let (nextX, nextY) = (x + dx, y + dy)
                guard nextX >= 0, nextY >= 0, nextX < width, nextY < height else { continue }
                let next = nextY * width + nextX
                if object[next] {
                    result[next] = true
                } else if !isOuter[next] {
                    isOuter[next] = true
                    open.append((nextX, nextY))
                }
            }
        }
        return result
    }

    /// Dilation by a disk of ceil(0.003 x diagonal).
    private func surroundings(_ boundary: [Bool]) -> [Bool] {
        let radius = Int((0.003 * Double(width * width + height * height).squareRoot()).rounded(.up))
        var result = [Bool](repeating: false, count: boundary.count)
        for y in 0..<height {
            for x in 0..<width where boundary[y * width + x] {
                for dy in -radius...radius {
                    for dx in -radius...radius where dx * dx + dy * dy <= radius * radius {
                        let (column, row) = (x + dx, y + dy)
                        if column >= 0 && row >= 0 && column < width && row < height {
                            result[row * width + column] = true
                        }
                    }
                }
            }
        }
        return result
    }
}
