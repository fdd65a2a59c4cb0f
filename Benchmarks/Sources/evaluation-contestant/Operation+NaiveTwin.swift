import SphereData
import SphereEvaluation

extension Operation {
    /// The plainest way to the same numbers, written by the definitions, without anything of SphereEvaluation but its files
    /// and the assignment of objects.
    func naiveTwin(of folder: String) throws -> () throws -> Scores {
        switch self {
        case .coco, .cocoFiles:
            if self == .cocoFiles { return { NaiveCOCO(try InstanceInput(folder)).scores() } }
            let input = try InstanceInput(folder)
            return { NaiveCOCO(input).scores() }
        case .cocoLabels:
            let (maps, ranks) = (try LabelInput(folder), try LabelInput.scores(folder))
            return { NaiveCOCO(maps, ranks).scores() }
        case .objectsUOIS, .objectsUCN:
            let maps = try LabelInput(folder)
            return { NaiveObjects(maps, contours: self == .objectsUOIS).scores() }
        case .labels:
            let maps = try LabelInput(folder)
            return { NaiveLabels.scores(maps.truth.labels, maps.prediction.labels) }
        case .boundaries, .boundariesPublished:
            let input = try BoundaryInput(folder)
            return { NaiveBoundaries.scores(input) }
        }
    }
}
