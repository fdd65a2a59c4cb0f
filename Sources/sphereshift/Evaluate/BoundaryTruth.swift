import ArgumentParser
import SphereData
import SphereEvaluation

/// The annotations of BSDS500 in a folder: NAME_gtK_bdry.png or NAME_gtK_seg.png, K from 0 to 999.
struct BoundaryTruth {
    let folder: Folder
    /// Names of the images, sorted as strings.
    let names: [String]
    private let annotators: [String: Int]

    init(_ path: String) throws {
        folder = try Folder(path)
        var annotators: [String: Int] = [:]
        for name in folder.names {
            for suffix in ["_bdry.png", "_seg.png"] where name.hasSuffix(suffix) {
                let parts = name.dropLast(suffix.count).split(separator: "_", omittingEmptySubsequences: false)
                guard let last = parts.last, last.hasPrefix("gt"), let number = UInt16(last.dropFirst(2)), number < 1000
                else { continue }
                let image = parts.dropLast().joined(separator: "_")
                annotators[image] = max(annotators[image] ?? 0, Int(number) + 1)
            }
        }
        self.annotators = annotators
        names = annotators.keys.sorted()
        if names.isEmpty {
            throw InputError("\(path): expected annotations named NAME_gt0_bdry.png or NAME_gt0_seg.png, found none")
        }
    }

    /// The segmentation of every annotator.
    func segmentations(_ name: String) throws -> [LabelMap] {
        try (0..<annotators[name]!).map { try folder.labelMap("\(name)_gt\($0)_seg") }
    }

    /// The boundaries of every annotator: as they are stored, else those of the segmentation.
    func boundaries(_ name: String) throws -> [BoundaryMap] {
        try (0..<annotators[name]!).map { annotator in
            if folder.firstPath(["\(name)_gt\(annotator)_bdry.png"]) != nil {
                let map = try folder.labelMap("\(name)_gt\(annotator)_bdry")
                return BoundaryMap(width: map.width, height: map.height, pixels: map.labels.map { $0 != 0 })
            }
            return BoundaryMap(regionsOf: try folder.labelMap("\(name)_gt\(annotator)_seg"))
        }
    }
}

/// The gray picture at `path` with the bits of a sample.
func grayPicture(_ path: String) throws -> (image: Image<UInt16>, bits: Int) {
    let picture = try PNGFile.read(path)
    guard picture.channels == 1 else {
        throw InputError("\(path): expected a gray picture, found \(picture.channels) channels")
    }
    switch picture.samples {
    case .eightBit(let image), .palette(let image, _):
        return (
            Image(width: image.width, height: image.height, channels: 1, samples: image.samples.map(UInt16.init)),
            picture.bitDepth
        )
    case .sixteenBit(let image): return (image, 16)
    }
}

/// The contours of double size at `path`.
func doubleSizeContours(_ path: String) throws -> DoubleSizeContours {
    let picture = try PNGFile.read(path)
    guard case .eightBit(let image) = picture.samples else {
        throw InputError("\(path): expected 8-bit levels, found \(picture.bitDepth) bits")
    }
    do { return try DoubleSizeContours(image) } catch { throw InputError("\(path): \(error)") }
}

/// Form of predicted boundaries and regions.
enum ContourFormat: String, ExpressibleByArgument, CaseIterable {
    /// Pictures of the size of the image.
    case plain
    /// Hierarchies of regions at double size.
    case ucm2
}
