/// The windows of the convolutions that are timed, all with stride 1 and as much padding as keeps the size of a map.
public enum BenchmarkWindow: String, CaseIterable, Hashable, Sendable {
    /// One pixel: a matrix product.
    case oneByOne = "1x1"
    /// 3 x 3 neighbors.
    case threeByThree = "3x3"
    /// 3 x 3 pixels two apart: the fourth stage of a residual network at stride 8.
    case dilatedByTwo = "3x3_dilated_2"
    /// 3 x 3 pixels four apart: its fifth stage.
    case dilatedByFour = "3x3_dilated_4"

    var size: Int { self == .oneByOne ? 1 : 3 }

    var dilation: Int {
        switch self {
        case .oneByOne, .threeByThree: 1
        case .dilatedByTwo: 2
        case .dilatedByFour: 4
        }
    }
}

/// The passes of a convolution that are timed.
public enum BenchmarkPass: String, CaseIterable, Hashable, Sendable {
    /// The maps.
    case forward
    /// The gradient with respect to the input.
    case inputGradient = "input_gradient"
    /// The gradient with respect to the weights.
    case weightGradient = "weight_gradient"
}

/// The poolings and resizings that are timed.
public enum BenchmarkMapOperation: String, CaseIterable, Hashable, Sendable {
    /// The largest of 3 x 3 pixels, stride 2, padding 1.
    case maximumPooling = "maximum_pooling"
    /// Its gradient.
    case maximumPoolingGradient = "maximum_pooling_gradient"
    /// The mean of 3 x 3 pixels, stride 2, padding 1.
    case averagePooling = "average_pooling"
    /// Its gradient.
    case averagePoolingGradient = "average_pooling_gradient"
    /// Bilinear resizing to twice as many rows and columns.
    case resize = "resize"
    /// Its gradient.
    case resizeGradient = "resize_gradient"

    var isGradient: Bool {
        switch self {
        case .maximumPoolingGradient, .averagePoolingGradient, .resizeGradient: true
        case .maximumPooling, .averagePooling, .resize: false
        }
    }
}
