/// Reads an element of every line of `rows` pieces of memory, each of `elements` elements and `step` elements behind the one before it, from end to end.
///
/// They are in a cache then, for a kernel that takes a little of each piece in turn: prefetchers follow the one, not the other.
///
/// - Returns: a number without meaning, for which they are read.
public func readAhead(_ start: UnsafePointer<Float>, _ step: Int, _ rows: Int, _ elements: Int) -> Float {
    var sum: Float = 0
    for row in 0..<rows {
        let piece = start + row * step
        // 64 bytes are a line.
        var k = 0
        while k < elements {
            sum += piece[k]
            k += 16
        }
    }
    return sum
}
