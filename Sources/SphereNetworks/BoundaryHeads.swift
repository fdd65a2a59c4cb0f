internal import SphereKernels
internal import SphereLayers
public import SphereTensor

/// What the boundary network learns on top of VGG-16: embeddings of five taps on the sphere, a classifier for each, and one for all.
///
/// For the maps f_kl of the convolutions l of block k, at the block's own size,
///
///     g_k = max(0, Σ_l P_kl (s_kl f_kl) + p_k),    x_k = normalized(E_k * g_k + e_k),    y_k = C_k(x_k),    y_5 = C_5(x_0 ... x_4)
///
/// with 1 x 1 convolutions P_kl to ``width`` channels, 3 x 3 convolutions E_k to D channels, and classifiers C of two convolutions with a
/// rectifier between: 3 x 3 and 1 x 1 for a tap, 1 x 1 and 3 x 3 for all taps, whose embeddings are then resized to the size of the image and
/// concatenated. s_kl is a constant that gives f_kl the size 1, set once by ``calibrate(_:)``.
///
/// Four taps with embeddings, a classifier each and one on the concatenation are those of Kong and Fowlkes (CVPR 2018, supplement;
/// released code, demo 2), on ResNet-50; a tap that sums over all convolutions of a block is that of Liu et al. ("Richer
/// convolutional features for edge detection", CVPR 2017).
public final class BoundaryHeads: Module {
    /// P, block by block.
    public let projections: [[ConvolutionLayer]]
    /// E.
    public let embeddings: [ConvolutionLayer]
    /// C_0 to C_4.
    public let classifiers: [[ConvolutionLayer]]
    /// C_5.
    public let fusion: [ConvolutionLayer]
    /// s, thirteen numbers.
    public let scales: Parameter

    /// Heads with random weights.
    ///
    /// - Parameters:
    ///   - dimension: D of an embedding.
    ///   - width: channels of g.
    /// - Precondition: both are 1 or more.
    public init(dimension: Int, width: Int, seed: UInt64) {
        require(dimension >= 1 && width >= 1, "a dimension of \(dimension) and \(width) channels: 1 or more each")
        var random = TrainingGenerator(seed: seed)
        func layer(_ inputs: Int, _ outputs: Int, _ size: Int, deviation: Double? = nil) -> ConvolutionLayer {
            ConvolutionLayer(
                inputChannels: inputs, outputChannels: outputs, window: SlidingWindow(size, padding: size / 2),
                hasBias: true, standardDeviation: deviation, using: &random)
        }
        projections = zip(VGGTrunk.depths, VGGTrunk.channels).map { depth, channels in
            // The sum over the convolutions has the size that one alone would have.
            (0..<depth).map { _ in layer(channels, width, 1, deviation: (2 / Double(depth * channels)).squareRoot()) }
        }
        embeddings = VGGTrunk.depths.map { _ in layer(width, dimension, 3) }
        // A unit row of D numbers has elements of about D^(-1/2).
        let gain = Double(dimension).squareRoot()
        classifiers = VGGTrunk.depths.map { _ in
            [
                layer(dimension, 16, 3, deviation: gain * (2 / Double(9 * dimension)).squareRoot()),
                layer(16, 1, 1, deviation: 0.1),
            ]
        }
        fusion = [
            layer(5 * dimension, 32, 1, deviation: gain * (2 / Double(5 * dimension)).squareRoot()),
            layer(32, 1, 3, deviation: 0.03),
        ]
        // Boundaries are rare: scores begin near the logarithm of their odds, one in ten with the weight of a positive.
        for last in classifiers.map({ $0[1] }) + [fusion[1]] { last.bias?.elements = [-1] }
        scales = Parameter(shape: [VGGTrunk.depths.reduce(0, +)], repeating: 1, isTrainable: false)
    }

    /// D.
    public var dimension: Int { embeddings[0].weights.shape[3] }

    /// Channels of g.
    public var width: Int { embeddings[0].weights.shape[2] }

    /// Sets s to one over the root mean square of the maps of the trunk for some images, one array of blocks for each.
    ///
    /// - Precondition: at least one image.
    /// - Complexity: O(elements of the maps).
    public func calibrate(_ images: [[[Tensor]]]) {
        require(!images.isEmpty, "a calibration needs one image or more")
        var scales: [Float] = []
        for k in projections.indices {
            for l in projections[k].indices {
                var (sum, count) = (0.0, 0)
                for maps in images {
                    let elements = maps[k][l].memory.span
                    for i in elements.indices { sum += Double(elements[i]) * Double(elements[i]) }
                    count += elements.count
                }
                scales.append(sum > 0 ? Float(1 / (sum / Double(count)).squareRoot()) : 1)
            }
        }
        self.scales.elements = scales
    }

    /// x_0 to x_4, [batch, ceil(height / 2^k), ceil(width / 2^k), D], unit rows.
    ///
    /// - Parameter maps: of the trunk, all thirteen.
    public func embeddings(_ maps: [[Tensor]]) -> [Tensor] {
        let scales = self.scales.elements
        var next = 0
        return projections.indices.map { k in
            var sum: Tensor?
            for (projection, map) in zip(projections[k], maps[k]) {
                // The scale goes to the weights, which are few.
                let weights = scales[next] * projection.weights.tensor
                let term = map.convolved(with: weights, bias: projection.bias?.tensor, window: projection.window)
                sum = sum.map { $0 + term } ?? term
                next += 1
            }
            guard let sum else { fatalError("block \(k) has no convolution") }
            return embeddings[k](sum.rectified()).normalizedRows()
        }
    }

    /// y_0 to y_5 resized to `height` x `width`, [batch, height, width, 1] each: logits of a boundary.
    ///
    /// - Parameters:
    ///   - embeddings: x_0 to x_4 of ``embeddings(_:)``.
    ///   - size: rows and columns at which x_0 to x_4 are concatenated, the trunk's input.
    public func scores(_ embeddings: [Tensor], size: (height: Int, width: Int), height: Int, width: Int) -> [Tensor] {
        var scores = zip(classifiers, embeddings).map { classifier, points in
            classifier[1](classifier[0](points).rectified())
        }
        let all = Tensor.concatenated(embeddings.map { $0.resized(to: size.height, size.width) })
        scores.append(fusion[1](fusion[0](all).rectified()))
        return scores.map { $0.resized(to: height, width) }
    }
}

extension Tensor {
    /// Resized unless it has the size already.
    fileprivate func resized(to height: Int, _ width: Int) -> Tensor {
        shape[1] == height && shape[2] == width ? self : resized(height: height, width: width)
    }
}
