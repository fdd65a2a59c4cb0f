public import SphereData
internal import SphereKernels

/// A hierarchy of regions in the form of published results (`ucm2`): a picture of (2 h + 1) x (2 w + 1) pixels in which pixel
/// (x, y) lies at (2 x + 1, 2 y + 1), and what is between the pixels holds the strength of the boundary there.
///
/// Strengths are levels: how many of the thresholds 0.01, 0.02, ... 0.99 the strength reaches, 0 to 99.
public struct DoubleSizeContours: Sendable {
    /// Number of columns of the picture itself.
    public let width: Int
    /// Number of rows of the picture itself.
    public let height: Int
    private let levels: [UInt8]
    private var doubleWidth: Int { 2 * width + 1 }

    /// Number of thresholds.
    public static let levelCount = 99

    /// Takes a gray picture of levels.
    ///
    /// - Throws: `EvaluationError.invalid` unless both sides are odd, the picture has one channel and levels are at most 99.
    public init(_ image: Image<UInt8>) throws(EvaluationError) {
        guard image.width % 2 == 1, image.height % 2 == 1, image.channels == 1 else {
            throw .invalid(
                what: "a double-size picture of contours", expected: "one channel and odd sides",
                found: "\(image.channels) channels and \(image.width) x \(image.height)")
        }
        if let place = image.samples.firstIndex(where: { $0 > Self.levelCount }) {
            throw .invalid(
                what: "pixel (\(place % image.width), \(place / image.width)) of a double-size picture of contours",
                expected: "a level of 0 to \(Self.levelCount)", found: "\(image.samples[place])")
        }
        width = image.width / 2
        height = image.height / 2
        levels = image.samples
    }

    /// The boundaries of at least `level`, not thinned: the benchmark's input.
    ///
    /// - Complexity: O(pixels).
    public func boundaries(from level: Int) -> BoundaryMap {
        var pixels: [Bool] = []
        pixels.reserveCapacity(width * height)
        for y in 0..<height {
            for x in 0..<width { pixels.append(levels[(2 * y + 2) * doubleWidth + 2 * x + 2] >= level) }
        }
        return BoundaryMap(width: width, height: height, pixels: pixels)
    }

    /// Calls `body` with the regions at the levels 1 to 99.
    ///
    /// A region is what contours below the level connect, diagonals included. Regions are numbered from 1 in the order of their first pixels.
    ///
    /// One union-find structure serves all levels, since regions only grow.
    ///
    /// - Complexity: O(pixels x levels).
    public func forEachLevel(_ body: (_ level: Int, _ regions: LabelMap) throws -> Void) rethrows {
        let (columns, rows) = (doubleWidth, 2 * height + 1)
        var parents = (0..<Int32(levels.count)).map { $0 }
        func root(_ place: Int32) -> Int32 {
            var place = place
            while parents[Int(place)] != place {
                parents[Int(place)] = parents[Int(parents[Int(place)])]
                place = parents[Int(place)]
            }
            return place
        }
        var places = [[Int32]](repeating: [], count: Self.levelCount + 1)
        for (place, level) in levels.enumerated() { places[Int(level)].append(Int32(place)) }
        var isOpen = [Bool](repeating: false, count: levels.count)
        for level in 1...Self.levelCount {
            for place in places[level - 1] {
                isOpen[Int(place)] = true
                let (y, x) = Int(place).quotientAndRemainder(dividingBy: columns)
                for row in max(0, y - 1)...min(rows - 1, y + 1) {
                    for column in max(0, x - 1)...min(columns - 1, x + 1) where isOpen[row * columns + column] {
                        let (a, b) = (root(place), root(Int32(row * columns + column)))
                        if a < b { parents[Int(b)] = a } else { parents[Int(a)] = b }
                    }
                }
            }
            var numbers = [Int32](repeating: 0, count: levels.count)
            var (next, labels): (Int32, [Int32]) = (1, [])
            labels.reserveCapacity(width * height)
            for y in 0..<height {
                for x in 0..<width {
                    let root = Int(root(Int32((2 * y + 1) * columns + 2 * x + 1)))
                    if numbers[root] == 0 {
                        numbers[root] = next
                        next += 1
                    }
                    labels.append(numbers[root])
                }
            }
            try body(level, LabelMap(width: width, height: height, labels: labels))
        }
    }
}
