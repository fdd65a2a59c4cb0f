internal import SphereData

/// Colours of some pixels of a picture, the rest dark.
enum ForegroundPicture {
    /// A `width` x `height` RGB picture with the colours of `row`, an RGB picture of one row, at `pixels`.
    ///
    /// - Parameter step: a pixel stands for `step` x `step` around it.
    /// - Complexity: O(pixels of the picture).
    static func picture(_ row: Image<UInt8>, at pixels: [Int], step: Int = 1, width: Int, height: Int) -> Image<UInt8> {
        // The gray of no label.
        var samples = [UInt8](repeating: 38, count: 3 * width * height)
        for (number, pixel) in pixels.enumerated() {
            let (left, top) = (pixel % width - step / 2, pixel / width - step / 2)
            for y in max(0, top)..<min(height, top + step) {
                for x in max(0, left)..<min(width, left + step) {
                    for c in 0..<3 { samples[3 * (y * width + x) + c] = row.samples[3 * number + c] }
                }
            }
        }
        return Image(width: width, height: height, channels: 3, samples: samples)
    }
}
