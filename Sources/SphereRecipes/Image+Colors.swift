internal import SphereData

extension Image<UInt8> {
    /// Red, green and blue in [0, 1], pixel by pixel, row by row; gray three times.
    var colors: [Float] {
        (0..<width * height * 3).map { Float(samples[$0 / 3 * channels + Swift.min($0 % 3, channels - 1)]) / 255 }
    }
}
