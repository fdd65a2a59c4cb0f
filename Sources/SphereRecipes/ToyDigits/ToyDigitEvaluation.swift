public import SphereData
public import SphereEvaluation
public import SphereGrouping
public import SphereKernels
internal import SphereLosses
internal import SphereTensor

/// What a model of the toy digits makes of scenes: the groups it finds, and the losses through its loops.
public struct ToyDigitEvaluation: Sendable {
    /// The pair loss over all pixels, its mean over the scenes.
    public struct Losses: Sendable, Hashable {
        /// Between pixels of one group.
        public var positive = 0.0
        /// Between pixels of different groups.
        public var negative = 0.0
        /// The least that any embedding can have.
        public var floor = 0.0
    }

    /// Why a scene cannot be scored.
    public enum SceneError: Error, Equatable, Sendable, CustomStringConvertible {
        /// The network's output cannot be grouped.
        case grouping(GroupingError)
        /// Image and truth do not fit.
        case evaluation(EvaluationError)

        /// One line for the user.
        public var description: String {
            switch self {
            case .grouping(let error): error.description
            case .evaluation(let error): error.description
            }
        }
    }

    /// How well the groups are the digits.
    public private(set) var scores = ToyDigitScores()
    private var sums: [Losses]
    private let margin: Double

    /// An evaluation of `model` without scenes.
    public init(of model: ToyDigitModel) {
        margin = model.margin
        sums = [Losses](repeating: Losses(), count: model.grouping.loops + 1)
    }

    /// The mean losses before the first loop and after every loop.
    public var losses: [Losses] {
        let count = Double(max(1, scores.sceneCount))
        return sums.map {
            Losses(positive: $0.positive / count, negative: $0.negative / count, floor: $0.floor / count)
        }
    }

    /// Adds a scene.
    ///
    /// - Parameters:
    ///   - image: height x width x 3 numbers in [0, 1].
    ///   - truth: 0 for the background, which is a group of the loss like the others.
    /// - Returns: the groups that were found.
    /// - Throws: ``SceneError``; nothing has then been added.
    @discardableResult
    public mutating func add(
        _ image: [Float], truth: LabelMap, model: ToyDigitModel, on execution: Execution = .default
    ) throws(SceneError) -> LabelMap {
        let segmentation: Segmentation
        do {
            segmentation = try model.segment(image, width: truth.width, height: truth.height, on: execution)
        } catch { throw .grouping(error) }
        let labels = segmentation.labels
        do { try scores.add(labels, truth: truth) } catch { throw .evaluation(error) }
        let loss = PairLoss(margin: margin)
        let loops = TensorExecution.$current.withValue(execution) {
            TensorExecution.withoutGradients { model.grouping(Tensor(segmentation.embedding)).map(\.matrix) }
        }
        for (loop, shifted) in loops.enumerated() {
            let value = loss.evaluate(shifted.view, labels: truth.labels.span, on: execution)
            sums[loop].positive += value.positive
            sums[loop].negative += value.negative
            sums[loop].floor += value.floor
        }
        return labels
    }
}
