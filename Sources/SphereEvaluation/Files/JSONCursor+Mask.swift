extension JSONCursor {
    /// Reads over a mask and tells where it begins.
    mutating func skipMask() throws(EvaluationFileError) -> Int {
        _ = peek()
        let place = position
        try skipValue()
        return place
    }

    /// The mask of an image of the given size that begins at `place`.
    mutating func readMask(at place: Int, width: Int, height: Int) throws(EvaluationFileError) -> RunLengthMask {
        move(to: place)
        return try readMask(width: width, height: height)
    }

    /// A mask of an image of the given size: compressed text, a list of runs, or polygons.
    mutating func readMask(width: Int, height: Int) throws(EvaluationFileError) -> RunLengthMask {
        let isArray = peek() == UInt8(ascii: "[")
        let start = position
        do {
            return isArray
                ? try readPolygons(width: width, height: height) : try readRuns(width: width, height: height)
        } catch .invalid(_, let error) {
            throw .malformed(path: path, byteOffset: start, expected: "a mask", found: "\(error)")
        }
    }

    private mutating func readRuns(width: Int, height: Int) throws(EvaluationFileError) -> RunLengthMask {
        var size: [Int] = []
        var runs: [UInt32]?
        var text: JSONCursor.Text?
        let start = position
        try readObject("a segmentation") { (cursor, key) throws(EvaluationFileError) in
            switch key {
            case "size":
                try cursor.readArray("size") { (cursor) throws(EvaluationFileError) in
                    size.append(try cursor.readInteger("size"))
                }
            case "counts" where cursor.peek() == UInt8(ascii: "["):
                var list: [UInt32] = []
                try cursor.readArray("counts") { (cursor) throws(EvaluationFileError) in
                    let place = cursor.position
                    guard let run = UInt32(exactly: try cursor.readInteger("counts")) else {
                        throw cursor.malformed("counts: a length", at: place)
                    }
                    list.append(run)
                }
                runs = list
            case "counts": text = try cursor.readText("counts")
            default: try cursor.skipValue()
            }
        }
        guard size == [height, width] else {
            throw malformed("a size of [\(height), \(width)] as the image has, not \(size), in the mask", at: start)
        }
        do throws(EvaluationError) {
            switch text {
            case .plain(let range):
                return try RunLengthMask(width: width, height: height, compressed: bytes.span.extracting(range))
            case .resolved(let text): return try RunLengthMask(width: width, height: height, compressed: text.span)
            case nil: break
            }
            if let runs { return try RunLengthMask(width: width, height: height, runs: runs) }
        } catch {
            throw .invalid(path: path, error)
        }
        throw malformed("counts in the mask", at: start)
    }

    private mutating func readPolygons(width: Int, height: Int) throws(EvaluationFileError) -> RunLengthMask {
        var masks: [RunLengthMask] = []
        let start = position
        try readArray("polygons") { (cursor) throws(EvaluationFileError) in
            var corners: [Double] = []
            try cursor.readArray("a polygon") { (cursor) throws(EvaluationFileError) in
                corners.append(try cursor.readNumber("a polygon"))
            }
            do throws(EvaluationError) {
                masks.append(try RunLengthMask(width: width, height: height, polygon: corners))
            } catch {
                throw .invalid(path: cursor.path, error)
            }
        }
        if masks.isEmpty { throw malformed("a polygon or more", at: start) }
        return masks.count == 1 ? masks[0] : RunLengthMask.union(of: masks)
    }
}
