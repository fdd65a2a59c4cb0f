public import SphereData
internal import SphereKernels

/// The region benchmark of BSDS500 (Arbelaez, Maire, Fowlkes and Malik, TPAMI 2011): covering, probabilistic Rand index and
/// variation of information of segmentations at several scales against several annotators.
///
/// Keeps a few numbers an image and scale; parts merge, and the result does not depend on the order of the images.
public struct RegionEvaluation: Equatable, Sendable {
    /// What one segmentation of an image scores against all annotators.
    public struct Scores: Equatable, Sendable {
        /// Pixels of all annotators' regions, each times the best intersection over union of its region.
        public let coveredPixels: Double
        /// Pixels of all annotators' regions.
        public let pixels: Int
        /// The mean Rand index over the annotators.
        public let probabilisticRandIndex: Double
        /// The mean variation of information over the annotators, in bits.
        public let variationOfInformation: Double
        /// The best intersection over union of every region of every annotator.
        let best: [Double]
        /// The sizes of the regions.
        let sizes: [Int]

        /// The scores of `segmentation`, in which every label is a region.
        ///
        /// - Throws: `EvaluationError.sizesDiffer` if an annotator's map has another size, `EvaluationError.invalid` without
        ///   annotators or with fewer than two pixels.
        /// - Complexity: O(pixels x annotators).
        public init(_ segmentation: LabelMap, truth: [LabelMap]) throws(EvaluationError) {
            guard !truth.isEmpty, segmentation.labels.count > 1 else {
                throw .invalid(
                    what: "a segmentation to score", expected: "an annotator or more and two pixels or more",
                    found: "\(truth.count) annotators and \(segmentation.labels.count) pixels")
            }
            var (best, sizes): ([Double], [Int]) = ([], [])
            var (rand, variation) = (0.0, 0.0)
            for annotator in truth {
                let histogram = try JointHistogram(truth: annotator, prediction: segmentation)
                best += histogram.bestIntersectionsOverUnion()
                sizes += histogram.truthSizes
                // Both are defined from two pixels on.
                rand += histogram.randIndex.value!
                variation += histogram.variationOfInformation(.bits).value!
            }
            self.best = best
            self.sizes = sizes
            coveredPixels = zip(best, sizes).reduce(0.0) { $0 + $1.0 * Double($1.1) }
            pixels = sizes.reduce(0, +)
            probabilisticRandIndex = rand / Double(truth.count)
            variationOfInformation = variation / Double(truth.count)
        }

        /// ``coveredPixels`` over ``pixels``.
        public var covering: Double { coveredPixels / Double(pixels) }
    }

    /// What is kept of an image.
    private struct ImageScores: Equatable, Sendable {
        var covered: [Double]
        var pixels: Int
        var rand: [Double]
        var variation: [Double]
        var bestCovered: Double
    }

    /// Number of segmentations of every image.
    public let scaleCount: Int
    private var images: [String: ImageScores] = [:]

    /// An evaluation of `scaleCount` segmentations an image.
    public init(scaleCount: Int) {
        require(scaleCount >= 1, "an image has 1 segmentation or more, found \(scaleCount)")
        self.scaleCount = scaleCount
    }

    /// Adds the scores of an image, by ascending scale.
    ///
    /// - Precondition: there are ``scaleCount`` scores of one set of annotators, and no image of this name was added.
    public mutating func add(_ name: String, _ scores: [Scores]) {
        require(
            scores.count == scaleCount, "image \(name) has \(scores.count) segmentations, expected \(scaleCount)")
        require(images[name] == nil, "image \(name) was added before")
        require(scores.allSatisfy { $0.sizes == scores[0].sizes }, "image \(name) was scored against different truths")
        var bestCovered = 0.0
        for region in scores[0].sizes.indices {
            let best = scores.reduce(0.0) { max($0, $1.best[region]) }
            bestCovered += best * Double(scores[0].sizes[region])
        }
        images[name] = ImageScores(
            covered: scores.map(\.coveredPixels), pixels: scores[0].pixels, rand: scores.map(\.probabilisticRandIndex),
            variation: scores.map(\.variationOfInformation), bestCovered: bestCovered)
    }

    /// Adds the images of another evaluation.
    ///
    /// - Precondition: both have the same number of scales and no image in common.
    public mutating func merge(_ other: RegionEvaluation) {
        require(scaleCount == other.scaleCount, "evaluations of \(scaleCount) and \(other.scaleCount) scales")
        for (name, scores) in other.images {
            require(images[name] == nil, "image \(name) was added before")
            images[name] = scores
        }
    }

    /// One metric over all images.
    public struct Result: Equatable, Sendable {
        /// The mean at every scale.
        public let perScale: [Double]
        /// The best value with one scale for all images, and that scale (from 0).
        public let optimalDatasetScale: Double, scale: Int
        /// The value with the best scale for every image.
        public let optimalImageScale: Double
    }

    /// Covering at every scale, and its best.
    ///
    /// `nil` without images. The third number of the benchmark is ``bestCovering``.
    ///
    /// - Complexity: O(images x scales).
    public func covering() -> Result? {
        guard !images.isEmpty else { return nil }
        let pixels = Double(sorted.reduce(0) { $0 + $1.pixels })
        let perScale = (0..<scaleCount).map { scale in sorted.reduce(0.0) { $0 + $1.covered[scale] } / pixels }
        let best = perScale.max()!
        return Result(
            perScale: perScale, optimalDatasetScale: best, scale: perScale.firstIndex(of: best)!,
            optimalImageScale: sorted.reduce(0.0) { $0 + $1.covered.max()! } / pixels)
    }

    /// Covering where every region of an annotator takes its best region at any scale; `nil` without images.
    public var bestCovering: Double? {
        images.isEmpty
            ? nil : sorted.reduce(0.0) { $0 + $1.bestCovered } / Double(sorted.reduce(0) { $0 + $1.pixels })
    }

    /// The probabilistic Rand index at every scale, and its best.
    ///
    /// `nil` without images.
    ///
    /// - Complexity: O(images x scales).
    public func probabilisticRandIndex() -> Result? { mean(of: \.rand) { $0.max()! } }

    /// The variation of information in bits at every scale, and its smallest; `nil` without images.
    ///
    /// - Complexity: O(images x scales).
    public func variationOfInformation() -> Result? { mean(of: \.variation) { $0.min()! } }

    /// The images in the order of their names: sums do not depend on how they came.
    private var sorted: [ImageScores] { images.sorted { $0.key < $1.key }.map(\.value) }

    private func mean(of values: KeyPath<ImageScores, [Double]>, best: ([Double]) -> Double) -> Result? {
        let images = sorted
        guard !images.isEmpty else { return nil }
        let count = Double(images.count)
        let perScale = (0..<scaleCount).map { scale in images.reduce(0.0) { $0 + $1[keyPath: values][scale] } / count }
        return Result(
            perScale: perScale, optimalDatasetScale: best(perScale), scale: perScale.firstIndex(of: best(perScale))!,
            optimalImageScale: images.reduce(0.0) { $0 + best($1[keyPath: values]) } / count)
    }
}
