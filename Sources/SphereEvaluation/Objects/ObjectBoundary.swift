internal import SphereData

/// The boundary pixels of the objects of a label map.
struct ObjectBoundary {
    /// Which pixels of an object are its boundary.
    enum Rule {
        /// The pixels of the object that touch its outside; holes have no boundary.
        case outerContour
        /// The pixels that differ from their right, lower or lower-right neighbour: on the object or beside it.
        case changes
    }

    /// The boundary pixels (`y * width + x`, ascending) of every label but those in `excluded`, by ascending label.
    static func boundaries(of map: LabelMap, excluding excluded: Set<Int32>, rule: Rule) -> [[Int32]] {
        RegionShape.shapes(of: map, background: nil).filter { !excluded.contains($0.label) }.map { shape in
            switch rule {
            case .outerContour: outerContour(shape, in: map)
            case .changes: changes(shape, in: map)
            }
        }
    }

    /// Flood of what lies around the object, from outside of its box; a pixel of the object beside it is boundary.
    private static func outerContour(_ shape: RegionShape, in map: LabelMap) -> [Int32] {
        // The box with a frame of one pixel, all of which is outside, beyond the picture too.
        let (width, height) = (shape.width + 2, shape.height + 2)
        var isObject = [Bool](repeating: false, count: width * height)
        for y in 0..<shape.height {
            for x in 0..<shape.width where map.labels[(shape.y + y) * map.width + shape.x + x] == shape.label {
                isObject[(y + 1) * width + x + 1] = true
            }
        }
        var isOutside = [Bool](repeating: false, count: width * height)
        var isBoundary = [Bool](repeating: false, count: width * height)
        var open = [0]
        isOutside[0] = true
        while let place = open.popLast() {
            let (y, x) = place.quotientAndRemainder(dividingBy: width)
            for (dx, dy) in [(1, 0), (-1, 0), (0, 1), (0, -1)] {
                let (nextX, nextY) = (x + dx, y + dy)
                guard nextX >= 0, nextX < width, nextY >= 0, nextY < height else { continue }
                let next = nextY * width + nextX
                if isObject[next] {
                    isBoundary[next] = true
                } else if !isOutside[next] {
                    isOutside[next] = true
                    open.append(next)
                }
            }
        }
        return isBoundary.indices.filter { isBoundary[$0] }.map { place in
            Int32((shape.y + place / width - 1) * map.width + shape.x + place % width - 1)
        }
    }

    private static func changes(_ shape: RegionShape, in map: LabelMap) -> [Int32] {
        func isObject(_ x: Int, _ y: Int) -> Bool { map.labels[y * map.width + x] == shape.label }
        var pixels: [Int32] = []
        // Pixels above and to the left of the object differ from it too.
        for y in max(0, shape.y - 1)..<shape.y + shape.height {
            for x in max(0, shape.x - 1)..<shape.x + shape.width {
                let here = isObject(x, y)
                let (hasRight, hasLower) = (x + 1 < map.width, y + 1 < map.height)
                let differs =
                    (hasRight && isObject(x + 1, y) != here) || (hasLower && isObject(x, y + 1) != here)
                    || (hasRight && hasLower && isObject(x + 1, y + 1) != here)
                if differs { pixels.append(Int32(y * map.width + x)) }
            }
        }
        return pixels
    }
}
