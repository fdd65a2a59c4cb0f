public import SphereData

/// The colours of labels, the same in every picture, report and run.
///
/// Label 0 (background) is a dark gray, a negative label (no group) a mid gray, hatched in pictures. Label k >= 1 walks
/// through OKLab: with i = k - 1,
///
/// - hue = 246° + 137.508° i: the golden angle never comes back to a hue and spreads any number of them evenly;
/// - lightness = 0.45 + 0.43 frac(0.3 + 0.443 i): labels that follow each other lie almost half of the range apart, so
///   that they differ even where colour-blind eyes see the same hue;
/// - chroma = 0.14, or the largest that sRGB has there.
///
/// The constants were chosen among 30,000 drawn ones for a large smallest distance of colours, as seen with normal
/// vision and with protanopia, deuteranopia and tritanopia (Machado, Oliveira and Fernandes, IEEE TVCG 2009). Reached
/// in OKLab, where black and white are 1 apart: any two of labels 1 to 16 differ by 0.1 (0.039 with each of the three),
/// labels that follow each other by 0.26 (0.098), and groups from the grays by 0.08.
public enum LabelColors {
    /// The colour of label 0.
    public static let background = RGBColor(gray: 38)
    /// The colour of negative labels: pixels without a group.
    public static let unassigned = RGBColor(gray: 128)
    /// The second gray of the hatching of pixels without a group.
    package static let hatching = RGBColor(gray: 92)

    /// The colour of `label`.
    ///
    /// - Complexity: O(1).
    public static func color(of label: Int32) -> RGBColor {
        guard label != 0 else { return background }
        guard label > 0 else { return unassigned }
        let index = Double(label) - 1
        let place = 0.3 + 0.443 * index
        return OKLab.displayable(
            lightness: 0.45 + 0.43 * (place - place.rounded(.down)), upToChroma: 0.14,
            hue: (246 + 137.507_764_050_037_85 * index).truncatingRemainder(dividingBy: 360)
        ).rgb
    }

    /// The map in its colours, an RGB picture of the same size; negative labels are hatched diagonally.
    ///
    /// - Complexity: O(pixels).
    public static func picture(of map: LabelMap) -> Image<UInt8> {
        var painter = LabelPainter(map)
        var samples: [UInt8] = []
        samples.reserveCapacity(map.labels.count * 3)
        for y in 0..<map.height {
            for x in 0..<map.width {
                let color = painter.color(x: x, y: y)
                samples.append(color.red)
                samples.append(color.green)
                samples.append(color.blue)
            }
        }
        return Image(width: map.width, height: map.height, channels: 3, samples: samples)
    }
}
