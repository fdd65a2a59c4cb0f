internal import SphereLayers
internal import SphereReference

/// The maps that N pixels of a benchmark make.
struct BenchmarkMaps {
    let batch, height, width: Int

    /// 64 x 64 pixels each, the toy network's, where N is a multiple of that; otherwise one map, as square as N can be divided.
    init(pixels: Int) {
        let side = 64
        if pixels % (side * side) == 0 {
            (batch, height, width) = (pixels / (side * side), side, side)
            return
        }
        var height = Int(Double(pixels).squareRoot())
        while pixels % height != 0 { height -= 1 }
        (batch, self.height, width) = (1, height, pixels / height)
    }

    func shape(_ channels: Int) -> MapShape {
        MapShape(batch: batch, height: height, width: width, channels: channels)
    }

    /// The sizes of a convolution that keeps the size of the maps.
    func sizes(_ window: BenchmarkWindow, inputs: Int, outputs: Int) -> ConvolutionSizes {
        var sizes = ConvolutionSizes(
            batch: batch, height: height, width: width, inputChannels: inputs, outputChannels: outputs,
            windowHeight: window.size, windowWidth: window.size)
        let padding = window.dilation * (window.size / 2)
        (sizes.verticalDilation, sizes.horizontalDilation) = (window.dilation, window.dilation)
        (sizes.top, sizes.bottom, sizes.left, sizes.right) = (padding, padding, padding, padding)
        return sizes
    }

    /// The sizes of the poolings.
    func poolingSizes(_ channels: Int) -> ConvolutionSizes {
        var sizes = sizes(.threeByThree, inputs: channels, outputs: channels)
        (sizes.verticalStride, sizes.horizontalStride) = (2, 2)
        return sizes
    }
}
