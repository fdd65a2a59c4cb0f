/// The ground truth of a COCO file: images, classes, and objects by image.
///
/// Segmentations may be compressed text, lists of runs or polygons. Objects of images or classes that the file does not list are
/// errors. Masks stay in the text of the file until their image is asked for.
public struct COCOTruthFile: Sendable {
    /// An image.
    public struct Image: Equatable, Sendable {
        /// The number that annotations name.
        public let id: Int
        /// The name of the picture, empty where the file has none.
        public let name: String
        /// The extent in pixels.
        public let width, height: Int
    }

    /// The path.
    public let path: String
    /// The images by ascending number.
    public let images: [Image]
    /// The names of the classes by their numbers.
    public let categoryNames: [Int: String]
    private let cursor: JSONCursor
    private let sizes: [Int: Image]
    private let entries: EntriesByImage<Entry>

    private struct Entry: Sendable {
        let category: Int
        let area: Double?
        let isCrowd: Bool
        /// Where the mask begins.
        let place: Int
    }

    /// The number of objects.
    public var objectCount: Int { entries.count }

    /// Reads the file at `path`.
    ///
    /// - Throws: ``EvaluationFileError`` with the place of what is wrong outside of the masks.
    /// - Complexity: O(bytes).
    public init(_ path: String) throws(EvaluationFileError) {
        self.path = path
        var cursor = try JSONCursor(path: path)
        var keys: [String] = []
        var images: [Int: Image]?
        var annotations: Annotations?
        var names: [Int: String]?
        try cursor.readObject("the file") { (cursor, key) throws(EvaluationFileError) in
            keys.append(key)
            switch key {
            case "images": images = try Self.readImages(&cursor)
            case "categories": names = try Self.readCategories(&cursor)
            case "annotations": annotations = try Annotations(&cursor)
            default: try cursor.skipValue()
            }
        }
        try cursor.finish()
        guard let images, let annotations else {
            throw .malformed(
                path: path, byteOffset: 0, expected: "an object with 'images' and 'annotations'",
                found: keys.isEmpty ? "no keys" : "the keys \(keys.sorted().joined(separator: ", "))")
        }
        if let wrong = annotations.ofImages.filter({ images[$0.key] == nil }).min(by: { $0.value < $1.value }) {
            throw cursor.malformed(
                "a listed image in the annotation before, which has \(wrong.key)", at: wrong.value)
        }
        if let names,
            let wrong = annotations.ofCategories.filter({ names[$0.key] == nil }).min(by: { $0.value < $1.value })
        {
            throw cursor.malformed(
                "a listed category in the annotation before, which has \(wrong.key)", at: wrong.value)
        }
        self.images = images.values.sorted { $0.id < $1.id }
        categoryNames = names ?? annotations.ofCategories.mapValues { _ in "" }
        sizes = images
        entries = EntriesByImage(annotations.list)
        self.cursor = cursor
    }

    /// The objects of an image in the order of the file; none where it has none.
    ///
    /// - Throws: ``EvaluationFileError`` with the place of a mask that is none of this image.
    /// - Complexity: O(bytes of the masks).
    public func objects(of image: Int) throws(EvaluationFileError) -> [InstanceTruth] {
        guard let size = sizes[image] else { return [] }
        var cursor = cursor
        var objects: [InstanceTruth] = []
        for entry in entries[image] {
            let mask = try cursor.readMask(at: entry.place, width: size.width, height: size.height)
            objects.append(
                InstanceTruth(mask: mask, category: entry.category, area: entry.area, isCrowd: entry.isCrowd))
        }
        return objects
    }

    /// The annotations of the file, which may come before the lists of images and classes.
    private struct Annotations {
        var list: [(image: Int, entry: Entry)] = []
        /// Where in the file the first object of an image, or of a class, ends.
        var ofImages: [Int: Int] = [:]
        var ofCategories: [Int: Int] = [:]

        init(_ cursor: inout JSONCursor) throws(EvaluationFileError) {
            var (list, ofImages, ofCategories): ([(image: Int, entry: Entry)], [Int: Int], [Int: Int]) = ([], [:], [:])
            try cursor.readArray("annotations") { (cursor) throws(EvaluationFileError) in
                let (image, entry) = try COCOTruthFile.readObject(&cursor)
                if ofImages[image] == nil { ofImages[image] = cursor.position }
                if ofCategories[entry.category] == nil { ofCategories[entry.category] = cursor.position }
                list.append((image, entry))
            }
            (self.list, self.ofImages, self.ofCategories) = (list, ofImages, ofCategories)
        }
    }

    private static func readCategories(_ cursor: inout JSONCursor) throws(EvaluationFileError) -> [Int: String] {
        var names: [Int: String] = [:]
        try cursor.readArray("categories") { (cursor) throws(EvaluationFileError) in
            var (id, name): (Int?, String) = (nil, "")
            try cursor.readObject("a category") { (cursor, key) throws(EvaluationFileError) in
                switch key {
                case "id": id = try cursor.readInteger("the id of a category")
                case "name": name = String(decoding: try cursor.readString("the name of a category"), as: UTF8.self)
                default: try cursor.skipValue()
                }
            }
            guard let id else { throw cursor.malformed("an id in the category before") }
            names[id] = name
        }
        return names
    }

    private static func readImages(_ cursor: inout JSONCursor) throws(EvaluationFileError) -> [Int: Image] {
        var images: [Int: Image] = [:]
        try cursor.readArray("images") { (cursor) throws(EvaluationFileError) in
            var (id, width, height, name): (Int?, Int?, Int?, String) = (nil, nil, nil, "")
            try cursor.readObject("an image") { (cursor, key) throws(EvaluationFileError) in
                switch key {
                case "id": id = try cursor.readInteger("the id of an image")
                case "width": width = try cursor.readInteger("the width of an image")
                case "height": height = try cursor.readInteger("the height of an image")
                case "file_name": name = String(decoding: try cursor.readString("the name of an image"), as: UTF8.self)
                default: try cursor.skipValue()
                }
            }
            guard let id, let width, let height else {
                throw cursor.malformed("id, width and height in the image before")
            }
            if images.updateValue(Image(id: id, name: name, width: width, height: height), forKey: id) != nil {
                throw cursor.malformed("an id of its own in the image before, \(id) was there")
            }
        }
        return images
    }

    private static func readObject(
        _ cursor: inout JSONCursor
    ) throws(EvaluationFileError) -> (image: Int, entry: Entry) {
        var (image, category, area): (Int?, Int?, Double?) = (nil, nil, nil)
        var (isCrowd, place) = (false, -1)
        try cursor.readObject("an annotation") { (cursor, key) throws(EvaluationFileError) in
            switch key {
            case "image_id": image = try cursor.readInteger("image_id")
            case "category_id": category = try cursor.readInteger("category_id")
            case "area": area = try cursor.readNumber("area")
            case "iscrowd": isCrowd = try cursor.readFlag("iscrowd")
            case "segmentation": place = try cursor.skipMask()
            default: try cursor.skipValue()
            }
        }
        guard let image, let category, place >= 0 else {
            throw cursor.malformed("image_id, category_id and segmentation in the annotation before")
        }
        return (image, Entry(category: category, area: area, isCrowd: isCrowd, place: place))
    }
}
