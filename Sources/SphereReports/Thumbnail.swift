public import SphereData
internal import SphereKernels

/// Pictures made small enough for a report, or small ones large enough to be seen.
///
/// A picture whose longer side is above the limit is reduced to it, the shorter side in proportion, rounded to nearest
/// and at least 1. Smaller pictures are returned as they are: only ``enlarged(_:factor:)`` enlarges.
public enum Thumbnail {
    /// Longest side of a picture in a report unless told otherwise.
    ///
    /// About twice the width of a column of the report, for screens with two pixels per length.
    public static let defaultLongestSide = 720

    /// The photo with sides up to `longestSide`, every pixel the mean of the area it covers.
    ///
    /// Light is averaged, not stored samples: those are decoded and encoded by the transfer function of sRGB, without
    /// which fine texture darkens.
    ///
    /// - Precondition: the photo is gray or RGB; `longestSide >= 1`.
    /// - Complexity: O(pixels of the photo).
    public static func photo(
        _ photo: Image<UInt8>, longestSide: Int = defaultLongestSide
    ) -> Image<UInt8> {
        let channels = photo.channels
        require(channels == 1 || channels == 3, "a thumbnail of a photo of \(channels) channels, 1 or 3 are needed")
        guard let size = reduced(width: photo.width, height: photo.height, longestSide: longestSide) else {
            return photo
        }
        let columns = (0..<size.width).map { Coverage(of: $0, from: photo.width, to: size.width) }
        var samples: [UInt8] = []
        samples.reserveCapacity(size.width * size.height * channels)
        var sums = [Double](repeating: 0, count: size.width * channels)
        for y in 0..<size.height {
            for index in sums.indices { sums[index] = 0 }
            Coverage(of: y, from: photo.height, to: size.height).forEach { row, rowShare in
                for (x, column) in columns.enumerated() {
                    column.forEach { sourceX, share in
                        let source = (row * photo.width + sourceX) * channels
                        for channel in 0..<channels {
                            sums[x * channels + channel] +=
                                rowShare * share * SRGBTransfer.linear[Int(photo.samples[source + channel])]
                        }
                    }
                }
            }
            samples += sums.map(SRGBTransfer.sample(ofLinear:))
        }
        return Image(width: size.width, height: size.height, channels: channels, samples: samples)
    }

    /// The map with sides up to `longestSide`, every pixel the label at the middle of the area it covers.
    ///
    /// - Precondition: `longestSide >= 1`.
    /// - Complexity: O(pixels of the result).
    public static func labels(_ map: LabelMap, longestSide: Int = defaultLongestSide) -> LabelMap {
        guard let size = reduced(width: map.width, height: map.height, longestSide: longestSide) else { return map }
        var labels: [Int32] = []
        labels.reserveCapacity(size.width * size.height)
        for y in 0..<size.height {
            let row = (2 * y + 1) * map.height / (2 * size.height)
            for x in 0..<size.width {
                labels.append(map.labels[row * map.width + (2 * x + 1) * map.width / (2 * size.width)])
            }
        }
        return LabelMap(width: size.width, height: size.height, labels: labels)
    }

    /// Every pixel as `factor` x `factor`, so that each is seen.
    ///
    /// - Precondition: `factor >= 1`.
    /// - Complexity: O(pixels of the result).
    public static func enlarged(_ image: Image<UInt8>, factor: Int = 3) -> Image<UInt8> {
        require(factor >= 1, "the factor of an enlarged picture must be 1 or more, found \(factor)")
        let (width, height) = (image.width * factor, image.height * factor)
        var samples: [UInt8] = []
        samples.reserveCapacity(width * height * image.channels)
        for y in 0..<height {
            for x in 0..<width {
                for c in 0..<image.channels { samples.append(image[x / factor, y / factor, c]) }
            }
        }
        return Image(width: width, height: height, channels: image.channels, samples: samples)
    }

    /// The size to reduce to, `nil` if the picture is small enough.
    private static func reduced(width: Int, height: Int, longestSide: Int) -> (width: Int, height: Int)? {
        require(longestSide >= 1, "the longest side of a thumbnail must be 1 or more, found \(longestSide)")
        let longest = max(width, height)
        guard longest > longestSide && min(width, height) > 0 else { return nil }
        func scaled(_ side: Int) -> Int { max(1, (2 * side * longestSide + longest) / (2 * longest)) }
        return (scaled(width), scaled(height))
    }

    /// The samples of a row or column that one reduced sample covers, and their shares of it.
    private struct Coverage {
        private let start, end: Double

        init(of index: Int, from count: Int, to reducedCount: Int) {
            start = Double(index * count) / Double(reducedCount)
            end = Double((index + 1) * count) / Double(reducedCount)
        }

        func forEach(_ body: (_ index: Int, _ share: Double) -> Void) {
            for index in Int(start)..<Int(end.rounded(.up)) {
                let covered = min(end, Double(index) + 1) - max(start, Double(index))
                body(index, covered / (end - start))
            }
        }
    }
}
