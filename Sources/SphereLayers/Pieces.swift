/// A range cut into pieces of `unit`, of which the last is at least half as long where there are several.
///
/// Kernels halve what is left between one and two tiles; a piece that starts between the halves would be packed differently.
struct Pieces: Sendable {
    let total: Int
    let unit: Int
    let count: Int

    init(_ total: Int, unit: Int) {
        self.total = total
        self.unit = unit
        count = total == 0 ? 0 : max(1, total / unit)
    }

    /// Pieces of about the same size, multiples of `step` but the last, at most `most` of them.
    init(_ total: Int, atMost most: Int, step: Int) {
        let even = (total + most - 1) / max(1, most)
        self.init(total, unit: max(step, (even + step - 1) / step * step))
    }

    subscript(_ index: Int) -> Range<Int> {
        index * unit..<(index == count - 1 ? total : (index + 1) * unit)
    }

    /// The size of the longest piece.
    var longest: Int { count == 0 ? 0 : self[count - 1].count }
}
