public import SphereKernels
public import SphereLinearAlgebra

/// How well a number follows linearly from the rows of a matrix, each predicted by rows of other groups alone.
///
/// Groups are dealt out to folds in turn. The rows of a fold are predicted by the ridge regression of all other folds, so that nothing
/// that the rows of a group share (a picture's size, its kind of objects) helps to predict them.
public struct HeldOutPrediction: Sendable {
    /// What was to be predicted.
    public let targets: [Double]
    /// The prediction for each.
    public let predicted: [Double]

    /// Predicts `targets` by the rows of `inputs` (N x D).
    ///
    /// - Parameters:
    ///   - groups: the group of each row, a picture for example.
    ///   - folds: at most this many, and no more than groups.
    ///   - penalty: as `RidgeRegression` takes it.
    /// - Precondition: a target and a group for each row; two groups and folds at least.
    /// - Throws: `RidgeRegression.Failure` where a number is not finite.
    /// - Complexity: O(`folds` N D²).
    public init(
        of targets: [Double], from inputs: Matrix, groups: [Int], folds: Int = 5, penalty: Double = 1e-3
    ) throws(RidgeRegression.Failure) {
        require(
            targets.count == inputs.rows && groups.count == inputs.rows,
            "\(targets.count) targets and \(groups.count) groups of \(inputs.rows) rows")
        let names = Set(groups).sorted()
        let count = min(folds, names.count)
        require(count >= 2, "\(folds) folds of \(names.count) groups: two of both are needed")
        let turns = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0 % count) })
        var predicted = [Double](repeating: 0, count: targets.count)
        for fold in 0..<count {
            let (inside, outside) = (
                groups.indices.filter { turns[groups[$0]] == fold }, groups.indices.filter { turns[groups[$0]] != fold }
            )
            func part(_ rows: [Int]) -> Matrix {
                Matrix(
                    rows: rows.count, columns: inputs.columns,
                    elements: rows.flatMap { row in (0..<inputs.columns).map { inputs[row, $0] } })
            }
            let regression = try RidgeRegression(
                part(outside).view, targets: outside.map { targets[$0] }, penalty: penalty)
            for (row, value) in zip(inside, regression.predict(part(inside).view)) { predicted[row] = value }
        }
        self.targets = targets
        self.predicted = predicted
    }

    /// R² = 1 - sum of (y - prediction)² / sum of (y - mean)²: 1 for exact predictions, 0 or less for those no better than the mean; `nil` where all
    /// targets are equal.
    public var determination: Double? {
        let mean = Correlation.mean(targets)
        let all = targets.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let rest = zip(targets, predicted).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        return all > 0 ? 1 - rest / all : nil
    }

    /// Pearson's coefficient of targets and predictions; slightly below 0 where there is nothing to predict.
    public var correlation: Double? { Correlation.pearson(targets, predicted) }
}
