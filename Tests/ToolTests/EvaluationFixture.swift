import Foundation
import SphereData

/// Small inputs of `sphereshift evaluate` with scores that follow from counting pixels.
///
/// Two objects on 8 x 6 pixels: the prediction covers 9 of the 12 pixels of object 1 and nothing else of it (IoU 3/4), and all 9 of
/// object 2 (IoU 1). Numbers of images and annotations begin with 0, those of segments have gaps.
struct EvaluationFixture {
    static let width = 8
    static let height = 6

    let tool: Tool

    static let truth = map { x, y in x < 4 && y < 3 ? 1 : x >= 5 && y >= 3 ? 2 : 0 }
    static let prediction = map { x, y in x < 3 && y < 3 ? 1 : x >= 5 && y >= 3 ? 2 : 0 }

    static func map(
        width: Int = width, height: Int = height, _ label: (_ x: Int, _ y: Int) -> Int32
    ) -> LabelMap {
        LabelMap(
            width: width, height: height,
            labels: (0..<width * height).map { label($0 % width, $0 / width) })
    }

    func write(_ text: String, to name: String) throws {
        try text.write(toFile: tool.path(name), atomically: true, encoding: .utf8)
    }

    func makeFolders(_ names: String...) throws {
        for name in names {
            try FileManager.default.createDirectory(atPath: tool.path(name), withIntermediateDirectories: true)
        }
    }

    /// Folders `truth` and `predictions` with the maps of image `a`.
    func writeLabelMaps() throws {
        try makeFolders("truth", "predictions")
        try Self.truth.writePNG(to: tool.path("truth/a.png"))
        try Self.prediction.writeNPY(to: tool.path("predictions/a_labels.npy"))
    }

    /// The lengths of runs of a label, column by column.
    static func runs(_ map: LabelMap, _ label: Int32) -> [Int] {
        var (runs, inside) = ([0], false)
        for x in 0..<map.width {
            for y in 0..<map.height {
                if (map[x, y] == label) != inside {
                    inside.toggle()
                    runs.append(0)
                }
                runs[runs.count - 1] += 1
            }
        }
        return runs
    }

    private static func segmentation(_ map: LabelMap, _ label: Int32) -> String {
        "{\"size\": [\(map.height), \(map.width)], \"counts\": \(runs(map, label))}"
    }

    /// `truth.json` and `predictions.json` of COCO: object 1 of class 3, object 2 of class 7.
    func writeInstances() throws {
        let objects = [(1, 3), (2, 7)].enumerated().map { number, object in
            "{\"id\": \(number), \"image_id\": 0, \"category_id\": \(object.1), \"iscrowd\": 0, \"segmentation\": "
                + Self.segmentation(Self.truth, Int32(object.0)) + "}"
        }
        try write(
            """
            {"images": [{"id": 0, "width": 8, "height": 6, "file_name": "a.jpg"}],
             "categories": [{"id": 3, "name": "leaf"}, {"id": 7, "name": "stone"}], "annotations": [\(objects.joined(separator: ","))]}
            """, to: "truth.json")
        try writeDetections([(1, 3, 0.9), (2, 7, 0.8)])
    }

    func writeDetections(_ detections: [(label: Int32, category: Int, score: Double)]) throws {
        let list = detections.map {
            "{\"image_id\": 0, \"category_id\": \($0.category), \"score\": \($0.score), \"segmentation\": "
                + Self.segmentation(Self.prediction, $0.label) + "}"
        }
        try write("[\(list.joined(separator: ","))]", to: "predictions.json")
    }

    /// `truth.json` and `predictions.json` of panoptic segmentation with their folders of pictures.
    func writePanoptic() throws {
        try makeFolders("truth", "predictions")
        for (folder, map) in [("truth", Self.truth), ("predictions", Self.prediction)] {
            // Segment numbers 300 and 70000 need the second and the third channel.
            let numbers: [Int32: Int] = [0: 0, 1: 300, 2: 70000]
            let samples = map.labels.flatMap { label in
                [UInt8(numbers[label]! & 255), UInt8(numbers[label]! >> 8 & 255), UInt8(numbers[label]! >> 16)]
            }
            try PNGFile.write(
                Image(width: map.width, height: map.height, channels: 3, samples: samples),
                to: tool.path("\(folder)/a.png"))
            try write(
                """
                {"categories": [{"id": 1, "name": "leaf", "isthing": 1}, {"id": 2, "name": "sky", "isthing": 0}], "annotations":
                 [{"image_id": 0, "file_name": "a.png", "segments_info":
                   [{"id": 300, "category_id": 1, "iscrowd": 0}, {"id": 70000, "category_id": 2, "iscrowd": 0}]}]}
                """, to: "\(folder).json")
        }
    }

    /// Folders `truth` and `predictions` of Cityscapes: a person and a car.
    func writeCityscapes() throws {
        try makeFolders("truth", "predictions")
        let numbers: [Int32: Int32] = [0: 0, 1: 24001, 2: 26000]
        try Self.map { x, y in numbers[Self.truth[x, y]]! }.writePNG(to: tool.path("truth/a_gtFine_instanceIds.png"))
        for label: Int32 in [1, 2] {
            try Self.map { x, y in Self.prediction[x, y] == label ? 255 : 0 }
                .writePNG(to: tool.path("predictions/a_\(label).png"))
        }
        try write("a_1.png 24 0.9\na_2.png 26 0.5\n", to: "predictions/a_pred.txt")
    }

    /// Folders `truth` and `predictions` of boundaries: two lines, one of which is detected at 255 and the other at 100.
    func writeBoundaries() throws {
        try makeFolders("truth", "predictions")
        let strengths = Self.map(width: 20, height: 20) { _, y in y == 5 ? 255 : y == 14 ? 100 : 0 }
        try Self.map(width: 20, height: 20) { x, y in strengths[x, y] > 0 ? 1 : 0 }
            .writePNG(to: tool.path("truth/a_gt0_bdry.png"))
        let samples = strengths.labels.map { UInt8($0) }
        try PNGFile.write(
            Image(width: 20, height: 20, channels: 1, samples: samples), to: tool.path("predictions/a.png"))
    }

    /// The left and the right half as the regions of two annotators, and as contours of double size at level 50.
    func writeRegions() throws {
        try makeFolders("truth", "predictions", "contours")
        let halves = Self.map { x, _ in x < 4 ? 1 : 2 }
        for annotator in 0...1 { try halves.writePNG(to: tool.path("truth/a_gt\(annotator)_seg.png")) }
        try halves.writePNG(to: tool.path("predictions/a.png"))
        let (width, height) = (2 * Self.width + 1, 2 * Self.height + 1)
        let samples = (0..<width * height).map { UInt8($0 % width == 8 ? 50 : 0) }
        try PNGFile.write(
            Image(width: width, height: height, channels: 1, samples: samples), to: tool.path("contours/a.png"))
    }
}
