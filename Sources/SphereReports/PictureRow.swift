public import SphereData
internal import SphereKernels

/// Pictures side by side in one, for documents without galleries.
public enum PictureRow {
    /// The RGB or gray `pictures`, `gap` white pixels apart.
    ///
    /// - Precondition: one picture at least, all of the same height and number of channels; `gap` is 0 or more.
    /// - Complexity: O(pixels).
    public static func joined(_ pictures: [Image<UInt8>], gap: Int = 4) -> Image<UInt8> {
        require(!pictures.isEmpty && gap >= 0, "\(pictures.count) pictures in a row with gaps of \(gap)")
        let (height, channels) = (pictures[0].height, pictures[0].channels)
        for picture in pictures {
            require(
                picture.height == height && picture.channels == channels,
                "pictures of \(height) and \(picture.height) rows, \(channels) and \(picture.channels) channels in a row"
            )
        }
        let width = pictures.reduce(gap * (pictures.count - 1)) { $0 + $1.width }
        var samples: [UInt8] = []
        samples.reserveCapacity(width * height * channels)
        for y in 0..<height {
            for (number, picture) in pictures.enumerated() {
                if number > 0 { samples += [UInt8](repeating: 255, count: gap * channels) }
                let row = picture.width * channels
                samples += picture.samples[y * row..<(y + 1) * row]
            }
        }
        return Image(width: width, height: height, channels: channels, samples: samples)
    }
}
