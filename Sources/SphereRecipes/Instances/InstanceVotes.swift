public import SphereData
internal import SphereKernels

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// What the objects of a picture are: their pixels vote (as in the semantic instance detection of Kong and Fowlkes, CVPR 2018).
///
/// For an object of pixels R and the softmax p_i of the scores of pixel i, no object being class 0,
///
///     class = argmax_{k >= 1} q_k,    confidence = q_class,    q_k = (1 / |R|) Σ_{i in R} p_ik
///
/// Without classes q_1 is the mean of the probabilities that pixels belong to an object.
public struct InstanceVotes: Sendable, Equatable {
    /// The class, from 1, of the objects with the labels 1, 2 and so on.
    public let classes: [Int]
    /// The confidence of each, in [0, 1].
    public let confidences: [Double]

    /// The votes of the pixels of `labels`, objects from 1.
    ///
    /// - Precondition: `labels` are as large as `maps`.
    /// - Complexity: O(pixels of objects times classes).
    package init(labels: LabelMap, maps: InstanceModel.Maps) {
        require(
            labels.width == maps.width && labels.height == maps.height,
            "labels of \(labels.width) x \(labels.height) pixels for maps of \(maps.width) x \(maps.height)")
        let objects = Int(labels.labels.max() ?? 0)
        let scores = maps.classScores.isEmpty ? 2 : maps.classScores.count / max(1, maps.scores.count)
        var sums = [Double](repeating: 0, count: objects * scores)
        var sizes = [Int](repeating: 0, count: objects)
        var logits = [Double](repeating: 0, count: scores)
        for (pixel, label) in labels.labels.enumerated() where label > 0 {
            if maps.classScores.isEmpty {
                logits[1] = Double(maps.scores[pixel])
            } else {
                for k in 0..<scores { logits[k] = Double(maps.classScores[pixel * scores + k]) }
            }
            let largest = logits.max()!
            let total = logits.reduce(0) { $0 + exp($1 - largest) }
            for k in 0..<scores { sums[(Int(label) - 1) * scores + k] += exp(logits[k] - largest) / total }
            sizes[Int(label) - 1] += 1
        }
        classes = (0..<objects).map { object in
            (1..<scores).max { sums[object * scores + $0] < sums[object * scores + $1] }!
        }
        confidences = zip(classes, sizes).enumerated().map { object, best in
            sums[object * scores + best.0] / Double(max(1, best.1))
        }
    }

    /// Every pixel with the class of its object, 0 for no object.
    ///
    /// - Precondition: `labels` are those of the votes.
    public func classMap(of labels: LabelMap) -> LabelMap {
        LabelMap(
            width: labels.width, height: labels.height,
            labels: labels.labels.map { $0 == 0 ? 0 : Int32(classes[Int($0) - 1]) })
    }
}
