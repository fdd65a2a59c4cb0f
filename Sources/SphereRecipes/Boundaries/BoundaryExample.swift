public import SphereData
internal import SphereEvaluation
internal import SphereKernels

/// An image with what several annotators say of its boundaries, for training.
public struct BoundaryExample: Sendable {
    /// What the image is called.
    public let name: String
    /// The image, RGB.
    public let image: Image<UInt8>
    /// Files with the segmentation of every annotator.
    public let segmentations: [String]
    /// For every pixel that an annotator marks, the share of the annotators who mark one within two pixels of it, in 1/255; 0 for
    /// the others.
    package let agreement: [UInt8]

    /// Pixels within which marks of annotators count as the same boundary: half of the benchmark's tolerance, 4.3 pixels at this size.
    static let agreementRadius = 2

    /// Why an example cannot be had.
    public enum LoadingError: Error, Sendable, CustomStringConvertible {
        /// The image cannot be read.
        case image(ImageFileError)
        /// A segmentation cannot be read.
        case segmentation(LabelMapError)
        /// A segmentation is not of the image's size.
        case size(path: String, width: Int, height: Int, found: (width: Int, height: Int))

        /// One line for the user.
        public var description: String {
            switch self {
            case .image(let error): error.description
            case .segmentation(let error): error.description
            case .size(let path, let width, let height, let found):
                "\(path): has \(found.width) x \(found.height) pixels, its image has \(width) x \(height)"
            }
        }
    }

    /// Reads an image and the segmentations of its annotators.
    ///
    /// - Precondition: at least one segmentation.
    /// - Complexity: O(pixels x annotators).
    /// - Throws: ``LoadingError``.
    public init(name: String, image path: String, segmentations: [String]) throws(LoadingError) {
        require(!segmentations.isEmpty, "\(name): an example needs one annotator or more")
        do { image = try ImageFile.readRGB(path) } catch { throw .image(error) }
        self.name = name
        self.segmentations = segmentations
        var maps: [BoundaryMap] = []
        for path in segmentations { maps.append(BoundaryMap(regionsOf: try Self.segmentation(path, of: image))) }
        agreement = Self.agreement(of: maps)
    }

    /// The regions that annotator `index` sees.
    ///
    /// - Throws: ``LoadingError``.
    package func segmentation(_ index: Int) throws(LoadingError) -> LabelMap {
        try Self.segmentation(segmentations[index], of: image)
    }

    private static func segmentation(_ path: String, of image: Image<UInt8>) throws(LoadingError) -> LabelMap {
        let map: LabelMap
        do { map = try LabelMap.read(path) } catch { throw .segmentation(error) }
        guard map.width == image.width, map.height == image.height else {
            throw .size(path: path, width: image.width, height: image.height, found: (map.width, map.height))
        }
        return map
    }

    /// See ``agreement``.
    static func agreement(of maps: [BoundaryMap]) -> [UInt8] {
        let (width, height) = (maps[0].width, maps[0].height)
        var votes = [Int32](repeating: 0, count: width * height)
        var isMarked = [Bool](repeating: false, count: width * height)
        let radius = agreementRadius
        var disk: [(x: Int, y: Int)] = []
        for dy in -radius...radius {
            for dx in -radius...radius where dx * dx + dy * dy <= radius * radius { disk.append((dx, dy)) }
        }
        for map in maps {
            var reached = [Bool](repeating: false, count: width * height)
            for y in 0..<height {
                for x in 0..<width where map.pixels[y * width + x] {
                    isMarked[y * width + x] = true
                    for offset in disk {
                        let (column, row) = (x + offset.x, y + offset.y)
                        if column < 0 || column >= width || row < 0 || row >= height { continue }
                        reached[row * width + column] = true
                    }
                }
            }
            for i in reached.indices where reached[i] { votes[i] += 1 }
        }
        return votes.indices.map { isMarked[$0] ? UInt8((255 * Int(votes[$0]) + maps.count / 2) / maps.count) : 0 }
    }
}
