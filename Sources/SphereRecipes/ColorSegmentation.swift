public import SphereData
public import SphereGrouping
public import SphereKernels
internal import SphereReports
internal import SphereTheory

/// Segmentation of a photograph by colour and position: the hand-made embedding, mean shift, labels at full size.
///
/// The picture is reduced to at most `workingSide` pixels on its longer side (mean shift takes every pair of pixels), its
/// pixels are embedded by ``ColorPositionEmbedding`` and grouped by blurring mean shift, and every pixel of the full
/// picture takes the label of the one of the nine reduced pixels around it whose features are nearest to its own.
public struct ColorSegmentation: Segmenter, Sendable {
    /// Colour and position of a pixel on the sphere.
    public var embedding: ColorPositionEmbedding
    /// Longest side of the picture while it is grouped, in pixels.
    public var workingSide: Int
    /// When mean shift stops.
    public var iterations: MeanShift.Iterations
    /// Groups of a smaller share of the pixels join the nearest larger one.
    public var smallestShare: Double
    /// Threads and instruction set.
    public var execution: Execution

    /// A segmentation with the given settings.
    ///
    /// - Precondition: `workingSide >= 1` and `smallestShare` is in [0, 1].
    public init(
        embedding: ColorPositionEmbedding = ColorPositionEmbedding(), workingSide: Int = 160,
        iterations: MeanShift.Iterations = .untilConverged(), smallestShare: Double = 0.005,
        execution: Execution = .default
    ) {
        require(workingSide >= 1, "the working side must be 1 pixel or more, found \(workingSide)")
        require(
            smallestShare >= 0 && smallestShare <= 1, "the smallest share must be in [0, 1], found \(smallestShare)")
        self.embedding = embedding
        self.workingSide = workingSide
        self.iterations = iterations
        self.smallestShare = smallestShare
        self.execution = execution
    }

    /// Segments `image` (RGB or gray).
    ///
    /// - Parameter onIteration: called after every iteration, with the shifted embedding of the reduced picture.
    /// - Precondition: the picture has 1 or 3 channels and at least one pixel.
    /// - Throws: `GroupingError.bandwidthTooSmall(concentration:largest:)`, with bandwidths below about a thousandth of what the picture's
    ///   colours and places span.
    /// - Complexity: O(n^2) per iteration for n <= workingSide^2 pixels, O(pixels) for the rest.
    public func segment(
        _ image: Image<UInt8>, onIteration: ((MeanShift.Progress) -> Void)? = nil
    ) throws(GroupingError) -> Segmentation {
        let reduced = Thumbnail.photo(image, longestSide: workingSide)
        let points = embedding.points(of: reduced)
        if points.concentration.value > Double(MeanShiftPlan.largestConcentration) {
            throw .bandwidthTooSmall(
                concentration: points.concentration.value, largest: Double(MeanShiftPlan.largestConcentration))
        }
        let smallest = Int((smallestShare * Double(points.matrix.rows)).rounded(.up))
        let meanShift = MeanShift(
            concentration: .fixed(points.concentration), iterations: iterations,
            readOut: ReadOut(smallGroups: .join(fewerThan: smallest)), execution: execution)
        let grouping = try meanShift.group(points.matrix, onIteration: onIteration)
        return Segmentation(
            labels: enlarged(grouping.labels, from: reduced, to: image), grouping: grouping, embedding: points.matrix,
            workingWidth: reduced.width, workingHeight: reduced.height)
    }

    /// Labels of the full picture from those of the reduced one.
    private func enlarged(_ labels: [Int32], from reduced: Image<UInt8>, to image: Image<UInt8>) -> LabelMap {
        let coarse = embedding.features(of: reduced)
        let fine = embedding.features(of: image)
        var result = [Int32](repeating: 0, count: image.width * image.height)
        for y in 0..<image.height {
            let middleY = y * reduced.height / image.height
            for x in 0..<image.width {
                let middleX = x * reduced.width / image.width
                let pixel = y * image.width + x
                var nearest = Double.infinity
                for cy in max(0, middleY - 1)...min(reduced.height - 1, middleY + 1) {
                    for cx in max(0, middleX - 1)...min(reduced.width - 1, middleX + 1) {
                        let candidate = cy * reduced.width + cx
                        var distance = 0.0
                        for k in 0..<5 {
                            let difference = fine[5 * pixel + k] - coarse[5 * candidate + k]
                            distance += difference * difference
                        }
                        if distance < nearest {
                            nearest = distance
                            result[pixel] = labels[candidate]
                        }
                    }
                }
            }
        }
        return LabelMap(width: image.width, height: image.height, labels: result)
    }
}
