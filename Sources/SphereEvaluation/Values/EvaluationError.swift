/// What can be wrong with something that is to be evaluated.
public enum EvaluationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Two pictures that belong together have different sizes.
    case sizesDiffer(truthWidth: Int, truthHeight: Int, predictionWidth: Int, predictionHeight: Int)
    /// A run-length mask is not one; `runIndex` is the run at which it shows.
    case malformedMask(runIndex: Int, reason: String)
    /// A value is outside of what the metric is defined for.
    case invalid(what: String, expected: String, found: String)

    /// One line that names what was expected and what was found.
    public var description: String {
        switch self {
        case .sizesDiffer(let truthWidth, let truthHeight, let predictionWidth, let predictionHeight):
            "the ground truth has \(truthWidth) x \(truthHeight) pixels, the prediction "
                + "\(predictionWidth) x \(predictionHeight)"
        case .malformedMask(let runIndex, let reason): "malformed run-length mask: run \(runIndex): \(reason)"
        case .invalid(let what, let expected, let found): "\(what): expected \(expected), found \(found)"
        }
    }
}
