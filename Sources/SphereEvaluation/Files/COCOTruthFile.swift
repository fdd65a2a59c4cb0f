/// The ground truth of a COCO file: images, classes, and objects by image.
///
/// Segmentations may be compressed text, lists of runs or polygons. Objects of images or classes that the file does not list are
/// errors.
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
    /// The objects of every image that has one.
    public let objects: [Int: [InstanceTruth]]

    /// Reads the file at `path`.
    ///
    /// - Throws: ``EvaluationFileError`` with the place of what is wrong.
    /// - Complexity: O(bytes).
    public init(_ path: String) throws(EvaluationFileError) {
        self.path = path
        var cursor = try JSONCursor(path: path)
        var keys: [String] = []
        var images: [Int: Image]?
        var annotationsPlace: Int?
        var annotations: Annotations?
        var names: [Int: String]?
        try cursor.readObject("the file") { (cursor, key) throws(EvaluationFileError) in
            keys.append(key)
            switch key {
            case "images": images = try Self.readImages(&cursor)
            case "categories": names = try Self.readCategories(&cursor)
            case "annotations":
                _ = cursor.peek()
                annotationsPlace = cursor.position
                // Masks need the size of their image, which may come later in the file.
                if let images {
                    annotations = try Annotations(&cursor, images)
                } else {
                    try cursor.skipValue()
                }
            default: try cursor.skipValue()
            }
        }
        try cursor.finish()
        guard let images, let annotationsPlace else {
            throw .malformed(
                path: path, byteOffset: 0, expected: "an object with 'images' and 'annotations'",
                found: keys.isEmpty ? "no keys" : "the keys \(keys.sorted().joined(separator: ", "))")
        }
        if annotations == nil {
            cursor.move(to: annotationsPlace)
            annotations = try Annotations(&cursor, images)
        }
        if let names,
            let wrong = annotations!.firstUses.filter({ names[$0.key] == nil }).min(by: { $0.value < $1.value })
        {
            throw cursor.malformed(
                "a listed category in the annotation before, which has \(wrong.key)", at: wrong.value)
        }
        self.images = images.values.sorted { $0.id < $1.id }
        objects = annotations!.objects
        categoryNames = names ?? annotations!.firstUses.mapValues { _ in "" }
    }

    /// The objects of all images.
    private struct Annotations {
        var objects: [Int: [InstanceTruth]] = [:]
        /// Where in the file the first object of a class ends.
        var firstUses: [Int: Int] = [:]

        init(_ cursor: inout JSONCursor, _ images: [Int: Image]) throws(EvaluationFileError) {
            var (objects, firstUses): ([Int: [InstanceTruth]], [Int: Int]) = ([:], [:])
            try cursor.readArray("annotations") { (cursor) throws(EvaluationFileError) in
                let (image, object) = try COCOTruthFile.readObject(&cursor, images)
                if firstUses[object.category] == nil { firstUses[object.category] = cursor.position }
                objects[image, default: []].append(object)
            }
            self.objects = objects
            self.firstUses = firstUses
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
        _ cursor: inout JSONCursor, _ images: [Int: Image]
    ) throws(EvaluationFileError) -> (image: Int, object: InstanceTruth) {
        var (image, category, area): (Int?, Int?, Double?) = (nil, nil, nil)
        var (isCrowd, place) = (false, -1)
        var mask: RunLengthMask?
        try cursor.readObject("an annotation") { (cursor, key) throws(EvaluationFileError) in
            switch key {
            case "image_id": image = try cursor.readInteger("image_id")
            case "category_id": category = try cursor.readInteger("category_id")
            case "area": area = try cursor.readNumber("area")
            case "iscrowd": isCrowd = try cursor.readFlag("iscrowd")
            case "segmentation":
                _ = cursor.peek()
                place = cursor.position
                if let image, let size = images[image] {
                    mask = try cursor.readMask(width: size.width, height: size.height)
                } else {
                    try cursor.skipValue()
                }
            default: try cursor.skipValue()
            }
        }
        guard let image, let category, place >= 0 else {
            throw cursor.malformed("image_id, category_id and segmentation in the annotation before")
        }
        let size = images[image]
        guard let size else { throw cursor.malformed("a listed image in the annotation before, which has \(image)") }
        if mask == nil || mask!.width != size.width || mask!.height != size.height {
            let end = cursor.position
            cursor.move(to: place)
            mask = try cursor.readMask(width: size.width, height: size.height)
            cursor.move(to: end)
        }
        return (image, InstanceTruth(mask: mask!, category: category, area: area, isCrowd: isCrowd))
    }
}
