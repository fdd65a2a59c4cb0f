import Foundation
import SphereEvaluation
import SphereReference
import Testing

@Suite("COCO files") struct COCOFileTests {
    /// Writes `text` to a file, for the time of `body`.
    private func withFile<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
        let path = FileManager.default.temporaryDirectory.appending(path: "coco-\(UUID().uuidString).json").path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    private static let images =
        #""images": [{"file_name": "b\u00e4\"/\ud83d\ude00\\", "id": 9, "height": 2, "width": 4}, {"id": 0, "width": 3, "height": 2}]"#
    private static let categories = #""categories": [{"name": "leaf", "supercategory": "plant", "id": 1}, {"id": 5}]"#
    /// The same mask as runs, text and polygon, before and behind the number of the image.
    private static let annotations = #"""
        "annotations": [
          {"image_id": 9, "segmentation": {"counts": [2, 4, 2], "size": [2, 4]}, "category_id": 1, "id": 0, "iscrowd": 1, "area": 3.5e0},
          {"segmentation": {"size": [2, 4], "counts": "242"}, "category_id": 5, "image_id": 9, "bbox": [1, 0, 2, 2]},
          {"segmentation": [[1, 0, 3, 0, 3, 2, 1, 2]], "image_id": 9, "iscrowd": false, "category_id": 1, "extra": {"a": [null, true, {}]}}
        ]
        """#

    @Test("are the same in any order of their keys")
    func order() throws {
        let parts = [Self.images, Self.categories, Self.annotations, #""info": {"year": -2.5e3, "url": "\n\\\"}"}"#]
        for order in [[0, 1, 2, 3], [2, 0, 3, 1], [1, 2, 0, 3], [3, 2, 1, 0], [0, 2, 1, 3]] {
            let text = "{" + order.map { parts[$0] }.joined(separator: ",\n") + "}"
            let file = try withFile(text) { try COCOTruthFile($0) }
            #expect(file.images.map(\.id) == [0, 9] && file.images[1].name == "bä\"/😀\\")
            #expect(file.categoryNames == [1: "leaf", 5: ""])
            let objects = try file.objects(of: 9)
            #expect(objects.map(\.mask.runs) == [[2, 4, 2], [2, 4, 2], [2, 4, 2]])
            #expect(objects.map(\.category) == [1, 5, 1] && objects.map(\.isCrowd) == [true, false, false])
            #expect(try objects.map(\.area) == [3.5, 4, 4] && file.objects(of: 0).isEmpty)
            #expect(file.objectCount == 3)
        }
        // Without a list every class that occurs is one.
        let file = try withFile("{\(Self.images), \(Self.annotations)}") { try COCOTruthFile($0) }
        #expect(file.categoryNames == [1: "", 5: ""])
    }

    @Test("tell numbers apart that double does not")
    func largeNumbers() throws {
        let ids = [9_007_199_254_740_992, 9_007_199_254_740_993, .max, -9_007_199_254_740_993]
        let images = ids.map { "{\"id\": \($0), \"width\": 2, \"height\": 2}" }.joined(separator: ",")
        let file = try withFile("{\"images\": [\(images)], \"annotations\": []}") { try COCOTruthFile($0) }
        #expect(Set(file.images.map(\.id)) == Set(ids))
    }

    @Test("with a class that is not listed are refused with its place, wherever the list is")
    func unlisted() throws {
        let listed = #""categories": [{"id": 1}]"#
        for text in [
            "{\(Self.images), \(listed), \(Self.annotations)}", "{\(Self.annotations), \(Self.images), \(listed)}",
        ] {
            let error = #expect(throws: EvaluationFileError.self) { try withFile(text) { try COCOTruthFile($0) } }
            guard case .malformed(_, let place, let expected, _) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(expected.hasSuffix("which has 5"))
            // Behind the second annotation.
            #expect(Array(text.utf8)[..<place].reversed().starts(with: "\"bbox\": [1, 0, 2, 2]}".utf8.reversed()))
        }
    }

    @Test("cut off anywhere, or with a byte changed, are errors or files, never a trap")
    func damaged() throws {
        let text = "{\(Self.images), \(Self.categories), \(Self.annotations)}"
        let truth = try withFile(text) { try COCOTruthFile($0) }
        let bytes = Array(text.utf8)
        let path = FileManager.default.temporaryDirectory.appending(path: "coco-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: path) }
        for count in 0..<bytes.count {
            try Data(bytes[..<count]).write(to: path)
            #expect(throws: EvaluationFileError.self, "\(count) bytes") { try COCOTruthFile(path.path) }
            #expect(throws: EvaluationFileError.self, "\(count) bytes") {
                try COCOPredictionFile(path.path, for: truth)
            }
        }
        var generator = SeededGenerator(seed: 60)
        for _ in 0..<500 {
            var changed = bytes
            changed[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            try Data(changed).write(to: path)
            if let file = try? COCOTruthFile(path.path) {
                #expect(file.images.count <= 2)
                for image in file.images {
                    if let objects = try? file.objects(of: image.id) { #expect(objects.count <= file.objectCount) }
                }
            }
        }
    }

    @Test("of detections come as an array or under 'annotations', also with the image last")
    func detections() throws {
        let truth = try withFile("{\(Self.images), \(Self.categories), \(Self.annotations)}") { try COCOTruthFile($0) }
        let list = #"""
            [{"segmentation": {"size": [2, 3], "counts": [0, 6]}, "score": 0.25, "category_id": 5, "image_id": 0},
             {"image_id": 0, "category_id": 5, "score": 1, "segmentation": [[0, 0, 3, 0, 3, 2, 0, 2]]}]
            """#
        for text in [list, "{\"annotations\": \(list), \"info\": null}"] {
            let file = try withFile(text) { try COCOPredictionFile($0, for: truth) }
            let detections = try file.detections(of: 0)
            #expect(detections.map(\.score) == [0.25, 1] && detections.map(\.mask.area) == [6, 6])
        }
        // An image that is named twice: the last one counts, and its size has to fit.
        let twice =
            #"[{"image_id": 9, "segmentation": {"size": [2, 4], "counts": [0, 8]}, "score": 1, "category_id": 5, "image_id": 0}]"#
        #expect(throws: EvaluationFileError.self) {
            try withFile(twice) { try COCOPredictionFile($0, for: truth).detections(of: 0) }
        }
    }
}
