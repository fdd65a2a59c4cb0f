/// The detections of a COCO results file, by image.
///
/// Masks stay in the text of the file until their image is asked for.
public struct COCOPredictionFile: Sendable {
    private struct Entry: Sendable {
        let category: Int
        let score: Double
        /// Where the mask begins.
        let place: Int
    }

    /// The path.
    public let path: String
    private let cursor: JSONCursor
    private let sizes: [Int: COCOTruthFile.Image]
    private let entries: EntriesByImage<Entry>

    /// The number of detections.
    public var detectionCount: Int { entries.count }

    /// Reads the file at `path`: an array of detections, or an object with one under 'annotations'.
    ///
    /// - Parameter truth: the file of the ground truth, whose images and classes the detections must name.
    /// - Throws: ``EvaluationFileError`` with the place of what is wrong outside of the masks.
    /// - Complexity: O(bytes).
    public init(_ path: String, for truth: COCOTruthFile) throws(EvaluationFileError) {
        self.path = path
        let images = Dictionary(uniqueKeysWithValues: truth.images.map { ($0.id, $0) })
        var cursor = try JSONCursor(path: path)
        var list: [(image: Int, entry: Entry)] = []
        func read(_ cursor: inout JSONCursor) throws(EvaluationFileError) {
            try cursor.readArray("detections") { (cursor) throws(EvaluationFileError) in
                let (image, entry) = try Self.readDetection(&cursor)
                if images[image] == nil {
                    throw cursor.malformed("an image of the ground truth in the detection before, which has \(image)")
                }
                if truth.categoryNames[entry.category] == nil {
                    throw cursor.malformed(
                        "a category of \(truth.path) in the detection before, which has \(entry.category)")
                }
                list.append((image, entry))
            }
        }
        if cursor.peek() == UInt8(ascii: "{") {
            var isFound = false
            try cursor.readObject("the file") { (cursor, key) throws(EvaluationFileError) in
                if key == "annotations" {
                    isFound = true
                    try read(&cursor)
                } else {
                    try cursor.skipValue()
                }
            }
            if !isFound { throw cursor.malformed("an array of detections or an object with 'annotations'", at: 0) }
        } else {
            try read(&cursor)
        }
        try cursor.finish()
        self.cursor = cursor
        sizes = images
        entries = EntriesByImage(list)
    }

    /// The detections of an image in the order of the file; none where it has none.
    ///
    /// - Throws: ``EvaluationFileError`` with the place of a mask that is none of this image.
    /// - Complexity: O(bytes of the masks).
    public func detections(of image: Int) throws(EvaluationFileError) -> [InstancePrediction] {
        guard let size = sizes[image] else { return [] }
        var cursor = cursor
        var detections: [InstancePrediction] = []
        for entry in entries[image] {
            let mask = try cursor.readMask(at: entry.place, width: size.width, height: size.height)
            detections.append(InstancePrediction(mask: mask, category: entry.category, score: entry.score))
        }
        return detections
    }

    private static func readDetection(
        _ cursor: inout JSONCursor
    ) throws(EvaluationFileError) -> (image: Int, entry: Entry) {
        var (image, category, score): (Int?, Int?, Double?) = (nil, nil, nil)
        var place = -1
        try cursor.readObject("a detection") { (cursor, key) throws(EvaluationFileError) in
            switch key {
            case "image_id": image = try cursor.readInteger("image_id")
            case "category_id": category = try cursor.readInteger("category_id")
            case "score": score = try cursor.readNumber("score")
            case "segmentation": place = try cursor.skipMask()
            default: try cursor.skipValue()
            }
        }
        guard let image, let category, let score, place >= 0 else {
            throw cursor.malformed("image_id, category_id, segmentation and score in the detection before")
        }
        return (image, Entry(category: category, score: score, place: place))
    }
}
