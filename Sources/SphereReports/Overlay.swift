public import SphereData
internal import SphereKernels

/// Labels drawn over the photo they belong to.
public enum Overlay {
    /// The share of the label's colour in a pixel unless told otherwise.
    ///
    /// 0.45 keeps the texture of the photo readable and neighbouring labels apart.
    public static let defaultOpacity = 0.45
    /// The colour of the lines between labels.
    public static let line = RGBColor(gray: 255)

    /// The photo tinted with the colours of the labels, with a white line between labels.
    ///
    /// A pixel of label l != 0 becomes `(1 - opacity) photo + opacity color(l)`, in stored samples, rounded to nearest;
    /// the background, label 0, stays as it is. A pixel whose label differs from that of its right or lower neighbour
    /// is ``line`` whatever the opacity: lines are one pixel wide and lie left of and above the border.
    ///
    /// - Parameters:
    ///   - labels: the map, W x H.
    ///   - photo: an RGB picture, W x H.
    ///   - opacity: 0 (photo and lines) to 1 (labels and lines).
    /// - Precondition: the photo has three channels and the size of the map; `0 <= opacity <= 1`.
    /// - Complexity: O(pixels).
    public static func picture(
        of labels: LabelMap, over photo: Image<UInt8>, opacity: Double = defaultOpacity
    ) -> Image<UInt8> {
        require(photo.channels == 3, "labels over a photo of \(photo.channels) channels, 3 are needed")
        require(
            photo.width == labels.width && photo.height == labels.height,
            "labels of \(labels.width) x \(labels.height) over a photo of \(photo.width) x \(photo.height)")
        require((0...1).contains(opacity), "opacity must lie in 0...1, found \(opacity)")
        var painter = LabelPainter(labels)
        var samples = photo.samples
        for y in 0..<labels.height {
            for x in 0..<labels.width {
                let index = y * labels.width + x
                let isBorder = isBorder(x, y, of: labels)
                guard isBorder || labels.labels[index] != 0 else { continue }
                let color = isBorder ? line : painter.color(x: x, y: y)
                let share = isBorder ? 1 : opacity
                samples[3 * index] = blend(samples[3 * index], color.red, share: share)
                samples[3 * index + 1] = blend(samples[3 * index + 1], color.green, share: share)
                samples[3 * index + 2] = blend(samples[3 * index + 2], color.blue, share: share)
            }
        }
        return Image(width: photo.width, height: photo.height, channels: 3, samples: samples)
    }

    private static func blend(_ below: UInt8, _ above: UInt8, share: Double) -> UInt8 {
        UInt8((Double(below) + share * (Double(above) - Double(below))).rounded())
    }

    /// Whether the label of pixel (x, y) differs from that of its right or lower neighbour.
    private static func isBorder(_ x: Int, _ y: Int, of map: LabelMap) -> Bool {
        let index = y * map.width + x
        let label = map.labels[index]
        return (x + 1 < map.width && map.labels[index + 1] != label)
            || (y + 1 < map.height && map.labels[index + map.width] != label)
    }
}
