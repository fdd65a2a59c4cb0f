public import SphereData
internal import SphereKernels

extension RunLengthMask {
    /// The mask of the pixels (x, y) for which `isInside` holds.
    ///
    /// - Precondition: `width` and `height` are not negative, at most 2^31 pixels.
    /// - Complexity: O(pixels).
    public init(width: Int, height: Int, isInside: (_ x: Int, _ y: Int) -> Bool) {
        require(
            width >= 0 && height >= 0 && width * height <= 1 << 31,
            "a mask of \(width) x \(height): sides must be 0 or more, at most 2^31 pixels")
        var runs: [UInt32] = []
        var (run, state) = (UInt32(0), false)
        for x in 0..<width {
            for y in 0..<height {
                if isInside(x, y) != state {
                    runs.append(run)
                    run = 0
                    state.toggle()
                }
                run += 1
            }
        }
        runs.append(run)
        self.init(validWidth: width, height: height, runs: runs)
    }

    /// The masks of all labels of a map but `background`, by ascending label.
    ///
    /// - Parameter background: the label that is no object, `nil` if every label is one.
    /// - Complexity: O(pixels), whatever the number of labels.
    public static func masks(of map: LabelMap, background: Int32? = 0) -> [(label: Int32, mask: RunLengthMask)] {
        var runs: [Int32: (runs: [UInt32], end: Int)] = [:]
        let (width, height) = (map.width, map.height)
        func add(_ label: Int32, _ start: Int, _ end: Int) {
            if label == background { return }
            var mask = runs.removeValue(forKey: label) ?? ([], 0)
            // A run that continues the last one, over the end of a column, is part of it.
            if mask.end == start && !mask.runs.isEmpty {
                mask.runs[mask.runs.count - 1] += UInt32(end - start)
            } else {
                mask.runs.append(UInt32(start - mask.end))
                mask.runs.append(UInt32(end - start))
            }
            mask.end = end
            runs[label] = mask
        }
        for x in 0..<width {
            var start = 0
            while start < height {
                let label = map.labels[start * width + x]
                var end = start + 1
                while end < height && map.labels[end * width + x] == label { end += 1 }
                add(label, x * height + start, x * height + end)
                start = end
            }
        }
        return runs.sorted { $0.key < $1.key }.map { label, mask in
            let rest = width * height - mask.end
            return (
                label,
                RunLengthMask(
                    validWidth: width, height: height, runs: rest > 0 ? mask.runs + [UInt32(rest)] : mask.runs)
            )
        }
    }

    /// Whether pixel (x, y) is inside, for all pixels in row-major order.
    ///
    /// - Complexity: O(pixels).
    public var pixels: [Bool] {
        var pixels = [Bool](repeating: false, count: width * height)
        var position = 0
        for (index, run) in runs.enumerated() {
            if index % 2 == 1 {
                for place in position..<position + Int(run) {
                    pixels[place % height * width + place / height] = true
                }
            }
            position += Int(run)
        }
        return pixels
    }

    /// The smallest box around the mask: column and row of the first pixel, and the extent; `nil` without pixels.
    ///
    /// - Complexity: O(runs).
    public var boundingBox: (x: Int, y: Int, width: Int, height: Int)? {
        area == 0 ? nil : (columns.lowerBound, rows.lowerBound, columns.count, rows.count)
    }
}
