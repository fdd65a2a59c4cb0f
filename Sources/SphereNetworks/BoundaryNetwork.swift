internal import SphereKernels
public import SphereTensor

/// The paper's boundary network on VGG-16: pixels to points on five spheres, and from those to scores of a boundary.
///
/// ``VGGTrunk`` with the weights of a ``HolisticEdgeNetwork``, whose own scores are kept as well, and ``BoundaryHeads``.
/// Source: Kong and Fowlkes, "Recurrent Pixel Embedding for Instance Grouping", CVPR 2018, section 4.1.
public final class BoundaryNetwork: Module {
    /// The trunk and the detector that it comes from.
    public let edges: HolisticEdgeNetwork
    /// What is learned on top.
    public let heads: BoundaryHeads

    /// A network with random weights.
    ///
    /// - Precondition: `dimension` and `width` are 1 or more.
    public init(dimension: Int = 16, width: Int = 24, seed: UInt64) {
        edges = HolisticEdgeNetwork(seed: seed)
        heads = BoundaryHeads(dimension: dimension, width: width, seed: seed &+ 1)
    }

    /// A network of parts.
    public init(edges: HolisticEdgeNetwork, heads: BoundaryHeads) {
        self.edges = edges
        self.heads = heads
    }

    /// Takes over the weights of `other`.
    ///
    /// - Precondition: both have the same dimension and width.
    public func takeWeights(from other: BoundaryNetwork) {
        require(
            other.heads.dimension == heads.dimension && other.heads.width == heads.width,
            "weights of dimension \(other.heads.dimension) and width \(other.heads.width) for a network of "
                + "\(heads.dimension) and \(heads.width)")
        for (own, its) in zip(parameters, other.parameters) { own.elements = its.elements }
    }

    /// What the network says of images.
    public struct Output {
        /// x_0 to x_4 of ``BoundaryHeads``: unit rows at the sizes of the blocks.
        public let embeddings: [Tensor]
        /// Logits of a boundary: the five taps, all taps together, and the fused score of the detector that the trunk comes from;
        /// [batch, height, width, 1] each.
        public let scores: [Tensor]
    }

    /// Embeddings and scores of images [batch, height, width, 3] as ``VGGTrunk/input(_:width:height:)`` makes them, scores resized to
    /// `height` x `width`.
    ///
    /// - Precondition: images have pixels and three channels; `height` and `width` are 1 or more.
    /// - Complexity: 360,000 multiply-adds for each pixel of the image.
    public func callAsFunction(_ input: Tensor, height: Int, width: Int) -> Output {
        require(height >= 1 && width >= 1, "scores of \(height) x \(width) pixels")
        let size = (height: input.shape[1], width: input.shape[2])
        let maps = edges.trunk.maps(input)
        let embeddings = heads.embeddings(maps)
        let own = edges.scores(maps, height: size.height, width: size.width).fused
        let scores = heads.scores(embeddings, size: size, height: height, width: width)
        return Output(embeddings: embeddings, scores: scores + [own.resized(height: height, width: width)])
    }
}
