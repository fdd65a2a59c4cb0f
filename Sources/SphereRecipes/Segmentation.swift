public import SphereData
public import SphereGrouping
public import SphereKernels

/// A segmented picture.
public struct Segmentation: Sendable {
    /// The label of every pixel of the full picture; 0, the largest group, is the background.
    public let labels: LabelMap
    /// The groups of the pixels at the size at which they were grouped.
    public let grouping: Grouping
    /// The embedding of these pixels before the first iteration, unit rows.
    public let embedding: Matrix
    /// The size at which they were grouped.
    public let workingWidth, workingHeight: Int

    /// A segmentation with its groups.
    ///
    /// - Precondition: one row of the embedding for each pixel of the working size.
    public init(labels: LabelMap, grouping: Grouping, embedding: Matrix, workingWidth: Int, workingHeight: Int) {
        require(
            embedding.rows == workingWidth * workingHeight,
            "\(embedding.rows) embeddings for \(workingWidth) x \(workingHeight) pixels")
        self.labels = labels
        self.grouping = grouping
        self.embedding = embedding
        self.workingWidth = workingWidth
        self.workingHeight = workingHeight
    }
}

/// What turns a picture into labelled groups of pixels.
public protocol Segmenter {
    /// Segments `image` (RGB or gray).
    ///
    /// - Parameter onIteration: called after every iteration of mean shift.
    /// - Precondition: the picture has 1 or 3 channels and at least one pixel.
    /// - Throws: `GroupingError` where an embedding is not finite or cannot be grouped at the bandwidths.
    func segment(
        _ image: Image<UInt8>, onIteration: ((MeanShift.Progress) -> Void)?
    ) throws(GroupingError) -> Segmentation
}
