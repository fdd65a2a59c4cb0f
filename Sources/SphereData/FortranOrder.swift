/// Visits the elements of an array in Fortran order, the first index fastest, and tells where each lies in C order.
struct FortranOrder {
    private let shape: [Int]
    /// Distance in C order between neighbours along each axis.
    private let strides: [Int]
    private var index: [Int]
    /// Place of `index` in C order.
    private var offset = 0

    /// Starts at the first element of an array of shape `shape`.
    init(shape: [Int]) {
        self.shape = shape
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in strides.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        self.strides = strides
        index = [Int](repeating: 0, count: shape.count)
    }

    /// Calls `body` for the next `count` elements with their number from 0 up and their place in C order.
    @inline(__always)
    mutating func visit(_ count: Int, _ body: (_ number: Int, _ place: Int) -> Void) {
        var number = 0
        while number < count {
            // As long as only the first index changes, the places are equally far apart.
            let run = min(count - number, shape.isEmpty ? 1 : shape[0] - index[0])
            let stride = strides.first ?? 0
            for step in 0..<run { body(number + step, offset + step * stride) }
            number += run
            advance(run)
        }
    }

    /// Goes on by `steps` elements, at most to the end of the first axis.
    private mutating func advance(_ steps: Int) {
        var steps = steps
        for axis in index.indices {
            index[axis] += steps
            offset += steps * strides[axis]
            if index[axis] < shape[axis] { return }
            offset -= shape[axis] * strides[axis]
            index[axis] = 0
            steps = 1
        }
    }
}
