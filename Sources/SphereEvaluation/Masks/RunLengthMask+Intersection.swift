internal import SphereKernels

extension RunLengthMask {
    /// Pixels inside of both masks.
    ///
    /// - Precondition: both masks have the same size.
    /// - Complexity: O(runs of both), O(1) where their boxes are apart.
    public func intersection(_ other: RunLengthMask) -> Int {
        require(
            width == other.width && height == other.height,
            "masks of \(width) x \(height) and \(other.width) x \(other.height) pixels: both must have one size")
        guard columns.overlaps(other.columns), rows.overlaps(other.rows) else { return 0 }
        return runs.withUnsafeBufferPointer { a in
            other.runs.withUnsafeBufferPointer { b in Self.intersection(a, b) }
        }
    }

    /// Walks along the ends of the runs of both masks; between two ends both states are constant.
    private static func intersection(_ a: UnsafeBufferPointer<UInt32>, _ b: UnsafeBufferPointer<UInt32>) -> Int {
        var (i, j) = (0, 0)
        var (endA, endB) = (Int(a[0]), Int(b[0]))
        var (position, sum) = (0, 0)
        while true {
            let end = min(endA, endB)
            // Odd runs are inside; no branch on the data.
            sum += (end - position) * (i & j & 1)
            position = end
            if endA == end {
                i += 1
                if i == a.count { return sum }
                endA += Int(a[i])
            }
            if endB == end {
                j += 1
                if j == b.count { return sum }
                endB += Int(b[j])
            }
        }
    }

    /// The union of several masks of one size.
    ///
    /// - Precondition: there is a mask, and all have the same size.
    /// - Complexity: O(runs log runs).
    public static func union(of masks: [RunLengthMask]) -> RunLengthMask {
        require(!masks.isEmpty, "the union of no masks has no size")
        var intervals: [(start: Int, end: Int)] = []
        for mask in masks {
            require(
                mask.width == masks[0].width && mask.height == masks[0].height,
                "masks of \(masks[0].width) x \(masks[0].height) and \(mask.width) x \(mask.height) pixels: "
                    + "all must have one size")
            var position = 0
            for (index, run) in mask.runs.enumerated() {
                if index % 2 == 1 && run > 0 { intervals.append((position, position + Int(run))) }
                position += Int(run)
            }
        }
        intervals.sort { $0.start < $1.start }
        var runs: [UInt32] = []
        var end = 0
        for interval in intervals {
            if interval.start <= end && !runs.isEmpty {
                if interval.end > end { runs[runs.count - 1] += UInt32(interval.end - end) }
            } else {
                runs.append(UInt32(interval.start - end))
                runs.append(UInt32(interval.end - interval.start))
            }
            end = max(end, interval.end)
        }
        let rest = masks[0].width * masks[0].height - end
        if rest > 0 || runs.isEmpty { runs.append(UInt32(rest)) }
        return RunLengthMask(validWidth: masks[0].width, height: masks[0].height, runs: runs)
    }
}
