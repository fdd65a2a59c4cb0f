public import SphereData
internal import SphereKernels

/// Numbers of pixels in colours from black by red and yellow to white.
///
/// The colours are six of matplotlib's inferno (van der Walt and Smith, CC0), interpolated in sRGB: their lightness rises with the number,
/// for colour-blind eyes too.
public enum HeatPicture {
    private static let stops: [RGBColor] = [
        RGBColor(red: 0, green: 0, blue: 4), RGBColor(red: 66, green: 10, blue: 104),
        RGBColor(red: 147, green: 38, blue: 103), RGBColor(red: 221, green: 81, blue: 58),
        RGBColor(red: 252, green: 165, blue: 10), RGBColor(red: 252, green: 255, blue: 164),
    ]

    /// The colour of `share`; below 0 counts as 0, above 1 as 1, NaN is `EmbeddingPicture.invalid`.
    public static func color(_ share: Double) -> RGBColor {
        if share.isNaN { return EmbeddingPicture.invalid }
        let place = min(max(share, 0), 1) * Double(stops.count - 1)
        let index = min(Int(place), stops.count - 2)
        let (from, to, part) = (stops[index], stops[index + 1], place - Double(index))
        func mixed(_ a: UInt8, _ b: UInt8) -> UInt8 {
            UInt8((Double(a) + part * (Double(b) - Double(a))).rounded())
        }
        return RGBColor(
            red: mixed(from.red, to.red), green: mixed(from.green, to.green), blue: mixed(from.blue, to.blue))
    }

    /// An RGB picture of `values`, row by row, 0 black and `largest` or more the lightest.
    ///
    /// - Precondition: `width * height` values; `largest` is more than 0.
    /// - Complexity: O(pixels).
    public static func picture(of values: [Float], width: Int, height: Int, largest: Double) -> Image<UInt8> {
        require(
            width >= 0 && height >= 0 && values.count == width * height,
            "\(values.count) values as a picture of \(width) x \(height)")
        require(largest > 0, "a largest value of \(largest): must be more than 0")
        var samples: [UInt8] = []
        samples.reserveCapacity(3 * values.count)
        for value in values {
            let color = color(Double(value) / largest)
            samples += [color.red, color.green, color.blue]
        }
        return Image(width: width, height: height, channels: 3, samples: samples)
    }
}
