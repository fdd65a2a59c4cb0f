internal import SphereKernels
internal import SphereLayers
public import SphereTensor

/// The thirteen 3 x 3 convolutions of VGG-16 without its fully connected layers (Simonyan and Zisserman, ICLR 2015, configuration D).
///
/// Blocks of 2, 2, 3, 3 and 3 convolutions with 64, 128, 256, 512 and 512 channels, each of stride 1 with one pixel of padding, a bias and a
/// rectifier; between blocks a 2 x 2 maximum pooling of stride 2. Odd sizes are rounded up: the last row and column are pooled alone. 14.7
/// million parameters, 305,000 multiply-adds for each pixel of the image.
public final class VGGTrunk: Module {
    /// Convolutions of the five blocks.
    public static let depths = [2, 2, 3, 3, 3]
    /// Channels of the five blocks.
    public static let channels = [64, 128, 256, 512, 512]
    /// Subtracted from blue, green and red of an image whose values lie in 0...255 (means over ImageNet, as Caffe's models have them).
    public static let imageMean: [Float] = [104.00699, 116.66877, 122.67892]

    /// The convolutions, block by block.
    public let blocks: [[ConvolutionLayer]]

    /// A trunk with random weights.
    public init(seed: UInt64) {
        var random = TrainingGenerator(seed: seed)
        var inputs = 3
        var blocks: [[ConvolutionLayer]] = []
        for (depth, outputs) in zip(Self.depths, Self.channels) {
            var layers: [ConvolutionLayer] = []
            for _ in 0..<depth {
                layers.append(
                    ConvolutionLayer(
                        inputChannels: inputs, outputChannels: outputs, window: SlidingWindow(3, padding: 1),
                        hasBias: true, using: &random))
                inputs = outputs
            }
            blocks.append(layers)
        }
        self.blocks = blocks
    }

    /// The rectified maps of all thirteen convolutions for images [batch, height, width, 3], block by block.
    ///
    /// Maps of block b (from 0) have ceil(height / 2^b) rows and ceil(width / 2^b) columns.
    ///
    /// - Parameters:
    ///   - frozen: the first so many blocks note nothing for gradients, and neither their weights nor the image get any.
    ///   - keepsAll: `false` keeps the last map of each block only, which needs less memory.
    /// - Precondition: images have pixels and three channels; `frozen` in 0...5.
    /// - Complexity: 305,000 multiply-adds for each pixel.
    public func maps(_ input: Tensor, frozen: Int = 5, keepsAll: Bool = true) -> [[Tensor]] {
        require((0...blocks.count).contains(frozen), "\(frozen) frozen blocks of \(blocks.count)")
        var map = input
        return blocks.enumerated().map { block, layers in
            func run() -> [Tensor] {
                if block > 0 { map = map.maximumPooled(window: Self.pooling(of: map.shape)) }
                var kept: [Tensor] = []
                for (index, layer) in layers.enumerated() {
                    map = layer(map).rectified()
                    if keepsAll || index + 1 == layers.count { kept.append(map) }
                }
                return kept
            }
            return block < frozen ? TensorExecution.withoutGradients(run) : run()
        }
    }

    /// What the network sees of an RGB image: blue, green and red in 0...255 less ``imageMean``; shape [1, height, width, 3].
    ///
    /// - Parameter colors: red, green and blue in [0, 1], pixel by pixel, row by row.
    /// - Precondition: three colours for each pixel.
    /// - Complexity: O(pixels).
    public static func input(_ colors: [Float], width: Int, height: Int) -> Tensor {
        require(
            colors.count == 3 * width * height, "\(colors.count) colours for an image of \(width) x \(height) pixels")
        let elements = [Float](unsafeUninitializedCapacity: colors.count) { elements, count in
            for pixel in 0..<width * height {
                for c in 0..<3 { elements[3 * pixel + c] = 255 * colors[3 * pixel + 2 - c] - imageMean[c] }
            }
            count = colors.count
        }
        return Tensor(shape: [1, height, width, 3], elements: elements)
    }

    /// 2 x 2 of stride 2 with a row or column more at the end where the size is odd.
    private static func pooling(of shape: [Int]) -> SlidingWindow {
        SlidingWindow(
            height: 2, width: 2, verticalStride: 2, horizontalStride: 2, bottom: shape[1] % 2, right: shape[2] % 2)
    }
}
