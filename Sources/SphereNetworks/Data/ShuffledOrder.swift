internal import SphereKernels

/// The order in which a training sees its examples: every epoch is a permutation of its own, and a step's examples follow from its number.
///
/// Fisher and Yates' shuffle (Knuth, "The Art of Computer Programming", volume 2, algorithm P) of the numbers 0..<count, seeded by
/// the epoch. A batch may begin in one epoch and end in the next.
public struct ShuffledOrder: Sendable {
    /// Number of examples.
    public let count: Int
    /// Decides the permutations.
    public let seed: UInt64
    private var epoch = -1
    private var permutation: [Int] = []

    /// An order of `count` examples.
    ///
    /// - Precondition: `count` >= 1.
    public init(count: Int, seed: UInt64) {
        require(count >= 1, "an order of \(count) examples: 1 or more are needed")
        self.count = count
        self.seed = seed
    }

    /// The examples of step `step`, counted from 0, with `batch` examples in a step.
    ///
    /// - Complexity: O(batch), and O(count) where an epoch begins.
    /// - Precondition: `step` >= 0, `batch` >= 1.
    public mutating func examples(step: Int, batch: Int) -> [Int] {
        require(step >= 0 && batch >= 1, "step \(step) of \(batch) examples")
        return (step * batch..<(step + 1) * batch).map { place in
            begin(epoch: place / count)
            return permutation[place % count]
        }
    }

    private mutating func begin(epoch: Int) {
        if epoch == self.epoch { return }
        var random = TrainingGenerator(seed: seed).derived(epoch)
        permutation = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) {
            permutation.swapAt(last, Int(random.uniform() * Double(last + 1)))
        }
        self.epoch = epoch
    }
}
