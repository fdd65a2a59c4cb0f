/// The sizes of a convolution, for its naive twin: NHWC maps, zeros around them.
public struct ConvolutionSizes: Sendable, Hashable {
    /// Maps, their rows and columns.
    public var batch, height, width: Int
    /// Channels of the input and of the output.
    public var inputChannels, outputChannels: Int
    /// Rows and columns of the window.
    public var windowHeight, windowWidth: Int
    /// Rows and columns from one output's window to the next one's.
    public var verticalStride = 1
    /// See ``verticalStride``.
    public var horizontalStride = 1
    /// Rows and columns from one element of a window to the next.
    public var verticalDilation = 1
    /// See ``verticalDilation``.
    public var horizontalDilation = 1
    /// Rows and columns of zeros around a map.
    public var top = 0
    /// See ``top``.
    public var bottom = 0
    /// See ``top``.
    public var left = 0
    /// See ``top``.
    public var right = 0

    /// A convolution with stride 1, no dilation and no padding.
    public init(
        batch: Int, height: Int, width: Int, inputChannels: Int, outputChannels: Int, windowHeight: Int,
        windowWidth: Int
    ) {
        self.batch = batch
        self.height = height
        self.width = width
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.windowHeight = windowHeight
        self.windowWidth = windowWidth
    }

    /// Rows of the output.
    public var outputHeight: Int {
        (height + top + bottom - verticalDilation * (windowHeight - 1) - 1) / verticalStride + 1
    }

    /// Columns of the output.
    public var outputWidth: Int {
        (width + left + right - horizontalDilation * (windowWidth - 1) - 1) / horizontalStride + 1
    }

    /// Elements of the input.
    public var inputCount: Int { batch * height * width * inputChannels }

    /// Elements of the output.
    public var outputCount: Int { batch * outputHeight * outputWidth * outputChannels }

    /// Elements of the weights.
    public var weightCount: Int { windowHeight * windowWidth * inputChannels * outputChannels }

    /// Calls `body` with the numbers of an input pixel, an output pixel and an element of the window for every three that meet.
    func forEachTap(_ body: (_ input: Int, _ output: Int, _ tap: Int) -> Void) {
        for b in 0..<batch {
            for p in 0..<outputHeight {
                for q in 0..<outputWidth {
                    for i in 0..<windowHeight {
                        for j in 0..<windowWidth {
                            let y = p * verticalStride - top + i * verticalDilation
                            let x = q * horizontalStride - left + j * horizontalDilation
                            if y < 0 || y >= height || x < 0 || x >= width { continue }
                            body(
                                (b * height + y) * width + x, (b * outputHeight + p) * outputWidth + q,
                                i * windowWidth + j)
                        }
                    }
                }
            }
        }
    }
}
