extension RunLengthMask {
    /// The mask of a polygon, pixel for pixel as COCO's tools fill it.
    ///
    /// The outline is drawn on a grid five times as fine; where it crosses the middle of a column of pixels the state changes.
    /// Corners outside of the picture are cut off. (Rule of `rleFrPoly` in cocodataset/cocoapi, BSD licence.)
    ///
    /// - Parameter corners: x and y of the corners in turn, in pixels from the upper left corner of the picture.
    /// - Throws: `EvaluationError.invalid` for an odd count, fewer than three corners, numbers that are not finite or
    ///   beyond 2^24, and sizes as ``init(width:height:runs:)``.
    /// - Complexity: O(length of the outline, log of it).
    public init(width: Int, height: Int, polygon corners: [Double]) throws(EvaluationError) {
        guard corners.count >= 6, corners.count.isMultiple(of: 2) else {
            throw .invalid(
                what: "a polygon", expected: "x and y of three corners or more", found: "\(corners.count) numbers")
        }
        if let wrong = corners.first(where: { !(abs($0) <= 0x1p24) }) {
            throw .invalid(what: "a corner of a polygon", expected: "a number within 2^24", found: "\(wrong)")
        }
        // A product that overflows is refused there before the run is looked at.
        _ = try RunLengthMask(
            width: width, height: height,
            runs: [UInt32(clamping: width.multipliedReportingOverflow(by: height).partialValue)])
        var crossings: [Int] = []
        var last: (x: Int, y: Int)?
        Self.forEachPoint(ofOutline: corners) { point in
            defer { last = point }
            guard let before = last, point.x != before.x else { return }
            let column = (Double(point.x < before.x ? point.x : point.x - 1) + 0.5) / Self.scale - 0.5
            guard column.rounded(.down) == column, column >= 0, column <= Double(width - 1) else { return }
            let row = (Double(min(point.y, before.y)) + 0.5) / Self.scale - 0.5
            crossings.append(Int(column) * height + Int(min(max(row, 0), Double(height)).rounded(.up)))
        }
        crossings.sort()
        self.init(validWidth: width, height: height, runs: Self.runs(crossings, pixels: width * height))
    }

    private static let scale = 5.0

    /// The points of the fine grid along the edges, corner to corner; not kept, as corners far outside of a picture have hundreds of millions.
    private static func forEachPoint(ofOutline corners: [Double], _ body: ((x: Int, y: Int)) -> Void) {
        let count = corners.count / 2
        // Truncation towards zero, as the conversion of C does it.
        let fine = (0..<count).map { i in
            (x: Int(scale * corners[2 * i] + 0.5), y: Int(scale * corners[2 * i + 1] + 0.5))
        }
        for i in 0..<count {
            var (start, end) = (fine[i], fine[(i + 1) % count])
            let (dx, dy) = (abs(end.x - start.x), abs(end.y - start.y))
            // Edges are drawn in the direction of growing coordinates, so that neighbours share their pixels.
            let isTurned = dx >= dy ? start.x > end.x : start.y > end.y
            if isTurned { swap(&start, &end) }
            if dx >= dy {
                let slope = dx == 0 ? 0 : Double(end.y - start.y) / Double(dx)
                for step in 0...dx {
                    let t = isTurned ? dx - step : step
                    body((t + start.x, Int(Double(start.y) + slope * Double(t) + 0.5)))
                }
            } else {
                let slope = Double(end.x - start.x) / Double(dy)
                for step in 0...dy {
                    let t = isTurned ? dy - step : step
                    body((Int(Double(start.x) + slope * Double(t) + 0.5), t + start.y))
                }
            }
        }
    }

    /// Runs between ascending places at which the state changes; two changes at one place cancel.
    private static func runs(_ crossings: [Int], pixels: Int) -> [UInt32] {
        var ends: [Int] = []
        for crossing in crossings {
            if ends.last == crossing { ends.removeLast() } else { ends.append(crossing) }
        }
        var runs: [UInt32] = []
        var position = 0
        for end in ends where end < pixels {
            runs.append(UInt32(end - position))
            position = end
        }
        if pixels > position || runs.isEmpty { runs.append(UInt32(pixels - position)) }
        return runs
    }
}
