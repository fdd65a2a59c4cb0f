public import SphereData

/// A panoptic JSON file with its folder of pictures, whose pixels are segment numbers: red + 256 green + 65536 blue.
public struct PanopticFile: Sendable {
    /// A class.
    public struct Category: Equatable, Sendable {
        /// The number.
        public let id: Int
        /// The name, empty where the file has none.
        public let name: String
        /// Whether its segments are countable objects.
        public let isThing: Bool
    }

    /// An image.
    public struct Annotation: Equatable, Sendable {
        /// The number, or the text, by which files name the image.
        public let image: String
        /// The name of the picture in the folder.
        public let fileName: String
        /// The segments.
        public let segments: [PanopticEvaluation.Segment]
    }

    /// The path of the JSON file and of the folder.
    public let path: String, folder: String
    /// The images in the order of the file.
    public let annotations: [Annotation]
    /// The classes, empty where the file has none (results).
    public let categories: [Category]

    /// Reads the file at `path`.
    ///
    /// - Parameter folder: of the pictures; the path without `.json` unless given.
    /// - Throws: ``EvaluationFileError`` with the place of what is wrong.
    /// - Complexity: O(bytes).
    public init(_ path: String, folder: String? = nil) throws(EvaluationFileError) {
        self.path = path
        self.folder = folder ?? (path.hasSuffix(".json") ? String(path.dropLast(5)) : path)
        var cursor = try JSONCursor(path: path)
        var annotations: [Annotation]?
        var categories: [Category] = []
        try cursor.readObject("the file") { (cursor, key) throws(EvaluationFileError) in
            switch key {
            case "annotations":
                var list: [Annotation] = []
                var known: Set<String> = []
                try cursor.readArray("annotations") { (cursor) throws(EvaluationFileError) in
                    let annotation = try Self.readAnnotation(&cursor)
                    if !known.insert(annotation.image).inserted {
                        throw cursor.malformed(
                            "an image of its own in the annotation before, \(annotation.image) was there")
                    }
                    list.append(annotation)
                }
                annotations = list
            case "categories":
                try cursor.readArray("categories") { (cursor) throws(EvaluationFileError) in
                    categories.append(try Self.readCategory(&cursor))
                }
            default: try cursor.skipValue()
            }
        }
        try cursor.finish()
        guard let annotations else { throw cursor.malformed("an object with 'annotations'", at: 0) }
        self.annotations = annotations
        self.categories = categories
    }

    /// The map of segment numbers of an image.
    ///
    /// - Throws: ``EvaluationFileError`` if the picture cannot be read or does not have three channels of 8 bits.
    /// - Complexity: O(pixels).
    public func map(of annotation: Annotation) throws(EvaluationFileError) -> LabelMap {
        let path = "\(folder)/\(annotation.fileName)"
        let picture: Picture
        do { picture = try PNGFile.read(path) } catch { throw .labels(.image(error)) }
        guard case .eightBit(let image) = picture.samples, image.channels >= 3 else {
            throw .labels(
                .notLabels(
                    path: path, expected: "three channels of 8 bits",
                    found: "\(picture.channels) of \(picture.bitDepth)"))
        }
        let (samples, channels) = (image.samples, image.channels)
        let labels = (0..<image.width * image.height).map { pixel in
            Int32(samples[pixel * channels]) + Int32(samples[pixel * channels + 1]) << 8
                + Int32(samples[pixel * channels + 2]) << 16
        }
        return LabelMap(width: image.width, height: image.height, labels: labels)
    }

    private static func readAnnotation(_ cursor: inout JSONCursor) throws(EvaluationFileError) -> Annotation {
        var (image, fileName): (String?, String?) = (nil, nil)
        var segments: [PanopticEvaluation.Segment] = []
        try cursor.readObject("an annotation") { (cursor, key) throws(EvaluationFileError) in
            switch key {
            case "image_id":
                image =
                    cursor.peek() == UInt8(ascii: "\"")
                    ? String(decoding: try cursor.readString("image_id"), as: UTF8.self)
                    : "\(try cursor.readInteger("image_id"))"
            case "file_name": fileName = String(decoding: try cursor.readString("file_name"), as: UTF8.self)
            case "segments_info":
                try cursor.readArray("segments_info") { (cursor) throws(EvaluationFileError) in
                    segments.append(try readSegment(&cursor))
                }
            default: try cursor.skipValue()
            }
        }
        guard let image, let fileName else { throw cursor.malformed("image_id and file_name in the annotation before") }
        return Annotation(image: image, fileName: fileName, segments: segments)
    }

    private static func readSegment(
        _ cursor: inout JSONCursor
    ) throws(EvaluationFileError) -> PanopticEvaluation.Segment {
        var (id, category, isCrowd): (Int32?, Int?, Bool) = (nil, nil, false)
        try cursor.readObject("a segment") { (cursor, key) throws(EvaluationFileError) in
            switch key {
            case "id": id = Int32(exactly: try cursor.readInteger("the id of a segment"))
            case "category_id": category = try cursor.readInteger("category_id")
            case "iscrowd": isCrowd = try cursor.readFlag("iscrowd")
            default: try cursor.skipValue()
            }
        }
        guard let id, let category else {
            throw cursor.malformed("an id below 2^31 and a category_id in the segment before")
        }
        return .init(id: id, category: category, isCrowd: isCrowd)
    }

    private static func readCategory(_ cursor: inout JSONCursor) throws(EvaluationFileError) -> Category {
        var (id, name, isThing): (Int?, String, Bool) = (nil, "", true)
        try cursor.readObject("a category") { (cursor, key) throws(EvaluationFileError) in
            switch key {
            case "id": id = try cursor.readInteger("the id of a category")
            case "name": name = String(decoding: try cursor.readString("the name of a category"), as: UTF8.self)
            case "isthing": isThing = try cursor.readFlag("isthing")
            default: try cursor.skipValue()
            }
        }
        guard let id else { throw cursor.malformed("an id in the category before") }
        return Category(id: id, name: name, isThing: isThing)
    }
}
