internal import SphereKernels

/// The window that a convolution or a pooling moves over its maps.
///
/// Output (y, x) reads the inputs (y strideY - top + i dilationY, x strideX - left + j dilationX) for i < height, j < width;
/// those outside the map are padding. As many outputs fit as there are windows inside the padded map:
/// `(size + before + after - dilation (window - 1) - 1) / stride + 1`, rounded down (PyTorch's rule, ceil_mode off).
public struct SlidingWindow: Sendable, Hashable {
    /// Rows and columns of the window.
    public let height, width: Int
    /// Rows and columns from one output's window to the next one's.
    public let verticalStride, horizontalStride: Int
    /// Rows and columns from one element of a window to the next.
    public let verticalDilation, horizontalDilation: Int
    /// Rows and columns of padding around a map.
    public let top, bottom, left, right: Int

    /// A square window.
    ///
    /// - Parameter padding: on all four sides.
    /// - Precondition: `size`, `stride` and `dilation` are 1 or more, `padding` 0 or more.
    public init(_ size: Int, stride: Int = 1, padding: Int = 0, dilation: Int = 1) {
        self.init(
            height: size, width: size, verticalStride: stride, horizontalStride: stride, verticalDilation: dilation,
            horizontalDilation: dilation, top: padding, bottom: padding, left: padding, right: padding)
    }

    /// Any window.
    ///
    /// - Precondition: sizes, strides and dilations are 1 or more, paddings 0 or more.
    public init(
        height: Int, width: Int, verticalStride: Int = 1, horizontalStride: Int = 1, verticalDilation: Int = 1,
        horizontalDilation: Int = 1, top: Int = 0, bottom: Int = 0, left: Int = 0, right: Int = 0
    ) {
        require(height >= 1 && width >= 1, "a window of \(height) x \(width): sizes are 1 or more")
        require(
            verticalStride >= 1 && horizontalStride >= 1 && verticalDilation >= 1 && horizontalDilation >= 1,
            "strides (\(verticalStride), \(horizontalStride)), dilations (\(verticalDilation), \(horizontalDilation)): "
                + "1 or more each")
        require(
            top >= 0 && bottom >= 0 && left >= 0 && right >= 0,
            "padding (\(top), \(bottom), \(left), \(right)): 0 or more each")
        self.height = height
        self.width = width
        self.verticalStride = verticalStride
        self.horizontalStride = horizontalStride
        self.verticalDilation = verticalDilation
        self.horizontalDilation = horizontalDilation
        self.top = top
        self.bottom = bottom
        self.left = left
        self.right = right
    }

    /// Rows that the elements of a window span.
    public var verticalExtent: Int { verticalDilation * (height - 1) + 1 }

    /// Columns that the elements of a window span.
    public var horizontalExtent: Int { horizontalDilation * (width - 1) + 1 }

    /// The maps of windows that fit into `input`.
    ///
    /// - Precondition: at least one window fits, in each direction.
    public func output(of input: MapShape) -> MapShape {
        let rows = input.height + top + bottom - verticalExtent
        let columns = input.width + left + right - horizontalExtent
        require(
            rows >= 0 && columns >= 0,
            "a window that spans \(verticalExtent) x \(horizontalExtent) does not fit into maps of \(input.text) "
                + "with padding (\(top), \(bottom), \(left), \(right))")
        return MapShape(
            batch: input.batch, height: rows / verticalStride + 1, width: columns / horizontalStride + 1,
            channels: input.channels)
    }
}
