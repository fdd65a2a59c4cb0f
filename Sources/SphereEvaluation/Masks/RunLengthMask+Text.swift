extension RunLengthMask {
    /// The mask in COCO's compressed text.
    ///
    /// Each run is written as a number of 5 bits a character (from "0" on, 32 marks that more follow), lowest bits first with
    /// the sign in the last one; from the fourth run on the difference to the last run but one is written.
    ///
    /// - Throws: `EvaluationError.malformedMask` for characters outside of "0" to "o", numbers that do not end or that are
    ///   no length, and runs that do not add up to the pixels.
    /// - Complexity: O(characters).
    public init(width: Int, height: Int, compressed text: Span<UInt8>) throws(EvaluationError) {
        var reach = try RunReach(checkedWidth: width, height: height)
        var runs: [UInt32] = []
        runs.reserveCapacity(text.count / 2 + 1)
        var position = 0
        while position < text.count {
            var (value, shift) = (0, 0)
            while true {
                guard position < text.count else {
                    throw .malformedMask(runIndex: runs.count, reason: "the text ends inside of a number")
                }
                let code = Int(text[position]) - 48
                guard (0..<64).contains(code), shift < 60 else {
                    throw .malformedMask(
                        runIndex: runs.count,
                        reason: "character \(position) of the text is no part of a number: code \(text[position])")
                }
                position += 1
                value |= (code & 31) << shift
                shift += 5
                if code & 32 == 0 {
                    if code & 16 != 0 { value |= -1 << shift }
                    break
                }
            }
            if runs.count > 2 { value += Int(runs[runs.count - 2]) }
            guard let run = UInt32(exactly: value) else {
                throw .malformedMask(runIndex: runs.count, reason: "\(value) is no length")
            }
            try reach.addChecked(Int(run), at: runs.count)
            runs.append(run)
        }
        try reach.checkEnd(runs: runs.count)
        self.init(width: width, height: height, runs: runs, reach: reach)
    }

    /// The mask in COCO's compressed text.
    ///
    /// - Throws: as ``init(width:height:compressed:)-span``.
    /// - Complexity: O(characters).
    public init(width: Int, height: Int, compressed text: String) throws(EvaluationError) {
        let bytes = Array(text.utf8)
        try self.init(width: width, height: height, compressed: bytes.span)
    }

    /// The runs as COCO's compressed text, byte for byte what pycocotools writes.
    ///
    /// - Complexity: O(runs).
    public var compressed: String {
        var bytes: [UInt8] = []
        for (index, run) in runs.enumerated() {
            var value = Int(run)
            if index > 2 { value -= Int(runs[index - 2]) }
            while true {
                let bits = UInt8(truncatingIfNeeded: value & 31)
                value >>= 5
                let isLast = bits & 16 != 0 ? value == -1 : value == 0
                bytes.append(bits + 48 + (isLast ? 0 : 32))
                if isLast { break }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
