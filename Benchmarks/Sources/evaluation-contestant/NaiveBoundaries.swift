import SphereData
import SphereEvaluation

/// As many pairs of boundary pixels as there can be by augmenting paths, depth first (Kuhn), every threshold and annotator
/// from scratch.
enum NaiveBoundaries {
    static func scores(_ input: BoundaryInput) -> Scores {
        input.images.flatMap { image in
            image.predictions.enumerated().map { index, prediction in
                let pairs = image.truth.reduce(0) { $0 + Self.pairs(prediction, $1) }
                return (key: "\(image.name)_\(index)", value: Double(pairs))
            }
        }
    }

    private static func pairs(_ a: BoundaryMap, _ b: BoundaryMap) -> Int {
        let distance = 0.0075 * Double(a.width * a.width + a.height * a.height).squareRoot()
        let reach = Int(distance.rounded(.up))
        let left = a.pixels.indices.filter { a.pixels[$0] }
        let neighbors = left.map { pixel in
            var list: [Int] = []
            let (y, x) = pixel.quotientAndRemainder(dividingBy: a.width)
            for row in max(0, y - reach)...min(a.height - 1, y + reach) {
                for column in max(0, x - reach)...min(a.width - 1, x + reach) where b[column, row] {
                    let square = (row - y) * (row - y) + (column - x) * (column - x)
                    if Double(square) <= distance * distance { list.append(row * a.width + column) }
                }
            }
            return list
        }
        var partner = [Int](repeating: -1, count: b.pixels.count)
        var seen = [Int](repeating: -1, count: b.pixels.count)
        func augment(_ node: Int, _ search: Int) -> Bool {
            for pixel in neighbors[node] where seen[pixel] != search {
                seen[pixel] = search
                if partner[pixel] < 0 || augment(partner[pixel], search) {
                    partner[pixel] = node
                    return true
                }
            }
            return false
        }
        return left.indices.reduce(0) { $0 + (augment($1, $1) ? 1 : 0) }
    }
}
