/// What a picture file holds: the samples as they are stored and what is needed to make colours of them.
///
/// Nothing is scaled, and neither gamma nor colour profiles are applied: a label map comes back to the bit.
public struct Picture: Equatable, Sendable {
    /// The stored samples by their size in memory and meaning.
    public enum Samples: Equatable, Sendable {
        /// Brightnesses of up to 8 bits: 1 channel gray, 2 gray + alpha, 3 RGB, 4 RGBA.
        case eightBit(Image<UInt8>)
        /// Brightnesses of 16 bits, channels as with 8 bits.
        case sixteenBit(Image<UInt16>)
        /// Numbers of colours, 1 channel, and the colours; every number has its colour.
        case palette(Image<UInt8>, [Color])
    }

    /// A colour of a palette.
    public struct Color: Equatable, Sendable {
        /// Share of red, green and blue, 0 to 255.
        public let red, green, blue: UInt8
        /// Opacity, 0 (transparent) to 255.
        public let alpha: UInt8
    }

    /// The samples.
    public let samples: Samples
    /// Bits of a stored sample: 1, 2, 4, 8 or 16.
    ///
    /// The samples lie in the range from 0 to 2^bitDepth - 1.
    public let bitDepth: Int
    /// The stored gray (one sample) or RGB value (three) whose pixels are transparent, or `nil`.
    public let transparentColor: [UInt16]?

    /// Number of columns.
    public var width: Int { extents.width }
    /// Number of rows.
    public var height: Int { extents.height }
    /// Stored samples of a pixel, 1 to 4.
    public var channels: Int { extents.channels }

    private var extents: (width: Int, height: Int, channels: Int) {
        switch samples {
        case .eightBit(let image), .palette(let image, _): (image.width, image.height, image.channels)
        case .sixteenBit(let image): (image.width, image.height, image.channels)
        }
    }

    /// The picture in 8-bit RGB.
    ///
    /// Gray is repeated in all three channels and palette colours are looked up. Transparency is dropped: a pixel keeps
    /// the colour that is stored for it, however transparent it is. A sample s of b bits becomes 255 s / (2^b - 1),
    /// rounded to nearest.
    ///
    /// - Complexity: O(pixels).
    public func rgb() -> Image<UInt8> { colors(channels: 3) }

    /// The picture in 8-bit RGBA, the colours as ``rgb()`` gives them, alpha not multiplied into them.
    ///
    /// Alpha is that of the pixel or its palette colour, 0 for pixels of the transparent colour, 255 where the file
    /// says nothing.
    ///
    /// - Complexity: O(pixels).
    public func rgba() -> Image<UInt8> { colors(channels: 4) }

    private func colors(channels: Int) -> Image<UInt8> {
        switch samples {
        case .eightBit(let image): scale(image, channels: channels)
        case .sixteenBit(let image): scale(image, channels: channels)
        case .palette(let image, let palette): lookUp(image, in: palette, channels: channels)
        }
    }

    private func lookUp(_ indices: Image<UInt8>, in palette: [Color], channels: Int) -> Image<UInt8> {
        var colors: [UInt8] = []
        colors.reserveCapacity(width * height * channels)
        for index in indices.samples {
            let color = palette[Int(index)]
            colors.append(color.red)
            colors.append(color.green)
            colors.append(color.blue)
            if channels == 4 { colors.append(color.alpha) }
        }
        return Image(width: width, height: height, channels: channels, samples: colors)
    }

    private func scale<Component>(_ image: Image<Component>, channels: Int) -> Image<UInt8> {
        let maximum = (1 << bitDepth) - 1
        func scaled(_ sample: Component) -> UInt8 { UInt8((Int(sample) * 255 + maximum / 2) / maximum) }
        let stored = image.channels
        // Gray is taken three times.
        let colorChannels = stored < 3 ? [0, 0, 0] : [0, 1, 2]
        var colors: [UInt8] = []
        colors.reserveCapacity(width * height * channels)
        for start in stride(from: 0, to: image.samples.count, by: stored) {
            for channel in colorChannels { colors.append(scaled(image.samples[start + channel])) }
            guard channels == 4 else { continue }
            if stored == 2 || stored == 4 {
                colors.append(scaled(image.samples[start + stored - 1]))
            } else {
                let pixel = image.samples[start..<start + stored]
                let isTransparent = transparentColor.map { pixel.elementsEqual($0) { $0 == $1 } } ?? false
                colors.append(isTransparent ? 0 : 255)
            }
        }
        return Image(width: width, height: height, channels: channels, samples: colors)
    }
}
