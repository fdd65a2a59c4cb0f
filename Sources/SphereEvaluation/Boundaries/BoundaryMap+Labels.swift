public import SphereData

extension BoundaryMap {
    /// The boundaries between the regions of a label map, as BSDS500 draws those of its annotators.
    ///
    /// A pixel is marked where its label differs from its right, lower or lower-right neighbour (in the last row: from the
    /// right one; in the last column: from the lower one; never in the corner), then the map is thinned. This gives all
    /// 2696 boundary maps of BSDS500 to the pixel.
    ///
    /// - Complexity: O(pixels).
    public init(regionsOf map: LabelMap) {
        self = BoundaryMap(changesOf: map).thinned()
    }

    /// The marks of ``init(regionsOf:)`` before thinning.
    ///
    /// - Complexity: O(pixels).
    public init(changesOf map: LabelMap) {
        let (width, height, labels) = (map.width, map.height, map.labels)
        var pixels = [Bool](repeating: false, count: width * height)
        for y in 0..<height {
            for x in 0..<width {
                let place = y * width + x
                let (hasRight, hasLower) = (x + 1 < width, y + 1 < height)
                let label = labels[place]
                pixels[place] =
                    (hasRight && labels[place + 1] != label) || (hasLower && labels[place + width] != label)
                    || (hasRight && hasLower && labels[place + width + 1] != label)
            }
        }
        self.init(width: width, height: height, pixels: pixels)
    }
}
