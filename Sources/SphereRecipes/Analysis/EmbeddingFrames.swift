public import SphereData
public import SphereGrouping
public import SphereKernels
internal import SphereReports

/// A part of a picture whose embedding is shown in colours after different numbers of loops.
///
/// The part is the square in which most pixels are near another object, or, where none is, are of objects. The colours are the first three principal
/// components of its points before the first loop, the same for all numbers of loops; loops go over the whole picture.
public struct EmbeddingFrames: Sendable {
    /// The ID of the picture.
    public let name: String
    /// Numbers of loops.
    public let loops: [Int]
    /// The part of the picture, RGB.
    public let image: Image<UInt8>
    /// The true objects of the part.
    public let labels: LabelMap
    /// The points of the pixels that `model` finds to be of objects, after each number of loops; the rest is dark.
    public let frames: [Image<UInt8>]

    /// The frames of `example`.
    ///
    /// - Parameter side: pixels of the part, or fewer in a smaller picture.
    /// - Precondition: `side` is 1 or more, numbers of loops are 0 or more.
    /// - Throws: `GroupingError` where the network's output is not finite.
    /// - Complexity: O(T n² D) for n pixels of objects and T loops, those of all frames together.
    public init(
        of example: InstanceImages.Example, model: InstanceModel, loops: [Int], side: Int = 80,
        on execution: Execution = .default
    ) throws(GroupingError) {
        require(side >= 1 && loops.allSatisfy { $0 >= 0 }, "loops \(loops) on \(side) pixels")
        let (width, height) = (example.image.width, example.image.height)
        let size = (width: min(side, width), height: min(side, height))
        let corner = Self.corner(of: example.labels, width: size.width, height: size.height)
        let inside = (0..<size.width * size.height).map { at in
            (corner.y + at / size.width) * width + corner.x + at % size.width
        }
        name = example.name
        self.loops = loops
        image = Image(
            width: size.width, height: size.height, channels: 3,
            samples: inside.flatMap { example.image.samples[3 * $0..<3 * $0 + 3] })
        labels = LabelMap(
            width: size.width, height: size.height, labels: inside.map { example.labels.labels[$0] })

        let maps = model.maps(of: example.image, on: execution)
        let pixels = maps.foreground
        let points = model.points(of: maps, pixels: pixels)
        // Rows of the matrix of points, and pixels of the part.
        let places = Dictionary(uniqueKeysWithValues: inside.enumerated().map { ($1, $0) })
        let rows = pixels.indices.filter { places[pixels[$0]] != nil }
        let targets = rows.map { places[pixels[$0]]! }
        func part(_ matrix: Matrix) -> Matrix {
            Matrix(rows: rows.count, columns: matrix.columns, elements: rows.flatMap { matrix.row($0) })
        }
        let colors = EmbeddingPicture(reference: part(points).view)
        var frames: [Image<UInt8>] = []
        for count in loops {
            let shifted =
                pixels.isEmpty
                ? points : try model.meanShift(iterations: .count(count), on: execution).group(points).shifted
            frames.append(
                ForegroundPicture.picture(
                    colors.picture(of: part(shifted).view, width: rows.count, height: 1), at: targets,
                    width: size.width, height: size.height))
        }
        self.frames = frames
    }

    /// The upper left corner of the part, a multiple of four pixels.
    private static func corner(of labels: LabelMap, width: Int, height: Int) -> (x: Int, y: Int) {
        let border = PixelNeighborhood.isNearBorder(labels, distance: 2)
        let isCounted = border.contains(true) ? border : labels.labels.map { $0 != 0 }
        // Sums over all pixels above and to the left.
        let stride = labels.width + 1
        var sums = [Int](repeating: 0, count: stride * (labels.height + 1))
        for y in 0..<labels.height {
            for x in 0..<labels.width {
                sums[(y + 1) * stride + x + 1] =
                    sums[y * stride + x + 1] + sums[(y + 1) * stride + x] - sums[y * stride + x]
                    + (isCounted[y * labels.width + x] ? 1 : 0)
            }
        }
        var best = (count: -1, x: 0, y: 0)
        for y in Swift.stride(from: 0, through: labels.height - height, by: 4) {
            for x in Swift.stride(from: 0, through: labels.width - width, by: 4) {
                let (top, bottom) = (y * stride, (y + height) * stride)
                let count = sums[bottom + x + width] - sums[bottom + x] - sums[top + x + width] + sums[top + x]
                if count > best.count { best = (count, x, y) }
            }
        }
        return (best.x, best.y)
    }
}
