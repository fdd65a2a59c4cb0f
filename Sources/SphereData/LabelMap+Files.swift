/// What can be wrong with a file of labels, or with writing one.
public enum LabelMapError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The picture file cannot be read or written.
    case image(ImageFileError)
    /// The NPY file cannot be read or written.
    case array(NPYError)
    /// The file is a sound picture or array but not one of labels.
    case notLabels(path: String, expected: String, found: String)
    /// The label of pixel (x, y) does not fit into the 16 bits of the file.
    case labelOutOfRange(path: String, x: Int, y: Int, label: Int32)

    /// One line that names the file, the place, what was expected and what was found.
    public var description: String {
        switch self {
        case .image(let error): error.description
        case .array(let error): error.description
        case .notLabels(let path, let expected, let found): "\(path): expected \(expected), found \(found)"
        case .labelOutOfRange(let path, let x, let y, let label):
            "\(path): pixel (\(x), \(y)) has label \(label), a 16-bit PNG file holds 0 to 65535"
        }
    }
}

extension LabelMap {
    /// The label map in the file at `path`, a PNG or an NPY file, whichever it begins as.
    ///
    /// - Complexity: O(pixels).
    /// - Throws: ``LabelMapError`` as ``readPNG(_:maximumPixels:)`` and ``readNPY(_:)``.
    public static func read(_ path: String) throws(LabelMapError) -> LabelMap {
        let start: [UInt8]
        do {
            let file = try RegularFile(path)
            start = try file.bytes(at: 0, count: min(file.byteCount, NPYHeader.magic.count))
        } catch {
            throw .image(.file(error))
        }
        return try start == NPYHeader.magic ? readNPY(path) : readPNG(path)
    }

    /// The label map in the PNG file at `path`.
    ///
    /// A gray picture gives its stored samples (1 to 16 bits, not scaled), a palette picture the numbers of its
    /// colours. Transparent colours play no part.
    ///
    /// - Complexity: O(pixels).
    /// - Throws: `LabelMapError.image` if the file cannot be read as PNG, `LabelMapError.notLabels` if a pixel has more
    ///   than one sample.
    public static func readPNG(
        _ path: String, maximumPixels: Int = ImageFile.defaultMaximumPixels
    ) throws(LabelMapError) -> LabelMap {
        let picture: Picture
        do { picture = try PNGFile.read(path, maximumPixels: maximumPixels) } catch { throw .image(error) }
        guard picture.channels == 1 else {
            throw .notLabels(
                path: path, expected: "a gray or palette picture", found: "\(picture.channels) channels")
        }
        let labels: [Int32] =
            switch picture.samples {
            case .eightBit(let image), .palette(let image, _): image.samples.map(Int32.init)
            case .sixteenBit(let image): image.samples.map(Int32.init)
            }
        return LabelMap(width: picture.width, height: picture.height, labels: labels)
    }

    /// The label map in the NPY file at `path`: shape (height, width), any element type whose values are 32-bit
    /// integers.
    ///
    /// - Complexity: O(pixels).
    /// - Throws: `LabelMapError.array` if the file cannot be read or holds something else than 32-bit integers,
    ///   `LabelMapError.notLabels` if the array does not have two axes.
    public static func readNPY(_ path: String) throws(LabelMapError) -> LabelMap {
        let array: NPYArray<Int32>
        do { array = try NPYFile.read(path) } catch { throw .array(error) }
        guard array.shape.count == 2 else {
            throw .notLabels(path: path, expected: "an array of shape (height, width)", found: "shape \(array.shape)")
        }
        return LabelMap(width: array.shape[1], height: array.shape[0], labels: array.elements)
    }

    /// Writes the map to the file at `path` as a gray PNG picture of 16 bits.
    ///
    /// - Complexity: O(pixels).
    /// - Throws: `LabelMapError.labelOutOfRange` for the first label outside 0...65535, `LabelMapError.image` if the
    ///   map has no pixels or the file cannot be written. An older file is then untouched.
    public func writePNG(to path: String) throws(LabelMapError) {
        if let place = labels.firstIndex(where: { UInt16(exactly: $0) == nil }) {
            throw .labelOutOfRange(path: path, x: place % width, y: place / width, label: labels[place])
        }
        let image = Image(width: width, height: height, channels: 1, samples: labels.map { UInt16($0) })
        do { try PNGFile.write(image, to: path) } catch { throw .image(error) }
    }

    /// Writes the map to the file at `path` as an NPY array of shape (height, width) and type i4.
    ///
    /// - Complexity: O(pixels).
    /// - Throws: `LabelMapError.array` if the file cannot be written. An older file is then untouched.
    public func writeNPY(to path: String) throws(LabelMapError) {
        let array = NPYArray(shape: [height, width], elements: labels)
        do { try NPYFile.write(array, to: path) } catch { throw .array(error) }
    }
}
