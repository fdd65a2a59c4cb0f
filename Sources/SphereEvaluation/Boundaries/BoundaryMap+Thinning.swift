extension BoundaryMap {
    /// The map thinned until nothing changes: lines one pixel wide that keep their connections, as MATLAB's
    /// `bwmorph(map, 'thin', Inf)` and scikit-image's `thin` make them.
    ///
    /// Two passes alternate; each takes away, all at once, the pixels that are removable by the conditions of Guo and Hall
    /// (Communications of the ACM 1989, algorithm A1) for the north-east or the south-west. After the first passes only
    /// pixels whose neighbourhood changed are looked at.
    ///
    /// - Complexity: O(pixels + marked pixels x passes).
    public func thinned() -> BoundaryMap {
        // A frame of empty pixels saves the questions at the border.
        let stride = width + 2
        var field = [UInt8](repeating: 0, count: stride * (height + 2))
        var candidates: [Int32] = []
        for y in 0..<height {
            for x in 0..<width where pixels[y * width + x] {
                let place = (y + 1) * stride + x + 1
                field[place] = 1
                candidates.append(Int32(place))
            }
        }
        var next: [Int32] = []
        // The pass (of the last two) in which a pixel was put on the list.
        var stamp = [Int32](repeating: -1, count: field.count)
        let neighbors = [1, 1 - stride, -stride, -1 - stride, -1, stride - 1, stride, stride + 1]
        // Candidates of a pass: what changed in the two passes before it. The first two look at every pixel.
        var (beforeLast, last) = (candidates, candidates)
        var pass: Int32 = 0
        var idlePasses = 0
        while idlePasses < 2 {
            let removable = pass & 1 == 0 ? Self.northEast : Self.southWest
            next.removeAll(keepingCapacity: true)
            for list in pass < 2 ? [candidates] : [beforeLast, last] {
                for place in list where field[Int(place)] == 1 && stamp[Int(place)] != pass {
                    stamp[Int(place)] = pass
                    var code = 0
                    for (bit, offset) in neighbors.enumerated() { code |= Int(field[Int(place) + offset]) << bit }
                    if removable[code] { next.append(place) }
                }
            }
            for place in next { field[Int(place)] = 0 }
            idlePasses = next.isEmpty ? idlePasses + 1 : 0
            beforeLast = last
            last = next.flatMap { place in neighbors.map { place + Int32($0) } }
            // The pass after the first one looks at all that is left.
            if pass == 0 { last = candidates }
            pass += 1
        }
        var result = [Bool](repeating: false, count: width * height)
        for place in candidates where field[Int(place)] == 1 {
            let (row, column) = (Int(place) / stride, Int(place) % stride)
            result[(row - 1) * width + column - 1] = true
        }
        return BoundaryMap(width: width, height: height, pixels: result)
    }

    private static let northEast = removable(isSecondPass: false)
    private static let southWest = removable(isSecondPass: true)

    /// For every neighbourhood whether its pixel can go; bit i is neighbour i, counted from the east against the clock.
    private static func removable(isSecondPass: Bool) -> [Bool] {
        (0..<256).map { code in
            func x(_ i: Int) -> Bool { code >> ((i - 1) % 8) & 1 == 1 }
            // One run of marked neighbours: taking the pixel away does not cut a line.
            let runs = (1...4).filter { !x(2 * $0 - 1) && (x(2 * $0) || x(2 * $0 + 1)) }.count
            let oddPairs = (1...4).filter { x(2 * $0 - 1) || x(2 * $0) }.count
            let evenPairs = (1...4).filter { x(2 * $0) || x(2 * $0 + 1) }.count
            let isOnSide = isSecondPass ? (x(6) || x(7) || !x(4)) && x(5) : (x(2) || x(3) || !x(8)) && x(1)
            return runs == 1 && (2...3).contains(min(oddPairs, evenPairs)) && !isOnSide
        }
    }
}
