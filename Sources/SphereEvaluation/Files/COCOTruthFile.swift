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
        // Polygons need the size of their image, which may come later in the file.
        var places: [String: Int] = [:]
        try cursor.readObject("the file") { (cursor, key) throws(EvaluationFileError) in
            _ = cursor.peek()
            places[key] = cursor.position
            try cursor.skipValue()
        }
        try cursor.finish()
        guard let imagesPlace = places["images"], let annotationsPlace = places["annotations"] else {
            throw .malformed(
                path: path, byteOffset: 0, expected: "an object with 'images' and 'annotations'",
                found: places.isEmpty ? "no keys" : "the keys \(places.keys.sorted().joined(separator: ", "))")
        }
        cursor.move(to: imagesPlace)
        let images = try Self.readImages(&cursor)
        self.images = images.values.sorted { $0.id < $1.id }
        var names: [Int: String] = [:]
        if let place = places["categories"] {
            cursor.move(to: place)
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
        }
        cursor.move(to: annotationsPlace)
        var objects: [Int: [InstanceTruth]] = [:]
        try cursor.readArray("annotations") { (cursor) throws(EvaluationFileError) in
            let (image, object) = try Self.readObject(&cursor, images)
            if names[object.category] == nil {
                if places["categories"] != nil {
                    throw cursor.malformed("a listed category in the annotation before, which has \(object.category)")
                }
                names[object.category] = ""
            }
            objects[image, default: []].append(object)
        }
        self.objects = objects
        categoryNames = names
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
        try cursor.readObject("an annotation") { (cursor, key) throws(EvaluationFileError) in
            switch key {
            case "image_id": image = try cursor.readInteger("image_id")
            case "category_id": category = try cursor.readInteger("category_id")
            case "area": area = try cursor.readNumber("area")
            case "iscrowd": isCrowd = try cursor.readFlag("iscrowd")
            case "segmentation":
                _ = cursor.peek()
                place = cursor.position
                try cursor.skipValue()
            default: try cursor.skipValue()
            }
        }
        guard let image, let category, place >= 0 else {
            throw cursor.malformed("image_id, category_id and segmentation in the annotation before")
        }
        let size = images[image]
        guard let size else { throw cursor.malformed("a listed image in the annotation before, which has \(image)") }
        let end = cursor.position
        cursor.move(to: place)
        let mask = try cursor.readMask(width: size.width, height: size.height)
        cursor.move(to: end)
        return (image, InstanceTruth(mask: mask, category: category, area: area, isCrowd: isCrowd))
    }
}
