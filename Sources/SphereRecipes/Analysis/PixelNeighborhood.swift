internal import SphereData

/// Parts of a label map that lie near something.
enum PixelNeighborhood {
    /// For each pixel of an object, whether another object is within `distance` columns and rows; `false` elsewhere.
    ///
    /// - Complexity: O(pixels `distance`²).
    static func isNearBorder(_ labels: LabelMap, distance: Int) -> [Bool] {
        near(labels.width, labels.height, distance) { pixel, other in
            labels.labels[pixel] != 0 && labels.labels[other] != 0 && labels.labels[other] != labels.labels[pixel]
        }
    }

    /// For each pixel, whether one of those in `marked` is within `distance` columns and rows.
    ///
    /// - Complexity: O(pixels `distance`²).
    static func isNear(_ marked: [Bool], width: Int, height: Int, distance: Int) -> [Bool] {
        near(width, height, distance) { _, other in marked[other] }
    }

    private static func near(
        _ width: Int, _ height: Int, _ distance: Int, _ isFound: (_ pixel: Int, _ other: Int) -> Bool
    ) -> [Bool] {
        var result = [Bool](repeating: false, count: width * height)
        for y in 0..<height {
            for x in 0..<width {
                let pixel = y * width + x
                search: for v in max(0, y - distance)...min(height - 1, y + distance) {
                    for u in max(0, x - distance)...min(width - 1, x + distance)
                    where isFound(pixel, v * width + u) {
                        result[pixel] = true
                        break search
                    }
                }
            }
        }
        return result
    }
}
