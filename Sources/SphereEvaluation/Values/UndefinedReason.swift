/// Why a metric has no value.
public enum UndefinedReason: String, Error, Equatable, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// Nothing was counted: empty maps, or every pixel left out.
    case noPixels
    /// Fewer than two pixels: there are no pairs to agree on.
    case noPixelPairs
    /// No two pixels share a region of the ground truth.
    case noTruthPairs
    /// No two pixels share a region of the prediction.
    case noPredictedPairs
    /// The ground truth has no object that counts.
    case noTruth
    /// The prediction has no object.
    case noPredictions
    /// Neither ground truth nor prediction has an object.
    case noObjects
    /// The class occurs in neither ground truth nor prediction.
    case absentClass
    /// No image has a value of this metric.
    case noDefinedImage

    /// The reason as the end of a sentence.
    public var description: String {
        switch self {
        case .noPixels: "no pixels were counted"
        case .noPixelPairs: "there are fewer than two pixels"
        case .noTruthPairs: "no two pixels share a region of the ground truth"
        case .noPredictedPairs: "no two pixels share a region of the prediction"
        case .noTruth: "the ground truth has no object that counts"
        case .noPredictions: "the prediction has no object"
        case .noObjects: "neither ground truth nor prediction has an object"
        case .absentClass: "the class occurs in neither ground truth nor prediction"
        case .noDefinedImage: "no image has a value"
        }
    }
}
