public import SphereData

/// Size and place of a region: what a score for ranking proposals without one of their own can be made of.
public struct RegionShape: Equatable, Sendable {
    /// The label of the region.
    public let label: Int32
    /// Pixels.
    public let area: Int
    /// The box around it: column and row of the upper left corner, and the extent.
    public let x, y, width, height: Int
    /// The extent of the picture.
    public let imageWidth, imageHeight: Int
    /// Pixels on the border of the picture.
    public let borderPixels: Int

    /// Share of the box that the region fills, in (0, 1].
    public var fill: Double { Double(area) / Double(width * height) }

    /// The shapes of all labels of a map but the background, by ascending label.
    ///
    /// - Parameter background: the label that is no region, `nil` if every label is one.
    /// - Complexity: O(pixels).
    public static func shapes(of map: LabelMap, background: Int32? = 0) -> [RegionShape] {
        struct Extent { var area = 0, left = Int.max, right = 0, top = Int.max, bottom = 0, border = 0 }
        var extents: [Int32: Extent] = [:]
        for y in 0..<map.height {
            var start = 0
            while start < map.width {
                let label = map.labels[y * map.width + start]
                var end = start + 1
                while end < map.width && map.labels[y * map.width + end] == label { end += 1 }
                if label != background {
                    var extent = extents[label] ?? Extent()
                    extent.area += end - start
                    extent.left = min(extent.left, start)
                    extent.right = max(extent.right, end)
                    extent.top = min(extent.top, y)
                    extent.bottom = y + 1
                    let isEdgeRow = y == 0 || y == map.height - 1
                    let (touchesLeft, touchesRight) = (start == 0, end == map.width)
                    // One pixel of a picture one column wide touches both sides.
                    let onSides = (touchesLeft ? 1 : 0) + (touchesRight ? 1 : 0) - (map.width == 1 ? 1 : 0)
                    extent.border += isEdgeRow ? end - start : onSides
                    extents[label] = extent
                }
                start = end
            }
        }
        return extents.sorted { $0.key < $1.key }.map { label, extent in
            RegionShape(
                label: label, area: extent.area, x: extent.left, y: extent.top, width: extent.right - extent.left,
                height: extent.bottom - extent.top, imageWidth: map.width, imageHeight: map.height,
                borderPixels: extent.border)
        }
    }
}
