import SphereData
import SphereEvaluation

/// Objects and detections of COCO files, masks in memory.
struct InstanceInput {
    struct Image {
        let id: Int
        let truth: [InstanceTruth]
        let predictions: [InstancePrediction]
    }

    let categories: [Int]
    let images: [Image]

    init(_ folder: String) throws {
        let files = try Self.files(folder)
        categories = files.truth.categoryNames.keys.sorted()
        images = try files.truth.images.map { image in
            Image(
                id: image.id, truth: try files.truth.objects(of: image.id),
                predictions: try files.predictions.detections(of: image.id))
        }
    }

    /// The files, whose masks are read where their image is asked for.
    static func files(_ folder: String) throws -> (truth: COCOTruthFile, predictions: COCOPredictionFile) {
        let truth = try COCOTruthFile("\(folder)/truth.json")
        return (truth, try COCOPredictionFile("\(folder)/predictions.json", for: truth))
    }
}

/// Two label maps.
struct LabelInput {
    let truth, prediction: LabelMap

    init(_ folder: String) throws {
        truth = try LabelMap.read("\(folder)/truth.npy")
        prediction = try LabelMap.read("\(folder)/prediction.npy")
    }

    /// The scores of the predicted labels, ascending labels, background left out.
    static func scores(_ folder: String) throws -> [Double] {
        try NPYFile.read("\(folder)/scores.npy", as: Double.self).elements
    }
}

/// Images of the boundary benchmark: NAME_pb.png and NAME_gtK_bdry.png.
struct BoundaryInput {
    struct Image {
        let name: String
        let truth: [BoundaryMap]
        /// Thinned, by ascending threshold.
        let predictions: [BoundaryMap]
    }

    /// Thresholds of the self-test of BSDS500.
    static let thresholds = BoundaryEvaluation.Settings.benchmarkThresholds(5)

    let images: [Image]

    init(_ path: String) throws {
        let folder = try Folder(path)
        let suffix = "_pb.png"
        images = try folder.names.filter { $0.hasSuffix(suffix) }.map { file in
            let name = String(file.dropLast(suffix.count))
            let annotators = folder.names.filter { $0.hasPrefix("\(name)_gt") && $0.hasSuffix("_bdry.png") }
            let truth = try annotators.map { file in
                let map = try LabelMap.readPNG("\(path)/\(file)")
                return BoundaryMap(width: map.width, height: map.height, pixels: map.labels.map { $0 != 0 })
            }
            let levels = try LabelMap.readPNG("\(path)/\(file)")
            let soft = SoftBoundaryMap(
                width: levels.width, height: levels.height, strengths: levels.labels.map { Double($0) / 255 })
            return Image(
                name: name, truth: truth, predictions: Self.thresholds.map { soft.boundaries(from: $0).thinned() })
        }
    }
}
