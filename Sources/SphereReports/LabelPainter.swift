internal import SphereData

/// The colours of the pixels of a label map, hatching included.
///
/// Colours are looked up once per label: neighbouring pixels mostly share theirs.
struct LabelPainter {
    private let map: LabelMap
    private var colors: [Int32: RGBColor] = [:]
    private var last = (label: Int32(0), color: LabelColors.background)

    init(_ map: LabelMap) {
        self.map = map
    }

    /// The colour of the pixel in column `x` and row `y`, both inside the map.
    mutating func color(x: Int, y: Int) -> RGBColor {
        let label = map.labels[y * map.width + x]
        if label < 0 { return (x + y) % 6 < 2 ? LabelColors.hatching : LabelColors.unassigned }
        if label != last.label {
            last = (label, colors[label] ?? LabelColors.color(of: label))
            colors[label] = last.color
        }
        return last.color
    }
}
