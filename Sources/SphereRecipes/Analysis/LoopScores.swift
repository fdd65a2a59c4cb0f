public import SphereData
internal import SphereEvaluation
internal import SphereGrouping
public import SphereKernels

/// How well the objects of pictures are found after different numbers of loops.
public struct LoopScores: Sendable {
    /// Numbers of loops.
    public let loops: [Int]
    /// The scores after each.
    public private(set) var scores: [InstanceScores]

    /// No pictures yet.
    ///
    /// - Precondition: numbers of 0 or more, one at least.
    public init(loops: [Int] = [0, 1, 2, 3, 5, 10]) {
        require(!loops.isEmpty && loops.allSatisfy { $0 >= 0 }, "loops \(loops): one or more, each 0 or more")
        self.loops = loops
        scores = loops.map { _ in InstanceScores() }
    }

    /// Adds a picture.
    ///
    /// - Throws: `GroupingError` where the network's output is not finite, `EvaluationError` where the sizes differ.
    /// - Complexity: O(T n²) for n pixels of objects and T loops, those of all numbers together.
    public mutating func add(
        _ maps: InstanceModel.Maps, truth: LabelMap, model: InstanceModel, on execution: Execution = .default
    ) throws {
        for (number, count) in loops.enumerated() {
            let found = try model.objects(of: maps, iterations: .count(count), on: execution)
            try scores[number].add(found.labels, truth: truth)
        }
    }
}
