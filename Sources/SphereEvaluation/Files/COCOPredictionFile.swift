/// The detections of a COCO results file, by image.
public struct COCOPredictionFile: Sendable {
    /// The path.
    public let path: String
    /// The detections of every image that has one, in the order of the file.
    public let detections: [Int: [InstancePrediction]]

    /// Reads the file at `path`: an array of detections, or an object with one under 'annotations'.
    ///
    /// - Parameter truth: the file of the ground truth, whose images and classes the detections must name.
    /// - Throws: ``EvaluationFileError`` with the place of what is wrong.
    /// - Complexity: O(bytes).
    public init(_ path: String, for truth: COCOTruthFile) throws(EvaluationFileError) {
        self.path = path
        let images = Dictionary(uniqueKeysWithValues: truth.images.map { ($0.id, $0) })
        var cursor = try JSONCursor(path: path)
        var detections: [Int: [InstancePrediction]] = [:]
        func read(_ cursor: inout JSONCursor) throws(EvaluationFileError) {
            try cursor.readArray("detections") { (cursor) throws(EvaluationFileError) in
                let (image, detection) = try Self.readDetection(&cursor, images)
                if truth.categoryNames[detection.category] == nil {
                    throw cursor.malformed(
                        "a category of \(truth.path) in the detection before, which has \(detection.category)")
                }
                detections[image, default: []].append(detection)
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
        self.detections = detections
    }

    private static func readDetection(
        _ cursor: inout JSONCursor, _ images: [Int: COCOTruthFile.Image]
    ) throws(EvaluationFileError) -> (image: Int, detection: InstancePrediction) {
        var (image, category, score): (Int?, Int?, Double?) = (nil, nil, nil)
        var place = -1
        var mask: RunLengthMask?
        try cursor.readObject("a detection") { (cursor, key) throws(EvaluationFileError) in
            switch key {
            case "image_id": image = try cursor.readInteger("image_id")
            case "category_id": category = try cursor.readInteger("category_id")
            case "score": score = try cursor.readNumber("score")
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
        guard let image, let category, let score, place >= 0 else {
            throw cursor.malformed("image_id, category_id, segmentation and score in the detection before")
        }
        guard let size = images[image] else {
            throw cursor.malformed("an image of the ground truth in the detection before, which has \(image)")
        }
        if mask == nil || mask!.width != size.width || mask!.height != size.height {
            let end = cursor.position
            cursor.move(to: place)
            mask = try cursor.readMask(width: size.width, height: size.height)
            cursor.move(to: end)
        }
        return (image, InstancePrediction(mask: mask!, category: category, score: score))
    }
}
